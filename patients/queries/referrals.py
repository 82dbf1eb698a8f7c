"""Referrals: whose they are to decide about, the list, and what is asked when one is decided (R-001 to R-004)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Membership, User
from accounts.roles import Permission
from dho.lib.texts import LazyText
from organisations.enums import ServiceKind, Shared
from organisations.models import Agreement, FollowUpService, Municipality
from patients.access import blocks_of
from patients.enums import DECIDING_KINDS, Decider, ReferralOrigin, ReferralStatus
from patients.models import CriteriaAssessment, IntakeSetting, PathwayStep, Patient, Referral
from patients.queries.following import reaching_services

OPEN: Final = (ReferralStatus.RECEIVED, ReferralStatus.ASSESSED)
# How long what has been decided stays in the list.
SHOWN_FOR: Final = timedelta(days=30)
SHOWN_AT_MOST: Final = 200
NEXT: Final[dict[str, LazyText]] = {
    ReferralStatus.RECEIVED: _("Vurder henvisningen"),
    ReferralStatus.ASSESSED: _("Tildel eller avslå"),
    ReferralStatus.ALLOCATED: _("Tjenesten tar kontakt om oppstart"),
    ReferralStatus.DECLINED: _("Ingenting"),
}


def decider_of(municipality_id: int) -> Decider:
    """Whom the municipality lets assess and allocate (R-002)."""
    chosen = IntakeSetting.objects.filter(municipality_id=municipality_id).values_list("decider", flat=True).first()
    return Decider(chosen or Decider.ALLOCATION_OFFICE)


def decides_for(by: Actor) -> frozenset[int]:
    """The municipalities whose referrals the actor assesses and allocates: the own, and no other (R-022).

    A nurse does in a service that the municipality owns and whose kind it has chosen (R-002).
    """
    own = frozenset(each for each in (by.employer_id,) if each is not None)
    if by.may(Permission.ENROL) and by.service_id is None:
        return by.reaches(Permission.ENROL) & own
    if by.role == Role.NURSE and by.service_id and by.employer_id:
        kinds = DECIDING_KINDS[decider_of(by.employer_id)]
        return own if FollowUpService.objects.filter(pk=by.service_id, kind__in=kinds).exists() else frozenset()
    return frozenset()


def patients_to_allocate_for(by: Actor, **_: object) -> QuerySet[Patient]:
    """Whose referral the actor decides about; not those who have blocked the actor."""
    return Patient.objects.filter(~Exists(blocks_of(by)), municipality_id__in=decides_for(by))


def municipalities_to_refer_to(by: Actor) -> QuerySet[Municipality]:
    """Those whose people the actor may refer."""
    return Municipality.objects.filter(pk__in=by.reaches(Permission.REFER)).order_by("name")


def origin_of(by: Actor) -> ReferralOrigin:
    """Where a referral of this person's comes from; staff of the municipality itself are asked (R-001)."""
    if by.role == Role.GP:
        return ReferralOrigin.GP
    service = FollowUpService.objects.filter(pk=by.service_id).first() if by.service_id else None
    if service is None:
        return ReferralOrigin.OTHER
    if service.trust_id:
        return ReferralOrigin.HOSPITAL
    if by.role == Role.HOME_NURSE or service.kind == ServiceKind.HOME_NURSING:
        return ReferralOrigin.HOME_NURSING
    return ReferralOrigin.GP if service.kind == ServiceKind.GP_OFFICE else ReferralOrigin.OTHER


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One line of the list."""

    referral: Referral
    days: int
    next_action: LazyText
    decided_on: date | None


def referrals_to_decide(by: Actor, *, now: datetime) -> list[ReferralRow]:
    """The open ones of the own municipality, longest waiting first, then what was decided lately. One query."""
    among = Referral.objects.filter(patient__in=patients_to_allocate_for(by).values("pk"))
    return _rows(among, now=now)


def referrals_made_by(by: Actor, *, now: datetime) -> list[ReferralRow]:
    """What the person has referred where the membership still reaches: where it stands, nothing else of the case."""
    among = Referral.objects.filter(registered_by=by.user, municipality_id__in=by.reaches(Permission.REFER))
    return _rows(among.exclude(Exists(blocks_of(by, patient="patient_id"))), now=now)


def _rows(among: QuerySet[Referral], *, now: datetime) -> list[ReferralRow]:
    decided = PathwayStep.objects.filter(
        referral=OuterRef("pk"), to_status__in=[ReferralStatus.ALLOCATED, ReferralStatus.DECLINED]
    )
    opened_first = Case(When(status__in=OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
    found: Any = (
        among.annotate(decided_at=Subquery(decided.values("at")[:1]))
        .filter(Q(status__in=OPEN) | Q(decided_at__gte=now - SHOWN_FOR))
        .select_related("patient", "municipality")
        .defer("patient__national_id")
        .order_by(opened_first, F("decided_at").desc(nulls_first=True), "received_on", "pk")[:SHOWN_AT_MOST]
    )
    return [_row(each, each.decided_at, today=timezone.localdate(now)) for each in found]


def _row(referral: Referral, decided_at: datetime | None, *, today: date) -> ReferralRow:
    decided_on = timezone.localdate(decided_at) if decided_at else None
    days = ((decided_on or today) - referral.received_on).days
    return ReferralRow(referral, days, NEXT[referral.status], decided_on)


def newest_assessment(referral: Referral) -> CriteriaAssessment | None:
    """The assessment that counts, with its answers."""
    found = referral.assessments.select_related("assessed_by").prefetch_related(Prefetch("answers"))
    return found.order_by("-assessed_at", "-pk").first()


def last_step(referral: Referral) -> PathwayStep | None:
    """What happened last, and who did it."""
    return referral.steps.select_related("by").order_by("-at", "-pk").first()


def services_to_allocate(municipality_id: int, *, on: date) -> QuerySet[FollowUpService]:
    """Those that may read the municipality's readings that day."""
    return reaching_services(municipality_id, on=on, sharing=[Shared.READINGS])


def gps_of(municipality_id: int, *, on: date) -> QuerySet[User]:
    """The GPs at practices that the municipality has let in."""
    agreed = Agreement.objects.in_force(on).filter(party_id=municipality_id, practice__isnull=False)
    doctors = Membership.objects.in_force(on).filter(role=Role.GP, practice_id__in=agreed.values("practice_id"))
    return User.objects.filter(pk__in=doctors.values("user_id")).order_by("last_name", "first_name", "pk")


def person_with(municipality_id: int, national_id_index: str) -> Patient | None:
    """The municipality's record of the person with this number."""
    return Patient.objects.filter(municipality_id=municipality_id, national_id_index=national_id_index).first()


def patient_of_referral(referral_id: UUID) -> UUID | None:
    """Whose referral it is, as far as the actor's municipalities go."""
    return Referral.objects.filter(pk=referral_id).values_list("patient_id", flat=True).first()


def groups_in_words(codes: Sequence[str], choices: Any) -> str:
    """The labels of a list of codes."""
    return ", ".join(str(choices(code).label) for code in codes)

"""Red-zone meetings: which a person takes part in, and whom the queue puts on the agenda (R-141)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import AgendaReason, HandlingAction, Level
from alerts.models import AgendaDecision, AgendaItem, Assessment, Handling, RedZoneMeeting
from careplans.scoring import Colour
from organisations.enums import Shared
from organisations.models import Agreement, FollowUpService
from patients.access import own_patients
from patients.models import AccessBlock, CareRelation, Patient

# Where no meeting has been held before, the agenda looks back as far as from one weekly meeting to the next.
FIRST_LOOK_BACK: Final = timedelta(days=7)
_OFTEN: Final = 3


def takes_part(by: Actor | None) -> bool:
    """Whether the person works where such meetings are held, in a role that writes about plans."""
    return by is not None and by.service_id is not None and by.may(Permission.DRAFT_PLAN)


def meetings_of(by: Actor) -> QuerySet[RedZoneMeeting]:
    """Those of the person's own service or department, planned ones first, then the newest."""
    own = RedZoneMeeting.objects.filter(Q(service_id=by.service_id) | Q(department_id=by.service_id))
    found = own.select_related("service", "department").defer("service__webhook_secret", "department__webhook_secret")
    return found.order_by("-closed_at", "planned_on", "pk")


def departments_of(by: Actor, *, on: date) -> QuerySet[FollowUpService]:
    """The hospital departments that read along in a municipality whose patients the person follows up."""
    agreed = _agreed(on).filter(party_id__in=by.reaches(Permission.TRIAGE), service=OuterRef("pk"))
    hospitals = FollowUpService.objects.open().filter(Exists(agreed), ~Q(pk=by.service_id), trust__isnull=False)
    return hospitals.defer("webhook_secret").order_by("name", "pk")


def _agreed(on: date) -> QuerySet[Agreement]:
    return Agreement.objects.in_force(on).filter(shares__contains=[Shared.READINGS])


def shared_with(department_id: UUID, *, by: Actor, now: datetime) -> QuerySet[Patient]:
    """The person's own patients whom the department sees today: shared, by agreement, and not blocked (R-140)."""
    on = timezone.localdate(now)
    shared = CareRelation.objects.in_force(on).filter(patient=OuterRef("pk"), service_id=department_id)
    agreed = _agreed(on).filter(service_id=department_id, party=OuterRef("municipality_id"))
    blocked = AccessBlock.objects.filter(patient=OuterRef("pk"), service_id=department_id, lifted_at__isnull=True)
    gone = Q(deceased_on__lte=on) | Q(moved_on__lte=on)
    followed = own_patients(by, now=now, permission=Permission.TRIAGE)
    return followed.filter(Exists(shared), Exists(agreed), ~Exists(blocked)).exclude(gone).defer("national_id")


def looks_back_to(service_id: UUID, department_id: UUID, *, now: datetime) -> datetime:
    """When the agenda of the meeting before was last filled: who turned red after that, stood on none (R-141, P1)."""
    held = _held(service_id, department_id)
    filled = held.aggregate(last=Max(Coalesce("filled_at", "created_at")))["last"]
    return filled or now - FIRST_LOOK_BACK


def not_reached(service_id: UUID, department_id: UUID) -> dict[UUID, AgendaItem]:
    """Who stood on the agenda of the meeting before without anything being decided, by patient."""
    before = _held(service_id, department_id).order_by("-closed_at", "-pk").values("pk")[:1]
    items = AgendaItem.objects.filter(meeting__in=before, decisions__isnull=True)
    return {item.patient_id: item for item in items}


def _held(service_id: UUID, department_id: UUID) -> QuerySet[RedZoneMeeting]:
    pair = RedZoneMeeting.objects.filter(service_id=service_id, department_id=department_id)
    return pair.filter(closed_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Colours:
    """How often something about the patient was red and yellow in the period, and why that is for the meeting."""

    reds: int
    yellows: int
    why: AgendaReason | None


def colours_of(patient_ids: Iterable[UUID], *, since: datetime) -> dict[UUID, Colours]:
    """The judgements that hold, of each patient; two queries in all. Who had neither red nor yellow is left out."""
    ids = list(patient_ids)
    judged = Assessment.objects.filter(patient_id__in=ids, assessed_at__gte=since, superseded_by__isnull=True)
    red, yellow = Q(colour=Colour.RED.value), Q(colour=Colour.YELLOW.value)
    rows = judged.filter(red | yellow).values("patient_id").annotate(
        reds=Count("pk", filter=red), yellows=Count("pk", filter=yellow), last=Max("assessed_at", filter=yellow)
    )  # fmt: skip
    done = Handling.objects.filter(patient_id__in=ids, at__gte=since, action=HandlingAction.DONE, level=Level.YELLOW)
    handled = dict(done.values("patient_id").annotate(first=Min("at")).values_list("patient_id", "first"))
    return {
        row["patient_id"]: Colours(row["reds"], row["yellows"], _why(row, handled.get(row["patient_id"])))
        for row in rows.order_by("patient_id")
    }


def _why(row: Any, handled: datetime | None) -> AgendaReason | None:
    """Red; else yellow though somebody has done something about it (R-088); else yellow again and again."""
    if row["reds"]:
        return AgendaReason.RED
    if handled and row["last"] > handled:
        return AgendaReason.YELLOW_AGAIN
    return AgendaReason.YELLOW_OFTEN if row["yellows"] >= _OFTEN else None


def visible_items(meeting: RedZoneMeeting, *, by: Actor, now: datetime) -> list[AgendaItem]:
    """What this person may see of the agenda today: the patients that the ordinary rules let in, worst first."""
    decisions = AgendaDecision.objects.select_related("decided_by", "draft").order_by("decided_at", "pk")
    items = AgendaItem.objects.filter(meeting=meeting, patient__in=own_patients(by, now=now).values("pk"))
    found = items.select_related("patient").defer("patient__national_id")
    return list(
        found.prefetch_related(Prefetch("decisions", decisions)).order_by("-reds", "-yellows", "added_at", "pk")
    )


def standing(item: AgendaItem) -> AgendaDecision | None:
    """The newest decision: the one that holds."""
    return max(item.decisions.all(), key=lambda each: (each.decided_at, each.pk), default=None)

"""«Tilgang»: who sees this patient and why, who answers for her, and the steps that change it (R-151, ux.md 2.2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import Actor, ActorRequest
from accounts.models import Membership, User
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from organisations.enums import Shared
from organisations.models import FollowUpService, GpPractice
from patients import queries
from patients.access import emergency_of, get_patient, own_patients, visible_patients
from patients.forms.access import BlockForm, HandoverForm, ShareForm
from patients.forms.authorities import RegisteredAuthorityForm
from patients.models import AccessBlock, CareRelation, Handover, Patient
from patients.queries.citizens import authorities_given


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who has been let in to a patient, at one moment."""

    request: ActorRequest
    patient: Patient
    by: Actor
    now: datetime

    def may(self, permission: Permission) -> bool:
        """Whether the step is this person's to take with this patient."""
        return own_patients(self.by, now=self.now, permission=permission).filter(pk=self.patient.pk).exists()


@logs(Action.OPEN_ACCESS)
@never_cache
@login_required
@require_safe
def page(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """For everybody who may see the patient; the steps only for those whose they are."""
    return show(let_in(request, patient_id, Action.OPEN_ACCESS, Permission.SEE_PATIENT))


def let_in(
    request: ActorRequest, patient_id: UUID, action: Action, permission: Permission, *, object_id: str = ""
) -> Visit:
    """Through lock one, with the look logged. Raises `Refused`."""
    now = timezone.now()
    patient = get_patient(
        patient_id,
        by=request.actor,
        now=now,
        action=action,
        permission=permission,
        object_id=object_id,
        among=_seen_and_allowed,
    )
    assert request.actor is not None  # noqa: S101 - nobody was refused in the line above
    return Visit(request, patient, request.actor, now)


def _seen_and_allowed(by: Actor, *, now: datetime, permission: Permission) -> QuerySet[Patient]:
    """A step that is refused answers with the whole page, so whoever takes one must see the patient as well.

    A leader may hand over, but reads no patient's page.
    """
    allowed = visible_patients(by, now=now, permission=permission)
    return allowed.filter(pk__in=visible_patients(by, now=now).values("pk"))


def share_form(visit: Visit, data: Any = None) -> ShareForm:
    """With the services that may read about patients of the municipality today."""
    return ShareForm(data, services=_services(visit, sharing=queries.TO_READ))


def handover_form(visit: Visit, data: Any = None) -> HandoverForm:
    """With the services that may see patients of the municipality, today or later. The day itself is asked about."""
    today = timezone.localdate(visit.now)
    services = queries.possible_receivers(visit.patient.municipality_id, on=today)
    return HandoverForm(data, services=services, today=today)


def block_form(visit: Visit, data: Any = None) -> BlockForm:
    """With those who see the patient now, and those who could come to."""
    return BlockForm(data, choices=_blockable(visit, queries.who_sees(visit.patient, now=visit.now)))


def _services(visit: Visit, *, sharing: Collection[Shared] = ()) -> Any:
    on = timezone.localdate(visit.now)
    return queries.reaching_services(visit.patient.municipality_id, on=on, sharing=sharing)


def _blockable(visit: Visit, seers: list[queries.Seer]) -> dict[str, list[tuple[str, str]]]:
    """By group, what `blocked_one` understands, with its words."""
    people = {str(actor.user.pk): _person(actor) for seer in seers for actor, _ in seer.people}
    offices = Membership.objects.filter(user=visit.patient.gp, practice__isnull=False).select_related("practice")
    practices = {str(each.practice_id): str(each.practice.name) for each in offices if each.practice}
    return {
        "Personer": [(f"user:{pk}", label) for pk, label in people.items()],
        "Tjenester": [(f"service:{each.pk}", each.name) for each in _services(visit)],
        "Legekontor": [(f"practice:{pk}", name) for pk, name in practices.items()],
    }


def _person(actor: Actor) -> str:
    return f"{actor.user.get_full_name()}, {actor.role.label}, {actor.organisation}"


def blocked_one(chosen: str) -> User | FollowUpService | GpPractice:
    """The person or organisation behind a choice of the form."""
    kind, _, pk = chosen.partition(":")
    if kind == "user":
        return User.objects.get(pk=pk)
    return FollowUpService.objects.get(pk=pk) if kind == "service" else GpPractice.objects.get(pk=pk)


def show(visit: Visit, *, status: int = 200, **extra: Any) -> HttpResponse:
    """The page as it is now, with the form that was refused, if one was."""
    patient, on = visit.patient, timezone.localdate(visit.now)
    seers = queries.who_sees(patient, now=visit.now)
    steps = {
        "may_share": visit.may(Permission.SHARE_PATIENT),
        "may_hand_over": visit.may(Permission.HAND_OVER),
        "may_block": visit.may(Permission.BLOCK_ACCESS),
    }
    context = {
        "patient": patient,
        "age": patient.age(on),
        "departure": patient.departure(on),
        "emergency": emergency_of(patient, by=visit.by, now=visit.now),
        "responsibility": queries.responsibility(patient),
        "seers": seers,
        "relations": CareRelation.objects.in_force(on).filter(patient=patient).select_related("service", "given_by"),
        "handover": queries.open_handovers(patient).select_related("from_service", "to_service", "proposed_by").first(),
        "handovers": _earlier_handovers(patient),
        "blocks": _blocks(patient),
        "authorities": authorities_given(patient, now=visit.now),
        "authority_form": RegisteredAuthorityForm(today=on),
        "emergencies": queries.emergencies_of(patient),
        "today": on,
        "share_form": share_form(visit),
        "handover_form": handover_form(visit),
        "block_form": BlockForm(choices=_blockable(visit, seers)),
        **steps,
    }
    return render(visit.request, "patients/access.html", context | extra, status=status)


def _earlier_handovers(patient: Patient) -> Any:
    known = Handover.objects.filter(patient=patient).exclude(pk__in=queries.open_handovers(patient).values("pk"))
    return known.select_related("from_service", "to_service", "answered_by").order_by("-proposed_at", "-pk")


def _blocks(patient: Patient) -> Any:
    known = AccessBlock.objects.filter(patient=patient).select_related("user", "service", "practice", "blocked_by")
    return known.select_related("lifted_by").order_by("-lifted_at", "-blocked_at", "-pk")

"""The hospital of the demo: how to reach it, the next red-zone meeting, and an urgent slot that waits for an answer."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from alerts.demo.clock import local_date
from alerts.demo.places import Places
from alerts.demo.seeded import rng_for, uuid_at
from alerts.demo.staff import Staff
from alerts.enums import AgendaReason, MeetingDecision
from alerts.models import AgendaDecision, AgendaItem, OutpatientRequest, RedZoneMeeting
from alerts.queries.meetings import FIRST_LOOK_BACK, Colours, colours_of, shared_with
from organisations.models import FollowUpService

_AGO: Final = timedelta(hours=2)
_MOST: Final = 6


def cooperate(places: Places, staff: Staff, *, seed: int, now: datetime) -> None:
    """A meeting tomorrow with an agenda from the queue; about the first patient something is decided already."""
    FollowUpService.objects.filter(pk=places.hospital.pk).update(
        contact_point="Lungevakten",
        urgent_route="Ring Lungevakten, som tar imot direkte. Ring 113 når det står om liv.",
    )
    rng, at = rng_for(seed, "hospital meeting"), now - _AGO
    meeting = RedZoneMeeting.objects.create(
        id=uuid_at(rng, at),
        service=places.joint,
        department=places.hospital,
        planned_on=local_date(now + timedelta(days=1)),
        created_at=at,
        created_by=staff.by_username["ida"].user,
    )
    items = _agenda(meeting, staff, rng, at=at, now=now)
    if items:
        _ask_for_slot(items[0], places, staff, rng, now=now)
        AgendaDecision.objects.create(
            id=uuid_at(rng, now - _AGO / 2),
            municipality_id=items[-1].municipality_id,
            item=items[-1],
            decision=MeetingDecision.MEDICATION,
            text="Øk inhalasjonen i to uker, og mål to ganger om dagen.",
            responsible="Ida Holm",
            due_on=local_date(now + timedelta(days=14)),
            decided_at=now - _AGO / 2,
            decided_by=staff.by_username["ravn"].user,
            role=staff.by_username["ravn"].role,
        )


def _agenda(meeting: RedZoneMeeting, staff: Staff, rng: Random, *, at: datetime, now: datetime) -> list[AgendaItem]:
    """Those the queue points at; where it points at nobody, one whom the nurse has put there."""
    ida = staff.by_username["ida"]
    shared = shared_with(meeting.department_id, by=ida, now=now).order_by("pk").in_bulk()
    since = at - FIRST_LOOK_BACK
    told = {pk: found for pk, found in colours_of(shared, since=since).items() if found.why}
    chosen = sorted(told, key=lambda pk: (-told[pk].reds, pk))[:_MOST] or list(shared)[:1]
    by_hand = Colours(0, 0, AgendaReason.BY_HAND)
    return [
        AgendaItem.objects.create(
            id=uuid_at(rng, at),
            municipality_id=shared[pk].municipality_id,
            meeting=meeting,
            patient_id=pk,
            why=told.get(pk, by_hand).why or AgendaReason.BY_HAND,
            reason="" if pk in told else "Har vært innlagt to ganger i høst.",
            reds=told.get(pk, by_hand).reds,
            yellows=told.get(pk, by_hand).yellows,
            since=since,
            added_at=at,
            added_by=ida.user,
        )
        for pk in chosen
    ]


def _ask_for_slot(item: AgendaItem, places: Places, staff: Staff, rng: Random, *, now: datetime) -> None:
    OutpatientRequest.objects.create(
        id=uuid_at(rng, now - _AGO),
        municipality_id=item.municipality_id,
        patient_id=item.patient_id,
        department=places.hospital,
        reason="Metningen faller dag for dag, og tiltakene i planen har ikke hjulpet.",
        wanted_by=local_date(now + timedelta(days=2)),
        requested_at=now - _AGO,
        requested_by=staff.by_username["ida"].user,
    )

"""A red-zone meeting from agenda to minutes. What it decides about a plan is a draft like any other (R-052, R-141)."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import ActivityKind, AgendaReason, MeetingDecision
from alerts.models import AgendaDecision, AgendaItem, HospitalActivity, RedZoneMeeting
from alerts.queries.meetings import (
    Colours,
    colours_of,
    departments_of,
    looks_back_to,
    not_reached,
    shared_with,
    takes_part,
)
from alerts.services.meeting_texts import anchoring_of, note_of_meeting
from alerts.services.refusals import NotNow, NotYours
from careplans.enums import Initiator
from careplans.models import PlanVersion
from careplans.services import NotYours as NotTheWriter
from careplans.services import PlanProblems, VersionIsOpen, create_draft
from careplans.services.content import content_of
from organisations.models import FollowUpService
from patients.access import own_patients


@transaction.atomic
def plan_meeting(*, department: FollowUpService, planned_on: date, by: Actor, now: datetime) -> RedZoneMeeting:
    """A meeting of the actor's service with the department, its agenda filled from the queue. Raises NotYours, NotNow.

    One at a time: the agenda of the next begins where this one ends.
    """
    service_id = by.service_id
    if service_id is None or not by.may(Permission.TRIAGE):
        raise NotYours
    if not departments_of(by, on=timezone.localdate(now)).filter(pk=department.pk).exists():
        raise NotYours
    pair = {"service_id": service_id, "department_id": department.pk}
    # Whoever plans the same meeting at the same time waits here.
    FollowUpService.objects.select_for_update(no_key=True).get(pk=service_id)
    if RedZoneMeeting.objects.filter(**pair, closed_at__isnull=True).exists():
        raise NotNow(gettext("Et møte med avdelingen er allerede planlagt. Skriv referatet fra det først."))
    meeting = RedZoneMeeting.objects.create(**pair, planned_on=planned_on, created_at=now, created_by=by.user)
    fill_agenda(meeting_id=meeting.pk, by=by, now=now)
    return meeting


@transaction.atomic
def fill_agenda(*, meeting_id: UUID, by: Actor, now: datetime) -> list[AgendaItem]:
    """Add the shared patients that have been red, or yellow without getting better, since the agenda before was filled.

    Whom the meeting before did not reach comes along. Raises NotYours, NotNow when it has been held.
    """
    meeting = _open(meeting_id, by)
    since = looks_back_to(meeting.service_id, meeting.department_id, now=now)
    shared = shared_with(meeting.department_id, by=by, now=now).exclude(agenda_items__meeting=meeting).in_bulk()
    before = not_reached(meeting.service_id, meeting.department_id)
    found = [_carried(meeting, before[pk], by, now) for pk in shared if pk in before]
    found += [
        _item(meeting, shared[pk].municipality_id, pk, colours, since, by, now)
        for pk, colours in colours_of(shared, since=since).items()
        if colours.why and pk not in before
    ]
    meeting.filled_at = now
    meeting.save(update_fields=["filled_at"])
    return AgendaItem.objects.bulk_create(found)


@transaction.atomic
def add_by_hand(*, meeting_id: UUID, patient_id: UUID, reason: str, by: Actor, now: datetime) -> AgendaItem:
    """Put a shared patient on the agenda for another reason. Raises NotYours, NotNow."""
    meeting = _open(meeting_id, by)
    patient = shared_with(meeting.department_id, by=by, now=now).filter(pk=patient_id).first()
    if patient is None:
        raise NotYours
    if meeting.items.filter(patient=patient).exists():
        raise NotNow(gettext("Pasienten står allerede på agendaen."))
    since = looks_back_to(meeting.service_id, meeting.department_id, now=now)
    counted = colours_of([patient.pk], since=since).get(patient.pk, Colours(0, 0, None))
    counted = replace(counted, why=AgendaReason.BY_HAND)
    item = _item(meeting, patient.municipality_id, patient.pk, counted, since, by, now)
    item.reason = reason.strip()
    item.save(force_insert=True)
    return item


@transaction.atomic
def decide(
    *,
    item: AgendaItem,
    decision: MeetingDecision,
    text: str = "",
    responsible: str = "",
    due_on: date | None = None,
    by: Actor,
    now: datetime,
) -> AgendaDecision:
    """Write what was decided about the patient; also afterwards, as a new row that then holds. Raises NotYours.

    A change of the plan becomes a draft at once where a writer of the plan decides; else the follow-up service makes
    it (`make_draft`). Nothing changes for the patient before the deciding doctor has approved (R-040).
    """
    _require_participant(item, by=by, now=now)
    made = AgendaDecision.objects.create(
        municipality_id=item.municipality_id,
        item=item,
        decision=decision,
        text=text.strip(),
        responsible=responsible.strip(),
        due_on=due_on,
        decided_at=now,
        decided_by=by.user,
        role=by.role,
    )
    if decision == MeetingDecision.PLAN_CHANGE and by.service_id == item.meeting.service_id:
        try:
            make_draft(decision_id=made.pk, by=by, now=now)
        except (NotNow, NotYours):
            # The decision stands; the page says what keeps the draft from being made, and how to go on.
            return made
        made.refresh_from_db()
    return made


@transaction.atomic
def make_draft(*, decision_id: UUID, by: Actor, now: datetime) -> PlanVersion:
    """A new draft of the patient's plan because of the decision, begun by the hospital. Raises NotYours, NotNow."""
    decision = (
        AgendaDecision.objects.select_for_update(of=("self",)).select_related("item__meeting").get(pk=decision_id)
    )
    patient = decision.item.patient
    if decision.decision != MeetingDecision.PLAN_CHANGE or decision.draft_id:
        raise NotNow(gettext("Planforslaget er allerede laget."))
    versions = PlanVersion.objects.filter(patient=patient)
    basis = versions.in_force(now).first() or versions.order_by("number").last()
    if basis is None:
        raise NotNow(gettext("Pasienten har ingen plan å endre. Lag planen på vanlig måte."))
    content = replace(content_of(basis), initiator=Initiator.HOSPITAL, anchoring=anchoring_of(decision))
    try:
        decision.draft = create_draft(patient=patient, content=content, by=by, now=now)
    except NotTheWriter as foreign:
        raise NotYours from foreign
    except PlanProblems as old:
        # Today's rules object to what the version in force says; only the nurse can put that right.
        raise NotNow(" ".join(old.problems)) from old
    except VersionIsOpen as standing:
        raise NotNow(
            gettext("Versjon %(number)s er åpen. Ta beslutningen inn i den, eller lag forslaget når den er avgjort.")
            % {"number": standing.number}
        ) from standing
    decision.save(update_fields=["draft"])
    return decision.draft


@transaction.atomic
def hold(
    *, meeting_id: UUID, held_on: date, participants: str, minutes: int, note: str, by: Actor, now: datetime
) -> RedZoneMeeting:
    """Write the minutes. From now on the meeting and its agenda stand as they are. Raises NotYours, NotNow.

    Each patient about whom something was decided leaves an activity of the department (R-146), marked as made from the
    minutes and by whom they were written: the department's own staff put it right (ADR 29).
    """
    meeting = _open(meeting_id, by)
    decided = list(meeting.items.filter(decisions__isnull=False).distinct().order_by("pk"))
    share = max(1, round(minutes / len(decided))) if decided else None
    HospitalActivity.objects.bulk_create(
        HospitalActivity(
            municipality_id=item.municipality_id,
            patient_id=item.patient_id,
            department_id=meeting.department_id,
            kind=ActivityKind.MEETING,
            on=held_on,
            minutes=share,
            persons=" ".join(participants.split())[:300],
            note=note_of_meeting(minutes=minutes, patients=len(decided)),
            item=item,
            registered_at=now,
            registered_by=by.user,
        )
        for item in decided
    )
    meeting.held_on, meeting.participants, meeting.duration_minutes = held_on, participants.strip(), minutes
    meeting.note, meeting.closed_at, meeting.closed_by = note.strip(), now, by.user
    meeting.save()
    return meeting


def _carried(meeting: RedZoneMeeting, before: AgendaItem, by: Actor, now: datetime) -> AgendaItem:
    """On the agenda for the same reason as the last time, counted from the same moment until now."""
    counted = colours_of([before.patient_id], since=before.since).get(before.patient_id, Colours(0, 0, None))
    counted = replace(counted, why=AgendaReason(before.why))
    item = _item(meeting, before.municipality_id, before.patient_id, counted, before.since, by, now)
    item.reason = before.reason
    return item


def _item(
    meeting: RedZoneMeeting,
    municipality_id: int,
    patient_id: UUID,
    colours: Colours,
    since: datetime,
    by: Actor,
    now: datetime,
) -> AgendaItem:
    return AgendaItem(
        municipality_id=municipality_id,
        meeting=meeting,
        patient_id=patient_id,
        why=colours.why or AgendaReason.BY_HAND,
        reds=colours.reds,
        yellows=colours.yellows,
        since=since,
        added_at=now,
        added_by=by.user,
    )


def _open(meeting_id: UUID, by: Actor) -> RedZoneMeeting:
    """The meeting, locked, while it is still planned."""
    locked = RedZoneMeeting.objects.select_for_update(of=("self",)).select_related("department")
    meeting = locked.get(pk=meeting_id)
    _require_organiser(by, meeting.service_id)
    if meeting.closed_at:
        raise NotNow(gettext("Møtet er holdt, og referatet er skrevet. Nye saker hører til neste møte."))
    return meeting


def _require_organiser(by: Actor, service_id: UUID) -> None:
    if by.service_id != service_id or not by.may(Permission.TRIAGE):
        raise NotYours


def _require_participant(item: AgendaItem, *, by: Actor, now: datetime) -> None:
    """Both sides of the meeting decide, about the patients they see (R-140)."""
    if not takes_part(by) or by.service_id not in (item.meeting.service_id, item.meeting.department_id):
        raise NotYours
    if not own_patients(by, now=now).filter(pk=item.patient_id).exists():
        raise NotYours

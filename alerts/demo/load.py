"""Loading the demo: everything or nothing, in one transaction."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import DeviceCredential, User
from alerts.demo.cast import Character, Course, Story, cast_of
from alerts.demo.citizens import give_authority
from alerts.demo.clock import local_date
from alerts.demo.conditions import habits_of, usual_values
from alerts.demo.course import Life, live
from alerts.demo.facts import facts_of, save
from alerts.demo.forms import make_forms
from alerts.demo.history import Past, relive
from alerts.demo.hospital import cooperate
from alerts.demo.ladder import agree_with_gps
from alerts.demo.places import TOWNS, Places, make_places
from alerts.demo.plans import Planned, make_plans
from alerts.demo.records import Record, end_course, make_record
from alerts.demo.referrals import make_referrals
from alerts.demo.running import run_courses
from alerts.demo.seeded import rng_for
from alerts.demo.sharing import share
from alerts.demo.staff import GPS_OF, STAFF, Staff, give_apps, make_staff
from alerts.demo.stories import tell
from alerts.models import Expectation, QueueEntry
from alerts.services import claim, examine_deadlines, keep_expectations, watch_refusals
from alerts.services.due_times import deadline_of, next_due, previous_due
from careplans.enums import VersionStatus
from careplans.models import Schedule
from dho.lib import rls
from measurements.models import Reading
from measurements.services import keep_refused
from patients.models import Enrolment

_STILL_DAYS: Final = timedelta(days=5)
_AT_ONCE: Final = 10
_CLAIMED: Final = {Story.WEIGHT_RED: "ida", Story.GLUCOSE_HIGH: "berit"}


class OnlyForDemo(Exception):
    """This installation is in production: no synthetic patients, and no password that everyone knows."""


@dataclass(frozen=True)
class Loaded:
    """How much there is now, and whether it was there before."""

    patients: int
    readings: int
    open_cases: int
    existed: bool


def load(*, patients: int, days: int, seed: int, now: datetime) -> Loaded:
    """Load the demo unless it is there already. Raises OnlyForDemo in production."""
    if settings.PRODUCTION:
        raise OnlyForDemo
    with transaction.atomic(), rls.acting_for(TOWNS, actor="demo"):
        existed = User.objects.filter(username=STAFF[0].username).exists()
        if not existed:
            _load(cast_of(patients, seed=seed), days=days, seed=seed, now=now)
        give_apps()
        give_authority(now=now)
        return Loaded(
            Enrolment.objects.values("patient_id").distinct().count(),
            Reading.objects.count(),
            QueueEntry.objects.count(),
            existed,
        )


def _load(cast: Sequence[Character], *, days: int, seed: int, now: datetime) -> None:
    today = local_date(now)
    places = make_places(seed, today=today)
    staff = make_staff(seed, places, today=today)
    records: dict[Story, list[Record]] = defaultdict(list)
    for start in range(0, len(cast), _AT_ONCE):
        pasts = []
        for character in cast[start : start + _AT_ONCE]:
            past = _past_of(character, places, staff, days=days, seed=seed, now=now)
            records[character.story].append(past.record)
            pasts.append(past)
        save([fact for past in pasts for fact in past.facts])
        relive(pasts, now=now)
        _note_last_seen(pasts)
    for record in records[Story.REFUSED]:
        _refuse(record, now)
    still = {record.patient.pk for record in (*records[Story.NOT_TODAY], *records[Story.SILENT])}
    _expect(still, now)
    _claim(records, staff, now)
    share(places, staff, seed=seed, now=now)
    agree_with_gps(records[Story.WEIGHT_RED] + records[Story.WEIGHT_YELLOW], nurse=staff.by_username["ida"], now=now)
    make_forms(places, staff, now=now)
    make_referrals(staff, seed=seed, now=now)
    cooperate(places, staff, seed=seed, now=now)
    run_courses(staff, seed=seed, now=now)


def _past_of(character: Character, places: Places, staff: Staff, *, days: int, seed: int, now: datetime) -> Past:
    """The patient with plan and measurements up to now."""
    rng = rng_for(seed, "life", character.number)
    nurses = staff.nurses_of(character.town)
    gps = GPS_OF[character.town]
    # The first GP of a town has most of its patients, among them those whose plans wait.
    gp = staff.by_username[gps[-1] if character.number % 4 == 3 and character.course == Course.APPROVED else gps[0]]
    nurse, service = rng.choice(nurses), places.service_of(character.town)
    record = make_record(character, seed=seed, service=service, nurse=nurse, gp=gp, now=now)
    usual = usual_values(rng)
    daily = character.story != Story.NONE or character.course.in_trial or rng.random() < 0.5
    habits = habits_of(character.condition, rng, daily=daily)
    make_plans(Planned(character, record.patient, usual, habits, nurse, gp), now=now, rng=rng)
    if character.course == Course.ENDED:
        end_course(character, record, seed=seed, nurse=nurse, now=now)
    life = Life(character, usual, habits, rng, record.tablet.issued_at, now)
    present = tell(life, live(life, days=days), service.opening_hours)
    facts = facts_of(record, present.taken, rng)
    return Past(record, facts, nurses, service.opening_hours, present.unhandled_from, rng)


def _note_last_seen(pasts: Sequence[Past]) -> None:
    tablets = []
    for past in pasts:
        if past.facts:
            past.record.tablet.last_seen_at = past.facts[-1].received_at
            tablets.append(past.record.tablet)
    DeviceCredential.objects.bulk_update(tablets, ["last_seen_at"])


def _refuse(record: Record, now: datetime) -> None:
    """A tablet that sends a unit we do not know, again and again."""
    body = b'{"type": "glucose", "value": 8.1, "unit": "mmol", "taken_at": "2026-01-01T08:00:00+01:00"}'
    for number in range(4):
        keep_refused(
            credential=record.tablet,
            endpoint="/api/v1/readings/",
            codes=["unknown_unit"],
            body=body,
            now=now - timedelta(minutes=30 + 25 * number),
        )


def _expect(still: set[UUID], now: datetime) -> None:
    """What the plans expect; the product itself then finds what did not come.

    Looked at from yesterday on, and further back for those who have been still.
    """
    open_now = Enrolment.objects.filter(ended_on__isnull=True)
    schedules = Schedule.objects.filter(
        version__status=VersionStatus.APPROVED,
        version__valid_until__gt=now,
        version__patient__in=open_now.values("patient"),
    ).select_related("version")
    expected = []
    for schedule in schedules:
        patient_id = schedule.patient_id
        due = next_due(schedule, now - (_STILL_DAYS if patient_id in still else timedelta(days=1)))
        expected.append(
            Expectation(
                schedule=schedule,
                municipality_id=schedule.municipality_id,
                patient_id=patient_id,
                window_start=previous_due(schedule, due),
                due_at=due,
                deadline=deadline_of(schedule, due),
            )
        )
    Expectation.objects.bulk_create(expected)
    keep_expectations(now=now)
    examine_deadlines(now=now)
    watch_refusals(now=now)


def _claim(records: dict[Story, list[Record]], staff: Staff, now: datetime) -> None:
    """Two nurses are at work on a case each."""
    for story, username in _CLAIMED.items():
        for record in records[story]:
            claim(patient_id=record.patient.pk, by=staff.by_username[username], now=now - timedelta(minutes=3))

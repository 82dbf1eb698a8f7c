"""Unusual looks at records, for the privacy officer to ask about (Normen fact sheet 15: logs must be reviewed).

The database says of each look whether anything called for it that day; the patterns themselves are plain Python.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import Pattern
from audit.enums import Action, Basis
from audit.models import AuditReview
from dho.lib.numbers import OSLO
from organisations.models import FollowUpService
from organisations.opening_hours import OpeningHours
from patients.models import Enrolment

# More than this in one period is not looked through; the page then says that the period is too long.
MOST_LOOKS: Final = 20_000
MANY_PATIENTS: Final = 10
OFTEN_TIMES: Final = 10
NIGHT: Final = (time(21), time(6))

_LOOKED: Final = [
    Action.OPEN_PATIENT.value, Action.OPEN_EXPLANATION.value, Action.OPEN_PLAN.value, Action.PRINT_PLAN.value,
]  # fmt: skip

_LOOKS: Final = """
SELECT e.id, e.at, e.actor_id, e.actor_name, e.role, e.organisation, e.patient_id,
    (e.at AT TIME ZONE 'Europe/Oslo')::date AS day,
    COALESCE(lower(u.last_name) = lower(p.family_name), false) AS same_name,
    COALESCE(u.address_index <> '' AND u.address_index = h.address_index, false) AS same_address,
    COALESCE(u.neighbourhood_index <> '' AND u.neighbourhood_index = h.neighbourhood_index, false) AS neighbour,
    EXISTS (
        SELECT 1 FROM alerts_alert a WHERE a.patient_id = e.patient_id
        AND a.opened_at < d.ends AND (a.closed_at IS NULL OR a.closed_at >= d.begins)
    ) OR EXISTS (
        SELECT 1 FROM careplans_planversion v WHERE v.patient_id = e.patient_id AND (
            v.created_at >= d.begins AND v.created_at < d.ends OR v.approved_at >= d.begins AND v.approved_at < d.ends
            OR v.sent_at < d.ends AND v.status = 'PROPOSED'
        )
    ) AS has_task
FROM audit_accessentry e
JOIN patients_patient p ON p.id = e.patient_id
LEFT JOIN patients_homeaddress h ON h.patient_id = p.id
LEFT JOIN accounts_user u ON u.id = e.actor_id
CROSS JOIN LATERAL (SELECT date_trunc('day', e.at, 'Europe/Oslo') AS begins,
                           date_trunc('day', e.at, 'Europe/Oslo') + interval '1 day' AS ends) d
WHERE e.municipality_id = ANY (%(municipalities)s) AND e.at >= %(since)s AND e.at < %(until)s
    AND e.allowed AND e.basis = %(basis)s AND e.action = ANY (%(looked)s)
ORDER BY e.at DESC, e.id DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one patient's record, and what the database knows about it."""

    entry_id: UUID
    at: datetime
    actor_id: UUID
    actor_name: str
    role: str
    organisation: str
    patient_id: UUID
    # In Oslo.
    day: date
    same_name: bool
    # As the two have their addresses registered now.
    same_address: bool
    neighbour: bool
    has_task: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """An unusual look, or several of one person: the first of them names the finding, so that it can be reviewed."""

    pattern: Pattern
    look: Look
    count: int
    last: datetime
    review: AuditReview | None = None
    # There is a review, but somebody has looked since.
    again: bool = False

    @property
    def key(self) -> tuple[UUID, str]:
        """What a review is tied to."""
        return self.look.entry_id, self.pattern.value

    def with_review(self, review: AuditReview | None) -> "Finding":
        """What was found out, unless more has come since: a review says nothing of what is looked at afterwards."""
        if review is None or self.last <= review.reviewed_at:
            return replace(self, review=review)
        return replace(self, again=True)


def looks_between(by: Actor, *, since: datetime, until: datetime) -> list[Look]:
    """The looks at the officer's own municipality's patients in the name of health care, oldest first."""
    if not by.may(Permission.READ_ACCESS_LOG):
        return []
    asked: dict[str, Any] = {
        "municipalities": list(by.municipality_ids),
        "since": since,
        "until": until,
        "basis": Basis.HEALTH_CARE.value,
        "looked": _LOOKED,
        "most": MOST_LOOKS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOKS, asked)
        return [Look(*row) for row in reversed(cursor.fetchall())]


def opening_hours_of(looks: Iterable[Look]) -> dict[UUID, OpeningHours]:
    """The hours of the service that follows each patient, or followed last."""
    wanted = {look.patient_id for look in looks}
    courses = Enrolment.objects.filter(patient_id__in=wanted).order_by("allocated_on", "pk")
    latest = dict(courses.values_list("patient_id", "service_id"))
    hours = _hours_of_services(set(latest.values()))
    return {patient: hours[service] for patient, service in latest.items() if service in hours}


def _hours_of_services(wanted: set[UUID]) -> dict[UUID, OpeningHours]:
    """Without those that cannot be read: one service's mistake must not hide everybody's looks."""
    found = {}
    for service in FollowUpService.objects.only("hours").filter(pk__in=wanted):
        with suppress(ValueError):
            found[service.pk] = service.opening_hours
    return found


def find_patterns(looks: list[Look], hours: Mapping[UUID, OpeningHours]) -> list[Finding]:
    """Everything unusual in these looks, which come oldest first; the findings newest first.

    Each day is judged alone, so that a finding keeps its name whatever period is asked for.
    """
    found = [
        *_near(Pattern.FAMILY_NAME, (look for look in looks if look.same_name)),
        *_near(Pattern.SAME_ADDRESS, (look for look in looks if look.same_address)),
        *_near(Pattern.NEIGHBOUR, (look for look in looks if look.neighbour and not look.same_address)),
        *_without_task(looks),
        *_many(looks),
        *_at_night(looks, hours),
        *_often(looks),
    ]
    return sorted(found, key=lambda finding: (finding.look.at, finding.look.entry_id, finding.pattern), reverse=True)


def _days_with_patient(looks: Iterable[Look]) -> list[list[Look]]:
    """The looks of one person at one patient on one day."""
    return _grouped(looks, lambda look: (look.actor_id, look.patient_id, look.day))


def _grouped(looks: Iterable[Look], key: Callable[[Look], Hashable]) -> list[list[Look]]:
    """Those with the same key together, each group oldest first as the looks are."""
    groups: dict[Hashable, list[Look]] = defaultdict(list)
    for look in looks:
        groups[key(look)].append(look)
    return list(groups.values())


def _finding(pattern: Pattern, group: list[Look]) -> Finding:
    return Finding(pattern, group[0], len(group), group[-1].at)


def _near(pattern: Pattern, looks: Iterable[Look]) -> Iterator[Finding]:
    """Somebody close to the person: asked about also when the patient had an alert that the person handled."""
    for group in _days_with_patient(looks):
        yield _finding(pattern, group)


def _without_task(looks: list[Look]) -> Iterator[Finding]:
    for group in _days_with_patient(look for look in looks if not look.has_task):
        yield _finding(Pattern.NO_TASK, group)


def _often(looks: list[Look]) -> Iterator[Finding]:
    for group in _days_with_patient(looks):
        if len(group) >= OFTEN_TIMES:
            yield _finding(Pattern.OFTEN, group)


def _at_night(looks: list[Look], hours: Mapping[UUID, OpeningHours]) -> Iterator[Finding]:
    """A service that is open around the clock works at night too."""
    at_night = [look for look in looks if _is_night(look.at) and not _is_open(hours.get(look.patient_id), look.at)]
    for group in _days_with_patient(at_night):
        yield _finding(Pattern.NIGHT, group)


def _is_night(at: datetime) -> bool:
    clock = at.astimezone(OSLO).time()
    return clock >= NIGHT[0] or clock < NIGHT[1]


def _is_open(hours: OpeningHours | None, at: datetime) -> bool:
    return hours is not None and hours.is_open(at)


def _many(looks: list[Look]) -> Iterator[Finding]:
    """At most once for each person and day: where the first hour with so many different patients begins."""
    idle = (look for look in looks if not look.has_task)
    for day in _grouped(idle, lambda look: (look.actor_id, look.day)):
        if busy := _busy_hour(day):
            yield Finding(Pattern.MANY, *busy, day[-1].at)


def _busy_hour(day: list[Look]) -> tuple[Look, int] | None:
    """The first look that begins an hour with so many patients, and how many. One pass: a day can have thousands."""
    seen: Counter[UUID] = Counter()
    end = 0
    for first in day:
        while end < len(day) and day[end].at - first.at < timedelta(hours=1):
            seen[day[end].patient_id] += 1
            end += 1
        if len(seen) >= MANY_PATIENTS:
            return first, len(seen)
        seen[first.patient_id] -= 1
        if not seen[first.patient_id]:
            del seen[first.patient_id]
    return None

"""How far a plan that was sent to the doctor has come, and what the service does next (ux.md 4.3; ADR 27)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import DeliveryState, LadderStep, NoticeKind, VersionStatus
from careplans.models import DoctorContact, DoctorNotice, PlanOpening, PlanVersion
from dho.lib.numbers import OSLO
from organisations.models import FollowUpService
from organisations.opening_hours import NeverOpens, OpeningHours
from patients.access import own_patients
from patients.models import Enrolment

# Calendar days; a day on which the service is closed gives way to the next day it is open.
BETWEEN_RUNGS: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Ladder:
    """One proposal with what has happened to it, the next step, and the day that step falls due."""

    version: PlanVersion
    opening: PlanOpening | None
    notices: Sequence[DoctorNotice]
    contacts: Sequence[DoctorContact]
    step: LadderStep
    due_on: date
    today: date

    @property
    def due(self) -> bool:
        """Whether something is to be done today."""
        return self.step != LadderStep.WAIT

    @property
    def overdue(self) -> bool:
        """Whether it should have been done before today."""
        return self.due and self.due_on < self.today

    @property
    def days(self) -> int:
        """How many days the plan has waited."""
        return (self.today - _day(self.version.sent_at)).days

    @property
    def may_remind(self) -> bool:
        """A reminder is sent when seven days have passed, and not again before seven more have."""
        told = [_day(self.version.sent_at), *(each.on for each in self.notices if each.kind == NoticeKind.REMINDER)]
        return self.today - max(told) >= BETWEEN_RUNGS


def ladder_of(version: PlanVersion, *, hours: OpeningHours | None, now: datetime) -> Ladder:
    """The ladder of a version that has been sent."""
    notices = sorted(version.notices.all(), key=lambda each: each.created_at)
    contacts = sorted(version.contacts.all(), key=lambda each: each.at)
    today = timezone.localdate(now)
    # An attempt that reached nobody leaves the call to be made.
    reached = [_day(each.at) for each in contacts if each.reached]
    reminded = [each.on for each in notices if each.kind == NoticeKind.REMINDER]
    step, due_on = _next(_day(version.sent_at), reminded, reached, notices, hours, today)
    opening = getattr(version, "opening", None)
    return Ladder(version, opening, notices, contacts, step, due_on, today)


def waiting_plans(by: Actor, *, now: datetime) -> list[Ladder]:
    """The proposals of the service's own patients, what is due longest first. The same few queries for any number."""
    own = own_patients(by, now=now, permission=Permission.TRIAGE).values("pk")
    versions = with_ladder(PlanVersion.objects.filter(patient__in=own, status=VersionStatus.PROPOSED))
    hours = service_hours(by)
    found = [ladder_of(version, hours=hours, now=now) for version in versions]
    return sorted(found, key=lambda each: (not each.due, each.due_on, each.version.sent_at, str(each.version.pk)))


def with_ladder(versions: QuerySet[PlanVersion]) -> QuerySet[PlanVersion]:
    """With everything a ladder is made of, but the patient's national id, which no list needs decrypted."""
    contacts = DoctorContact.objects.select_related("by").order_by("at", "pk")
    notices = DoctorNotice.objects.select_related("created_by").order_by("created_at", "pk")
    return (
        versions.select_related("patient__gp", "municipality", "sent_by", "opening__by")
        .defer("patient__national_id")
        .prefetch_related(Prefetch("contacts", contacts), Prefetch("notices", notices))
    )


def service_hours(by: Actor) -> OpeningHours | None:
    """The opening hours of the service where this person is at work; None where there are none to go by."""
    if by.service_id is None:
        return None
    return _hours(FollowUpService.objects.filter(pk=by.service_id).only("hours").first())


def hours_for(enrolment: Enrolment | None) -> OpeningHours | None:
    """The opening hours of the service with the course."""
    return _hours(enrolment.service if enrolment else None)


def _hours(service: FollowUpService | None) -> OpeningHours | None:
    try:
        return service.opening_hours if service else None
    except ValueError:
        # Mistyped hours must not hide a plan that waits.
        return None


def _next(
    sent: date,
    reminded: list[date],
    called: list[date],
    notices: Sequence[DoctorNotice],
    hours: OpeningHours | None,
    today: date,
) -> tuple[LadderStep, date]:
    """The next step and its day: remind after seven days, ring seven days after that, and every seventh day since."""
    phone = _open_day(max(called or [max([sent + BETWEEN_RUNGS, *reminded])]) + BETWEEN_RUNGS, hours)
    if not called and notices and notices[-1].state == DeliveryState.FAILED:
        # A doctor who was never told cannot answer.
        phone = _open_day(notices[-1].on, hours)
    if phone <= today:
        return LadderStep.PHONE, phone
    remind = _open_day(sent + BETWEEN_RUNGS, hours)
    if reminded or called:
        return LadderStep.WAIT, phone
    return (LadderStep.REMIND if remind <= today else LadderStep.WAIT), remind


def _open_day(day: date, hours: OpeningHours | None) -> date:
    """That day, or the first one after it on which the service opens."""
    try:
        before = datetime.combine(day, time(), OSLO) - timedelta(microseconds=1)
        return hours.next_opening(before).date() if hours else day
    except NeverOpens:
        return day


def _day(at: datetime | None) -> date:
    return timezone.localdate(at)

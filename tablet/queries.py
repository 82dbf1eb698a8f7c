"""What the patient's own pages tell: what is expected today, what has come, and who looks at it when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import DeviceCredential, User
from careplans.enums import Zone
from careplans.models import PlanVersion
from careplans.queries.own import own_types
from careplans.queries.wording import Names, schedule_words
from dho.lib.numbers import OSLO, decimal_comma, long_date_nb, time_nb, weekday_nb
from measurements.models import MeasurementType, Quantity, Reading
from organisations.models import FollowUpService
from organisations.opening_hours import NeverOpens
from patients.models import Enrolment, Patient

SHOWN_DAYS: Final = 30
SHOWN_AT_MOST: Final = 100
_LONGEST_WEEK: Final = 6


@dataclass(frozen=True, slots=True)
class Promise:
    """Who looks, and when: the honest promise of a daytime service (P5)."""

    service: FollowUpService
    hours: str
    open_now: bool
    # When somebody has looked at the latest, if what was sent calls for it.
    looks_by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One reading as the patient reads it: no colour, the service judges it."""

    reading: Reading
    label: str
    value: str

    @property
    def sent_by(self) -> str:
        """Empty where the patient or the own device sent it."""
        return self.reading.on_behalf


@dataclass(frozen=True, slots=True)
class Today:
    """One thing that can be measured, and the latest of it today."""

    kind: MeasurementType
    latest: Shown | None


def promise_to(patient: Patient, *, now: datetime) -> Promise | None:
    """What holds for something sent now; None where nobody follows the patient up."""
    course = Enrolment.objects.select_related("service").filter(patient=patient, ended_on__isnull=True).first()
    if course is None:
        return None
    service, hours = course.service, course.service.opening_hours
    try:
        looks_by = when_nb(service.deadline_for("YELLOW", now), now=now)
    except NeverOpens:
        looks_by = ""
    return Promise(service, hours.describe(now), hours.is_open(now), looks_by)


def when_nb(moment: datetime, *, now: datetime) -> str:
    """«i dag kl. 14.00», «torsdag kl. 10.00», «torsdag 3. desember kl. 10.00»."""
    days = (moment.astimezone(OSLO).date() - now.astimezone(OSLO).date()).days
    if days == 0:
        return _("i dag %(clock)s") % {"clock": time_nb(moment)}
    if days <= _LONGEST_WEEK:
        return f"{weekday_nb(moment)} {time_nb(moment)}"
    return f"{weekday_nb(moment)} {long_date_nb(moment)} {time_nb(moment)}"


def today_of(patient: Patient, *, now: datetime) -> list[Today]:
    """What the plan asks for, with what has come since midnight in Oslo."""
    midnight = now.astimezone(OSLO).replace(hour=0, minute=0, second=0, microsecond=0)
    latest = {each.reading.type_id: each for each in reversed(_shown(patient, since=midnight))}
    return [Today(kind, latest.get(kind.pk)) for kind in own_types(patient.pk, at=now)]


def readings_of(patient: Patient, *, now: datetime) -> list[Shown]:
    """The last thirty days, newest first, at most a hundred."""
    return _shown(patient, since=now - timedelta(days=SHOWN_DAYS))


def _shown(patient: Patient, *, since: datetime) -> list[Shown]:
    found = Reading.objects.filter(patient=patient, taken_at__gte=since).select_related("type", "submitted_by_user")
    rows = found.prefetch_related("type__quantities").order_by("-taken_at", "-pk")[:SHOWN_AT_MOST]
    return [shown(each) for each in rows]


def shown(reading: Reading) -> Shown:
    """The reading in words: «Blodtrykk 138/82 mmHg»; what no number can hold stands as it was sent."""
    quantities = list(reading.type.quantities.all())
    values = [value for value in (reading.value, reading.value2) if value is not None]
    if len(values) != len(quantities):
        return Shown(reading, reading.type.label, f"{reading.sent_value} {reading.sent_unit}")
    numbers = "/".join(_number(value, each) for value, each in zip(values, quantities, strict=True))
    return Shown(reading, reading.type.label, f"{numbers} {quantities[0].unit_label}")


def _number(value: Decimal, quantity: Quantity) -> str:
    return decimal_comma(value, quantity.decimals)


def sent_reading(patient: Patient, client_id: UUID, *, sender: User | DeviceCredential) -> Shown | None:
    """What this very person or device has sent under the id: one who may only send sees no more than that."""
    by = {"submitted_by_user" if isinstance(sender, User) else "submitted_by_device": sender}
    found = Reading.objects.filter(patient=patient, client_id=client_id, **by)
    reading = found.select_related("type", "submitted_by_user").prefetch_related("type__quantities").first()
    return shown(reading) if reading else None


def plan_of(version: PlanVersion | None) -> dict[str, Any]:
    """The plan as its patient reads it: what matters, when to measure, and what to do in each zone."""
    if version is None:
        return {"version": None}
    names, measures = Names.current(), list(version.measures.all())
    return {
        "version": version,
        # Without the grace: that is the service's, and to the patient it would read as a time limit.
        "schedules": [
            (names.schedule(row), " ".join(text for name, text in schedule_words(row) if name in ("days", "times")))
            for row in version.schedules.all()
        ],
        "zones": [(zone, [each for each in measures if each.zone == zone]) for zone in Zone],
    }

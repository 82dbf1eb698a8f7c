"""What the patient's own pages tell: what is expected today, what has come, and who looks at it when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import DeviceCredential, User
from alerts.queries.today import colour_today
from careplans.models import PlanVersion
from careplans.queries.faces import own_words, zones_of
from careplans.queries.own import own_plan, own_types
from careplans.scoring import Colour
from dho.lib.numbers import OSLO, decimal_comma, long_date_nb, time_nb, weekday_nb
from dho.lib.texts import LazyText
from measurements.models import MeasurementType, Quantity, Reading
from measurements.names import name_of, unit_of
from organisations.models import FollowUpService
from organisations.opening_hours import NeverOpens
from patients.models import Enrolment, Patient
from patients.queries import deciding_doctor

SHOWN_DAYS: Final = 30
SHOWN_AT_MOST: Final = 100
_LONGEST_WEEK: Final = 6
# Never «as usual»: nothing is known, or not all of it.
_UNCOLOURED: Final[dict[Colour | None, LazyText]] = {
    None: gettext_lazy("Ikke målt i dag"),
    Colour.NOT_ASSESSED: gettext_lazy("Ikke vurdert ennå"),
}


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

    @property
    def name(self) -> str:
        """What it is called."""
        return name_of(self.kind)


def promise_to(patient: Patient, *, now: datetime) -> Promise | None:
    """What holds for something sent now; None where nobody follows the patient up."""
    course = open_course(patient)
    if course is None:
        return None
    service, hours = course.service, course.service.opening_hours
    try:
        looks_by = when_nb(service.deadline_for("YELLOW", now), now=now)
    except NeverOpens:
        looks_by = ""
    return Promise(service, hours.describe(now), hours.is_open(now), looks_by)


def open_course(patient: Patient) -> Enrolment | None:
    """The course with the service that follows the patient up now."""
    return Enrolment.objects.select_related("service").filter(patient=patient, ended_on__isnull=True).first()


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
        return Shown(reading, name_of(reading.type), f"{reading.sent_value} {reading.sent_unit}")
    numbers = "/".join(_number(value, each) for value, each in zip(values, quantities, strict=True))
    return Shown(reading, name_of(reading.type), f"{numbers} {unit_of(quantities[0])}")


def _number(value: Decimal, quantity: Quantity) -> str:
    return decimal_comma(value, quantity.decimals)


def sent_reading(patient: Patient, client_id: UUID, *, sender: User | DeviceCredential) -> Shown | None:
    """What this very person or device has sent under the id: one who may only send sees no more than that."""
    by = {"submitted_by_user" if isinstance(sender, User) else "submitted_by_device": sender}
    found = Reading.objects.filter(patient=patient, client_id=client_id, **by)
    reading = found.select_related("type", "submitted_by_user").prefetch_related("type__quantities").first()
    return shown(reading) if reading else None


def plan_of(patient: Patient, *, now: datetime) -> dict[str, Any]:
    """The plan as its patient reads it: today's colour with what to do, then the rest; or that there is none."""
    found = own_plan(patient.pk, at=now)
    common = {"promise": promise_to(patient, now=now), "doctor": deciding_doctor(open_course(patient))}
    if found is None:
        return common | {"plan": None}
    plan, day = own_words(found), day_of(found, now=now)
    others = [each for each in plan.zones if each != day["zone"]]
    return common | {"plan": plan, "version": found, "day": day, "others": others}


def day_of(version: PlanVersion, *, now: datetime) -> dict[str, Any]:
    """Today's colour, what it says in words, and the zone of the plan that it leads to; None before it is judged."""
    colour = colour_today(version.patient_id, now=now)
    zone = next((each for each in zones_of(version) if each.zone.value == colour), None)
    return {"colour": colour, "text": str(zone.zone.label if zone else _UNCOLOURED[colour]), "zone": zone}

"""Whether a trial holds what the service asks for before limits are proposed from it (R-036)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext, ngettext

from careplans.enums import VersionStatus
from careplans.models import PlanVersion, Threshold
from careplans.queries.baseline import usual_values
from careplans.queries.catalogue import judged_quantities
from careplans.queries.evidence import Period, evidence
from careplans.queries.gp import latest_enrolment
from careplans.scoring import RuleKind
from dho.lib.numbers import OSLO
from patients.models import Patient

# The longest trial: older values say less about what is usual now.
LONGEST_TRIAL: Final = timedelta(days=28)
_WITHOUT_ONE_NUMBER: Final = (RuleKind.ANSWER.value, RuleKind.NEWS2.value)


def trial_period(patient: Patient, *, now: datetime) -> Period:
    """The whole days of the trial so far: at most the last four weeks, and never before the course began."""
    period = Period.before(now, LONGEST_TRIAL.days)
    course = latest_enrolment(patient.pk, now=now)
    started = course.held_from if course else period.first
    return Period(min(max(period.first, started), now.astimezone(OSLO).date()), period.last)


def missing_data(
    patient: Patient, period: Period, *, now: datetime, quantities: Collection[str] | None = None
) -> list[str]:
    """What the period lacks of the service's minimum, a sentence for each measurement; empty when it holds enough.

    `quantities` are codes of quantities and forms; without them, what the patient's newest version has limits for.
    """
    course = latest_enrolment(patient.pk, now=now)
    if course is None:
        return []
    days, readings = course.service.minimum_days, course.service.minimum_readings
    codes = _judged_by(_newest(patient)) if quantities is None else set(quantities)
    found, catalogue = evidence(patient.pk, period, now=now), judged_quantities()
    sentences = []
    for code in sorted(codes & catalogue.keys(), key=lambda each: catalogue[each].label):
        usual = usual_values(code, catalogue, found)
        measured, times = (usual.measured_days, len(usual.values)) if usual else (0, 0)
        if measured < days or times < readings:
            said = gettext("%(what)s: målt %(days)s, %(readings)s.")
            asked = gettext("Tjenesten krever minst %(days)s og %(readings)s.")
            told = {"what": catalogue[code].label} | _counted(measured, times)
            sentences.append(f"{said % told} {asked % _counted(days, readings)}")
    return sentences


def little_data(version: PlanVersion, *, now: datetime) -> list[str]:
    """What the trial lacks for the version's first limits: those of measurements no doctor has approved limits for."""
    decided = Threshold.objects.filter(
        version__plan_id=version.plan_id, version__status__in=[VersionStatus.APPROVED, VersionStatus.SUPERSEDED]
    )
    new = _judged_by(version) - set(decided.values_list("quantity", flat=True))
    if not new:
        return []
    return missing_data(version.patient, trial_period(version.patient, now=now), now=now, quantities=new)


def _counted(days: int, readings: int) -> dict[str, str]:
    """Both numbers with their word: «1 dag», «3 målinger»."""
    return {
        "days": ngettext("%(days)s dag", "%(days)s dager", days) % {"days": days},
        "readings": ngettext("%(number)s måling", "%(number)s målinger", readings) % {"number": readings},
    }


def _newest(patient: Patient) -> PlanVersion | None:
    return PlanVersion.objects.filter(patient=patient).order_by("number").last()


def _judged_by(version: PlanVersion | None) -> set[str]:
    """What the version's rules need a number of."""
    if version is None:
        return set()
    rows = version.thresholds.exclude(kind__in=_WITHOUT_ONE_NUMBER)
    return set(rows.values_list("quantity", flat=True))

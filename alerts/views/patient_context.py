"""What the patient page is filled with. Reading only; the steps that change something are in `patient.py`."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from alerts.charts import trend_figure
from alerts.enums import Level
from alerts.forms import HandlingForm
from alerts.models import QueueEntry
from alerts.queries import patient as queries
from alerts.queries.trends import trends_of
from alerts.sparkline import Point as Dot
from alerts.sparkline import sparkline as sketch
from alerts.trends import Trend
from careplans.enums import VersionStatus
from careplans.models import PlanVersion
from careplans.queries.faces import own_words
from careplans.queries.trial import trial_day
from dho.lib.numbers import OSLO, since_nb
from measurements.enums import Source
from patients.models import Enrolment, Patient, Pause
from patients.queries import deciding_doctor

PERIODS = (7, 30, 90, 365)
USUAL_PERIOD = 30


def blank_form(entry: QueueEntry | None, versions: list[PlanVersion], now: datetime, data: Any = None) -> HandlingForm:
    """The form for the case as it stands: the measures of its zone, and what the nurse is looking at."""
    level = Level(entry.level) if entry else Level.EQUIPMENT
    return HandlingForm(
        data,
        agreed=queries.measures_for(queries.version_in_force(versions, now), level),
        known=[measure for version in versions for measure in version.measures.all()],
        level=level,
        initial={"seen": entry.change if entry else 0, "shown_at": now.isoformat()},
    )


def case_context(
    patient: Patient, entry: QueueEntry | None, *, by: Actor, now: datetime, reading_only: bool = False
) -> dict[str, Any]:
    """The open alerts, whose case it is, and what this person may do with it."""
    triage = by.may(Permission.TRIAGE) and not reading_only and (entry is None or entry.service_id == by.service_id)
    mine = bool(entry and entry.owner_id == by.user.pk)
    free = bool(entry and entry.owner_id is None)
    red = bool(entry and entry.level == Level.RED)
    return {
        "entry": entry,
        "claimed": since_nb(entry.claimed_at, now=now) if entry and entry.claimed_at else "",
        "alerts": queries.open_alerts(patient, now=now) if entry else [],
        "mine": mine,
        "may_triage": triage,
        "may_claim": triage and free,
        "may_handle": triage and mine,
        "only_nurse_closes": red and not by.may(Permission.CLOSE_RED),
    }


def plan_context(
    patient: Patient, versions: list[PlanVersion], entry: QueueEntry | None, *, now: datetime
) -> dict[str, Any]:
    """What the plan says, also of the zone that the case is in (R-049); if nothing judges the readings, why (R-083)."""
    enrolment, plan = queries.open_enrolment(patient), queries.version_in_force(versions, now)
    if plan:
        plan.patient = patient
    words = own_words(plan) if plan else None
    zone = queries.ZONE_OF_LEVEL.get(Level(entry.level)) if entry else None
    return {
        "plan": plan,
        "words": words,
        "says": words.zone(zone) if words and zone else None,
        "proposal": next((version for version in versions if version.status == VersionStatus.PROPOSED), None),
        "doctor": deciding_doctor(enrolment),
        "trial": trial_text(enrolment, now) if enrolment else "",
        "course": enrolment,
        "pause": pause_on(enrolment, now.astimezone(OSLO).date()) if enrolment else None,
        # The log is handed out by whoever follows the patient now; afterwards by the privacy officer.
        "hands_out_log": enrolment is not None,
    }


def trial_text(enrolment: Enrolment, now: datetime) -> str:
    """Prøveperiode dag 6 av 21, as the board counts; empty outside a trial."""
    where = trial_day(enrolment, today=now.astimezone(OSLO).date())
    return gettext("Prøveperiode %(where)s") % {"where": where} if where else ""


def pause_on(enrolment: Enrolment, day: date) -> Pause | None:
    """The pause that the patient is in that day, or the next one that has been agreed."""
    return Pause.objects.filter(enrolment=enrolment, last_day__gte=day).order_by("first_day").first()


def period_asked_for(request: ActorRequest) -> int:
    """The period in days from the address; anything else gives the usual one."""
    asked = request.GET.get("dager", "")
    return int(asked) if asked in map(str, PERIODS) else USUAL_PERIOD


def _drawn(trend: Trend) -> dict[str, Any]:
    """The trend with its figure, and the small drawing that stands there until, or instead of, the figure."""
    week = [
        Dot(point.at, point.values[0] or Decimal(0)) for point in trend.good if point.at > trend.now - timedelta(days=7)
    ]
    return {
        "trend": trend,
        "drawable": bool(trend.good or trend.faulty),
        "figure": trend_figure(trend) if trend.good or trend.faulty else None,
        "figure_id": f"diagram-{trend.type.code}",
        "sketch": sketch(week, limit=None, until=trend.now),
        "legend": legend(trend),
    }


def legend(trend: Trend) -> str:
    """What the marks of this chart mean, only those that are in it."""
    marks = (
        [gettext("Feltene viser grensene i planen som gjaldt den dagen.")]
        if trend.stretches and len(trend.quantities) == 1
        else []
    )
    marks += [gettext("Brudd i linjen og kryss nederst: dag uten måling.")] if trend.missing_days else []
    marks += [gettext("Åpent merke: tastet inn.")] if any(point.source != Source.DEVICE for point in trend.good) else []
    marks += [gettext("Kryss ved verdien: feilmåling.")] if trend.faulty else []
    return " ".join(marks)


def course_context(patient: Patient, versions: list[PlanVersion], *, days: int, now: datetime) -> dict[str, Any]:
    """Trends, answered forms and the timeline (R-075, R-086)."""
    trends = trends_of(patient, versions, days=days, now=now)
    since = (now - timedelta(days=days - 1)).astimezone(OSLO).date()
    silent = not all(trend.points for trend in trends) or not trends
    return {
        "periods": PERIODS,
        "days": days,
        "trends": [_drawn(trend) for trend in trends],
        "forms": queries.answered_forms(patient, since=since),
        "timeline": queries.timeline(patient, versions),
        "silent": silent,
        "last_contact": queries.last_contact(patient) if silent else None,
    }

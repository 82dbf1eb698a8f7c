"""What the patient page shows beside the trends: the case, the plan's versions, forms, and what was done."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Case, IntegerField, Max, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.models import DeviceCredential
from alerts.enums import AlertState, Level, Outcome
from alerts.explanations import COLOUR_WORDS
from alerts.models import Alert, Assessment, Handling, QueueEntry
from alerts.queries.queue import entries_of
from alerts.queries.trends import current_judgement
from careplans.enums import Zone
from careplans.models import Measure, PlanVersion
from careplans.queries.own import CONTENT
from careplans.scoring import Colour
from dho.lib.numbers import OSLO, decimal_comma
from measurements.branching import hidden_items
from measurements.models import QuestionnaireItem, QuestionnaireResponse
from patients.models import Enrolment, Patient

HISTORY_SHOWN = 50
RESPONSES_SHOWN = 30
ZONE_OF_LEVEL = {Level.RED: Zone.RED, Level.YELLOW: Zone.YELLOW}
_WORST_FIRST = Case(
    *(
        When(colour=colour, then=Value(place))
        for place, colour in enumerate((Colour.RED, Colour.YELLOW, Colour.NOT_ASSESSED))
    ),
    default=Value(3),
    output_field=IntegerField(),
)


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An open alert, how long the patient has waited, and the worst assessment behind it where there is one."""

    alert: Alert
    assessment: Assessment | None
    waited: timedelta

    @property
    def measured_at(self) -> datetime | None:
        """When the thing it tells of was measured or answered."""
        fact = self.assessment and (self.assessment.reading or self.assessment.response)
        return fact.taken_at if fact else None

    @property
    def sent_by(self) -> str:
        """«Ola Nordmann, pårørende» where somebody else than the patient sent it in."""
        return self.assessment.reading.on_behalf if self.assessment and self.assessment.reading else ""

    @property
    def text(self) -> str:
        """Headline and detail as one line: «SpO₂ 84 %, under rød grense 86 %»."""
        detail = self.alert.detail
        if not detail:
            return self.alert.headline
        return f"{self.alert.headline}{'. ' if detail[0].isupper() else ', '}{detail}"


@dataclass(frozen=True, slots=True)
class Answer:
    """A question and what was answered, in words."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class AnsweredForm:
    """One answered form with its judgement."""

    response: QuestionnaireResponse
    answers: list[Answer]
    colour: str
    assessment_id: UUID | None

    @property
    def colour_word(self) -> str:
        """Rød, Gul …; empty before it is judged."""
        return str(COLOUR_WORDS[Colour(self.colour)]) if self.colour else ""


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the timeline: a handling, or a step in the life of a plan version."""

    at: datetime
    what: str
    who: str
    detail: str = ""
    measures: tuple[str, ...] = ()


def entry_of(patient: Patient) -> QueueEntry | None:
    """The patient's row in the queue, with its owner; None when nothing is open."""
    return QueueEntry.objects.select_related("owner").filter(patient=patient).first()


def open_alerts(patient: Patient, *, now: datetime) -> list[OpenAlert]:
    """Everything open, worst and oldest first, each with the worst and newest assessment that still holds (R-087)."""
    alerts = list(Alert.objects.filter(patient=patient, state=AlertState.OPEN).order_by("level", "waiting_since", "id"))
    behind = (
        Assessment.objects.filter(patient=patient, alert__state=AlertState.OPEN, superseded_by__isnull=True)
        .select_related(
            "reading__submitted_by_user", "response", "plan_version__decision", "plan_version__approved_from__decision"
        )
        .order_by("alert_id", _WORST_FIRST, Coalesce("reading__taken_at", "response__taken_at").desc(), "-id")
        .distinct("alert_id")
    )
    by_alert = {assessment.alert_id: assessment for assessment in behind}
    return [OpenAlert(alert, by_alert.get(alert.pk), now - alert.waiting_since) for alert in alerts]


def versions_of(patient: Patient) -> list[PlanVersion]:
    """Every version of the plan, oldest first, with what the page needs of each."""
    return list(
        PlanVersion.objects.filter(patient=patient)
        .select_related("decision", "approved_from__decision", "patient", "created_by", "sent_by")
        .prefetch_related("thresholds", *CONTENT)
        .order_by("number")
    )


def version_in_force(versions: list[PlanVersion], at: datetime) -> PlanVersion | None:
    """The version among these that judges what is measured at that moment."""
    return next((version for version in versions if version.in_force_at(at)), None)


def measures_for(version: PlanVersion | None, level: int) -> list[Measure]:
    """The agreed measures of the zone the case is in (R-098); none for what has no zone."""
    zone = ZONE_OF_LEVEL.get(Level(level))
    return [measure for measure in version.measures.all() if measure.zone == zone] if version else []


def answered_forms(patient: Patient, *, since: date) -> list[AnsweredForm]:
    """Answered forms of the period, newest first, at most 30, in the words the patient read (R-084)."""
    responses = (
        QuestionnaireResponse.objects.filter(patient=patient, taken_at__gte=datetime.combine(since, time(0), OSLO))
        .select_related("questionnaire")
        .annotate(judgement=current_judgement("response"))
        .order_by("-taken_at", "-id")[:RESPONSES_SHOWN]
    )
    found = list(responses)
    items: dict[int, list[QuestionnaireItem]] = {}
    for item in QuestionnaireItem.objects.filter(questionnaire__in={response.questionnaire_id for response in found}):
        items.setdefault(item.questionnaire_id, []).append(item)
    return [_answered(response, items.get(response.questionnaire_id, [])) for response in found]


def _answered(response: Any, items: list[QuestionnaireItem]) -> AnsweredForm:
    judgement = response.judgement or {}
    return AnsweredForm(
        response=response,
        answers=answers_in_words(response.answers, items),
        colour=judgement.get("colour", ""),
        assessment_id=UUID(judgement["id"]) if judgement else None,
    )


def answers_in_words(answers: dict[str, Any], items: list[QuestionnaireItem]) -> list[Answer]:
    """Question and answer as the patient read them; what no option explains stands as it was sent."""
    hidden = hidden_items(items, answers)
    told = {code: gettext("Ikke spurt, ut fra svarene før") for code in hidden}
    return [Answer(item.text, told.get(item.code) or _words(answers.get(item.code), item)) for item in items]


def _words(answer: Any, item: QuestionnaireItem) -> str:
    if answer is None or answer == "":
        return gettext("Ikke besvart")
    # True == 1 in Python, so the type must agree too.
    labels = (o["label"] for o in item.options if o["value"] == answer and type(o["value"]) is type(answer))
    yes_or_no = gettext("Ja") if answer is True else gettext("Nei")
    return next(labels, yes_or_no if isinstance(answer, bool) else _number_or_text(answer, item.unit))


def _number_or_text(answer: Any, unit: str) -> str:
    """A number as it is written in Norwegian, with its unit; anything else as it was sent."""
    if not isinstance(answer, (int, float)):
        return str(answer)
    return f"{decimal_comma(Decimal(str(answer)))} {unit}".rstrip()


def timeline(patient: Patient, versions: list[PlanVersion]) -> list[Event]:
    """What people did and decided, newest first, at most 50 lines (R-100)."""
    texts = {measure.pk: measure.text for version in versions for measure in version.measures.all()}
    handlings = Handling.objects.filter(patient=patient).select_related("by").order_by("-at", "-id")[:HISTORY_SHOWN]
    # Oldest first before it is turned, so that steps of the same moment keep their order.
    events = [event for version in versions for event in _plan_events(version)]
    events += [_handled(handling, texts) for handling in reversed(handlings)]
    return sorted(events, key=lambda event: event.at)[::-1][:HISTORY_SHOWN]


def _handled(handling: Handling, texts: dict[UUID, str]) -> Event:
    outcomes = ", ".join(str(Outcome(code).label) for code in handling.outcomes)
    return Event(
        at=handling.at,
        what=f"{handling.get_action_display()} ({handling.get_level_display().lower()})",
        who=f"{handling.by.get_full_name()}, {handling.get_role_display()}",
        detail=". ".join(text for text in (outcomes, handling.note) if text),
        measures=tuple(texts[pk] for pk in handling.measure_ids if pk in texts),
    )


def _plan_events(version: PlanVersion) -> list[Event]:
    name = gettext("Plan versjon %(number)s") % {"number": version.number}
    events = [
        Event(
            version.created_at, gettext("%(name)s: utkast laget") % {"name": name}, version.created_by.get_full_name()
        )
    ]
    if version.approved_from and version.approved_at and version.sent_by:
        said = gettext("%(name)s: satt i kraft på godkjenningen av versjon %(number)s")
        what = said % {"name": name, "number": version.approved_from.number}
        events.append(Event(version.approved_at, what, version.sent_by.get_full_name()))
    elif version.sent_at:
        events.append(Event(version.sent_at, gettext("%(name)s: sendt til godkjenning") % {"name": name}, ""))
    decision = getattr(version, "decision", None)
    if decision:
        who = f"{decision.name}, HPR {decision.hpr_number}"
        events.append(
            Event(decision.decided_at, f"{name}: {decision.get_decision_display().lower()}", who, decision.question)
        )
    if version.superseded_at:
        events.append(Event(version.superseded_at, gettext("%(name)s: erstattet av ny versjon") % {"name": name}, ""))
    return events


def news_since(patient: Patient, *, shown_at: datetime, by: Actor) -> list[str]:
    """What came while somebody had the page open, newest first: what a stale save is answered with (ux.md 2.3)."""
    changed = Q(opened_at__gt=shown_at) | Q(closed_at__gt=shown_at) | Q(assessments__assessed_at__gt=shown_at)
    alerts = Alert.objects.filter(changed, patient=patient).annotate(latest=Max("assessments__assessed_at"))
    told = [(alert.closed_at or alert.latest or alert.opened_at, _news(alert)) for alert in alerts]
    others = Handling.objects.filter(patient=patient, at__gt=shown_at).exclude(by=by.user).select_related("by")
    told += [(each.at, f"{each.by.get_full_name()}: {each.get_action_display().lower()}") for each in others]
    return [text for _, text in sorted(told, reverse=True)]


def _news(alert: Alert) -> str:
    if alert.state == AlertState.CLOSED:
        return f"{alert.headline}: {alert.get_close_reason_display().lower()}"
    return f"{alert.get_level_display()}: {OpenAlert(alert, None, timedelta(0)).text}"


def open_enrolment(patient: Patient) -> Enrolment | None:
    """The running course, with its service; the service's secret is not even decrypted."""
    running = Enrolment.objects.filter(patient=patient, ended_on__isnull=True)
    return running.select_related("service").defer("service__webhook_secret").first()


def last_contact(patient: Patient) -> datetime | None:
    """When the patient's tablet was last heard from, whatever it sent."""
    heard = DeviceCredential.objects.filter(patient_id=patient.pk, last_seen_at__isnull=False)
    return heard.order_by("-last_seen_at").values_list("last_seen_at", flat=True).first()


def next_unclaimed(*, by: Actor, after: Patient) -> QueueEntry | None:
    """The next row nobody has taken, in the queue's order (R-097)."""
    rows = entries_of(by).filter(owner__isnull=True).exclude(patient=after)
    return rows.order_by("level", "deadline", "waiting_since", "patient_id").first()

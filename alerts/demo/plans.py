"""Plans in every state, written, sent and decided by the product's own services."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final

from accounts.actor import Actor
from alerts.demo.agreed import agreed_on
from alerts.demo.cast import Character, Condition, Course
from alerts.demo.clock import at_work, midnight
from alerts.demo.conditions import Habit, limits_of
from alerts.demo.ladder import climb, sent_ago
from careplans.models import PlanVersion
from careplans.services import PlanContent, approve, create_draft, return_with_question, send_to_gp
from patients.models import Patient

_VALID_FOR: Final = timedelta(days=365)
_REVIEWED_AFTER: Final = timedelta(days=270)
_GRACE: Final = 120
_FORM_GRACE: Final = 360
_WISHES: Final = (
    "Å kunne gå tur med hunden hver dag.",
    "Å bo hjemme så lenge som mulig.",
    "Å orke å være med barnebarna ut.",
    "Å slippe flere turer til sykehuset.",
    "Å kunne synge i koret på torsdager.",
    "Å dyrke grønnsakene mine også til sommeren.",
    "Å kjenne at jeg har kontroll på sykdommen.",
    "Å kunne kjøre bil til søsteren min på Flisa.",
)
_USUAL: Final = {
    Condition.COPD: "Puster greit i ro. Tungpust i bakker og trapper. Litt hoste om morgenen.",
    Condition.HEART_FAILURE: "Går rolig på flatmark uten å bli andpusten. Sover med to puter. Litt hoven om kvelden.",
    Condition.DIABETES: "Blodsukker mellom 6 og 10. Kjenner føling når det er under 4.",
    Condition.MIXED: "Klarer seg i leiligheten med rullator. Trett etter middag.",
}
# The measurements of the demo are made after the plans, so every trial is empty when its plan is sent.
_LITTLE: Final = "Pasienten har målt hjemme i flere måneder før oppstart. Verdiene står i journalen."
_QUESTION: Final = "Bør gul grense være strengere i vinter? Ta en prat med pasienten om hvileverdien først."


@dataclass(frozen=True)
class Planned:
    """Who the plan is for, who writes and who decides."""

    character: Character
    patient: Patient
    usual: dict[str, float]
    habits: list[Habit]
    nurse: Actor
    gp: Actor


def make_plans(planned: Planned, *, now: datetime, rng: Random) -> None:
    """The versions that the patient's course calls for, in the order of time."""
    course, days = planned.character.course, timedelta(days=1)
    wish = rng.choice(_WISHES)
    if course.in_trial:
        _write_trial(planned, wish, now=now)
        return
    first = now - (21 * days if course == Course.NEW else rng.randint(100, 240) * days)
    ends = midnight(now) - days if course == Course.EXPIRED else None
    _approve(_draft(planned, wish, day=first - 3 * days), planned, day=first, valid_until=ends)
    if course == Course.REVISED:
        second = now - rng.randint(14, 45) * days
        _approve(_draft(planned, wish, day=second - 2 * days, shift=course.shift), planned, day=second)
    elif course == Course.REVISING:
        sent = now - sent_ago(planned.character.number) * days
        version = _send(_draft(planned, wish, day=sent - days, shift=-1), planned, day=sent)
        climb(version, nurse=planned.nurse, gp=planned.gp, now=now)
    elif course == Course.QUERIED:
        _return(_draft(planned, wish, day=now - 6 * days, shift=-1), planned, day=now - 4 * days)


def _write_trial(planned: Planned, wish: str, *, now: datetime) -> None:
    course, days = planned.character.course, timedelta(days=1)
    if course == Course.NO_PLAN:
        return
    version = _draft(planned, wish, day=now - 5 * days)
    if course == Course.PROPOSED:
        climb(_send(version, planned, day=now - 2 * days), nurse=planned.nurse, gp=planned.gp, now=now)
    elif course == Course.RETURNED:
        _return(version, planned, day=now - 3 * days)


def _draft(planned: Planned, wish: str, *, day: datetime, shift: int = 0) -> PlanVersion:
    return create_draft(
        patient=planned.patient,
        content=content_for(
            planned.character.condition,
            planned.usual,
            planned.habits,
            wish,
            shift=shift,
            review_on=(day + _REVIEWED_AFTER).date(),
        ),
        by=planned.nurse,
        now=at_work(day, 10, 20),
    )


def _send(version: PlanVersion, planned: Planned, *, day: datetime) -> PlanVersion:
    return send_to_gp(version=version, by=planned.nurse, now=at_work(day, 12, 45), reason=_LITTLE)


def _approve(version: PlanVersion, planned: Planned, *, day: datetime, valid_until: datetime | None = None) -> None:
    sent = _send(version, planned, day=day - timedelta(days=1))
    until = valid_until or midnight(day) + _VALID_FOR
    approve(version=sent, valid_until=until, by=planned.gp, now=at_work(day, 14, 35))


def _return(version: PlanVersion, planned: Planned, *, day: datetime) -> None:
    sent = _send(version, planned, day=day - timedelta(days=1))
    return_with_question(version=sent, question=_QUESTION, by=planned.gp, now=at_work(day, 14, 35))


def content_for(
    condition: Condition, usual: dict[str, float], habits: list[Habit], wish: str, *, shift: int, review_on: date
) -> PlanContent:
    """What one version says."""
    return PlanContent(
        what_matters=wish,
        habitual_state=_USUAL[condition],
        thresholds=limits_of(condition, usual, shift=shift),
        schedules=[_schedule(habit) for habit in habits],
        review_on=review_on,
        **agreed_on(condition),
    )


def _schedule(habit: Habit) -> dict[str, Any]:
    return {
        "type_id": None if habit.is_form else habit.code,
        "questionnaire_code": habit.code if habit.is_form else "",
        "weekdays": list(habit.weekdays),
        "times": list(habit.times),
        "grace_minutes": _FORM_GRACE if habit.is_form else _GRACE,
    }

"""Rules and schedules in Norwegian words, with the numbers kept apart so that two versions can be compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal

from django.utils.translation import gettext

from careplans.models import Schedule
from careplans.queries.catalogue import quantities
from careplans.scoring import Quantity, Rule, RuleKind
from careplans.scoring.measured import hours_text
from careplans.scoring.news2 import RED_HIGH, YELLOW_HIGH
from careplans.scoring.numbers import text
from dho.lib.numbers import WEEKDAYS, duration_nb, time_nb
from measurements.enums import FormStatus
from measurements.models import Questionnaire, QuestionnaireItem
from organisations.opening_hours import OpeningHours
from patients.models import Enrolment

# (what the words are the value of, the words); an empty name marks words that only hold the line together.
Words = list[tuple[str, str]]


@dataclass(frozen=True)
class Names:
    """What people call quantities, questionnaires and answers."""

    quantities: dict[str, Quantity]
    titles: dict[str, str]
    items: dict[tuple[str, str], QuestionnaireItem]

    @classmethod
    def current(cls) -> "Names":
        """The catalogue, and the questionnaires in their latest version, also those that are retired."""
        known = Questionnaire.objects.exclude(status=FormStatus.DRAFT).order_by("version")
        forms = known.prefetch_related("items")
        items = {(form.code, item.code): item for form in forms for item in form.items.all()}
        return cls(quantities(), {form.code: form.title for form in forms}, items)

    def rule(self, rule: Rule) -> str:
        """What the rule is about: «Oksygenmetning», the questionnaire's title with its question, or NEWS2."""
        if rule.kind == RuleKind.NEWS2:
            return "NEWS2"
        if rule.quantity in self.quantities:
            return self.quantities[rule.quantity].label
        title = self.titles.get(rule.quantity, rule.quantity)
        item = self.items.get((rule.quantity, rule.item))
        return f"{title}: {item.text if item else rule.item}" if rule.kind == RuleKind.ANSWER else title

    def schedule(self, row: Schedule) -> str:
        """What is measured or answered."""
        return row.type.label if row.type else self.titles.get(row.subject, row.subject)

    def answers(self, rule: Rule, values: Iterable[str]) -> str:
        """The answers as the patient reads them; an unknown code stands as it is."""
        item = self.items.get((rule.quantity, rule.item))
        labels = {"true": gettext("ja"), "false": gettext("nei")}
        labels |= {str(option["value"]): str(option["label"]) for option in (item.options if item else [])}
        return f" {gettext('eller')} ".join(f"«{labels.get(value, value)}»" for value in sorted(values))


def rule_words(rule: Rule, names: Names) -> Words:
    """The rule on one line. Limits are strict: «gul under 88» leaves 88 itself green."""
    quantity = names.quantities.get(rule.quantity)
    decimals, unit = (quantity.decimals, quantity.unit) if quantity else (0, gettext("poeng"))
    span = ("window_hours", hours_text(rule.look_back_hours))
    match rule.kind:
        case RuleKind.ANSWER:
            return _answers(rule, names)
        case RuleKind.CHANGE:
            return [
                *_limits(rule, decimals, low=gettext("ved fall over"), high=gettext("ved økning over")),
                ("", f"{unit} {gettext('på')}"),
                span,
            ]
        case RuleKind.SHARE:
            normal = ("baseline", text(rule.baseline or Decimal(0), decimals))
            return [*_limits(rule, 0), ("", f"% {gettext('av egen normalverdi')}"), normal, ("", unit)]
        case RuleKind.REPEATED:
            times = [
                ("", f"{unit} {gettext('i minst')}"),
                ("n", str(rule.n)),
                ("", gettext("av de siste")),
                ("m", str(rule.m)),
            ]
            return [*_limits(rule, decimals), *times, ("", gettext("målingene, høyst")), span, ("", gettext("tilbake"))]
        case RuleKind.NEWS2:
            scale = [
                ("", gettext("poeng, SpO₂-skala")),
                ("scale", str(rule.scale)),
                ("", gettext("med verdier fra siste")),
                span,
            ]
            return [*_limits(rule, 0), *scale]
    return [*_limits(rule, decimals), ("", unit)]


def schedule_words(row: Schedule) -> Words:
    """The days, the times of day and the grace, in words."""
    clocks = f" {gettext('og')} ".join(time_nb(clock) for clock in sorted(row.times))
    grace = duration_nb(timedelta(minutes=row.grace_minutes))
    return [("days", weekdays_text(row.weekdays)), ("times", clocks), ("", gettext("med frist")), ("grace", grace)]


def weekdays_text(days: Iterable[int]) -> str:
    """«hver dag», «hverdager», or the names of the days."""
    chosen = sorted(set(days))
    if chosen == list(range(7)):
        return gettext("hver dag")
    if chosen == list(range(5)):
        return gettext("hverdager")
    return ", ".join(str(WEEKDAYS[day]) for day in chosen)


def hours_of(enrolment: Enrolment | None) -> str:
    """When the service of the course is open; without a course nothing. Unreadable hours must not hide the plan."""
    if enrolment is None:
        return ""
    try:
        return hours_words(enrolment.service.opening_hours)
    except ValueError:
        return gettext("(åpningstiden kan ikke leses)")


def hours_words(hours: OpeningHours) -> str:
    """A service's ordinary week: «hverdager kl. 08.00–15.30». Holidays are closed anyway (P5)."""
    both = f" {gettext('og')} "
    days_by_spans: dict[tuple[tuple[time, time], ...], list[int]] = {}
    for day, spans in sorted(hours.weekly.items()):
        if spans:
            days_by_spans.setdefault(tuple(spans), []).append(day)
    return ", ".join(
        f"{weekdays_text(days)} {both.join(_span(start, end) for start, end in spans)}"
        for spans, days in days_by_spans.items()
    )


def _span(start: time, end: time) -> str:
    """«kl. 08.00–15.30»."""
    return f"{time_nb(start)}–{time_nb(end).removeprefix('kl. ')}"


def _limits(rule: Rule, decimals: int, *, low: str = "", high: str = "") -> Words:
    """Yellow before red on each side; the points of NEWS2 have standard limits when the plan sets none."""
    news2 = rule.kind == RuleKind.NEWS2 and rule.yellow_high is None
    low, high = low or gettext("under"), high or gettext("over")
    yellow, red = gettext("gul"), gettext("rød")
    # A fall is shown as a positive number, as people say it.
    sign = -1 if rule.kind == RuleKind.CHANGE else 1
    sides = (
        ("yellow_low", f"{yellow} {low}", rule.yellow_low and rule.yellow_low * sign),
        ("red_low", f"{red} {low}", rule.red_low and rule.red_low * sign),
        ("yellow_high", f"{yellow} {high}", YELLOW_HIGH if news2 else rule.yellow_high),
        ("red_high", f"{red} {high}", RED_HIGH if news2 else rule.red_high),
    )
    words: Words = []
    for name, phrase, limit in sides:
        if limit is not None:
            words += [("", f"· {phrase}" if words else phrase), (name, text(limit, decimals))]
    return words


def _answers(rule: Rule, names: Names) -> Words:
    words: Words = []
    for name, colour, values in (
        ("yellow", gettext("gul"), rule.yellow_answers),
        ("red", gettext("rød"), rule.red_answers),
    ):
        if values:
            phrase = f"{colour} {gettext('ved svaret')}"
            words += [("", f"· {phrase}" if words else phrase), (name, names.answers(rule, values))]
    return words

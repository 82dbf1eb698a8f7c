"""Draft limits proposed from the patient's own values (R-036). A proposal is text and numbers: nothing is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext, ngettext

from careplans.queries.baseline import Usual, usual_values
from careplans.queries.catalogue import judged_quantities
from careplans.queries.evidence import Evidence, Period, evidence
from careplans.queries.starting_limits import MARK, STARTING_LIMITS, StartingLimit
from careplans.scoring import Quantity, RuleKind
from careplans.scoring.limits import above, below
from careplans.scoring.rules import Rule
from patients.models import Patient

_SIDES = ("red_low", "yellow_low", "yellow_high", "red_high")
# Under this habitual oxygen saturation 88 % may be the patient's ordinary day (norway.md 3.4).
_LOW_SPO2 = Decimal(92)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposed limit: `values` are field values of Threshold, None where there is too little to propose from."""

    label: str
    quantity: str
    values: dict[str, Any] | None
    method: str
    source: str
    usual: Usual | None
    warnings: tuple[str, ...] = ()

    @property
    def explanation(self) -> str:
        """The method written out, with what it was used on, and that it must be judged."""
        on = gettext("Pasientens median er %(usual)s.") % {"usual": self.usual.text} if self.usual else ""
        kind = gettext("Grunnlag: %(source)s (%(mark)s).") % {"source": self.source, "mark": MARK}
        return " ".join(each for each in (self.method, on, kind) if each)


def proposed_limits(patient: Patient, target_groups: Iterable[str], *, period: Period, now: datetime) -> list[Proposal]:
    """What these groups' starting rules give with the patient's values of the period; never active by itself (R-036).

    Where two groups have limits for the same quantity, the strictest side of each is proposed, once.
    """
    groups = set(target_groups)
    rules = _merged([rule for rule in STARTING_LIMITS if rule.group in groups])
    found, quantities = evidence(patient.pk, period, now=now), judged_quantities()
    return [_proposal(rule, quantities[rule.quantity], found) for rule in rules if rule.quantity in quantities]


def _merged(rules: Sequence[StartingLimit]) -> list[StartingLimit]:
    found: dict[tuple[object, ...], StartingLimit] = {}
    for rule in rules:
        key = (rule.kind, rule.quantity, rule.window_hours)
        found[key] = _strictest(found[key], rule) if key in found else rule
    return list(found.values())


def _strictest(one: StartingLimit, other: StartingLimit) -> StartingLimit:
    """The higher of the low limits, the lower of the high ones."""
    lows: dict[str, Any] = {name: _best(max, getattr(one, name), getattr(other, name)) for name in _SIDES[:2]}
    highs: dict[str, Any] = {name: _best(min, getattr(one, name), getattr(other, name)) for name in _SIDES[2:]}
    return replace(one, **lows, **highs, method=f"{one.method} {other.method} {gettext('Strengeste grense er valgt.')}")


def _best(choose: Any, one: Decimal | None, other: Decimal | None) -> Decimal | None:
    given = [value for value in (one, other) if value is not None]
    return choose(given) if given else None


def _proposal(rule: StartingLimit, quantity: Quantity, found: Evidence) -> Proposal:
    usual = usual_values(rule.quantity, {quantity.code: quantity}, found)
    proposal = Proposal(quantity.label, quantity.code, None, str(rule.method), str(rule.source), usual)
    if usual is None and rule.needs_own_values:
        said = gettext("Kan ikke foreslås: pasienten har ingen brukbare målinger av dette i perioden.")
        return replace(proposal, warnings=(said,))
    values = _values(rule, quantity, usual)
    return replace(proposal, values=values, warnings=tuple(_warnings(rule, values, usual)))


def _values(rule: StartingLimit, quantity: Quantity, usual: Usual | None) -> dict[str, Any]:
    limits = {name: getattr(rule, name) for name in _SIDES}
    step = Decimal(1).scaleb(-quantity.decimals)
    middle = usual.middle.quantize(step, ROUND_HALF_UP) if usual else Decimal(0)
    if rule.own:
        limits = {name: None if value is None else middle + value for name, value in limits.items()}
        red, yellow = limits["red_low"], limits["yellow_low"]
        if rule.red_at_least is not None and red < rule.red_at_least < yellow:
            limits["red_low"] = rule.red_at_least
    values: dict[str, Any] = {"kind": rule.kind.value, "quantity": rule.quantity}
    values |= {name: value for name, value in limits.items() if value is not None}
    if rule.window_hours:
        values["window_hours"] = rule.window_hours
    if rule.kind == RuleKind.SHARE:
        values["baseline"] = middle
    return values


def _warnings(rule: StartingLimit, values: dict[str, Any], usual: Usual | None) -> list[str]:
    if usual is None:
        return [gettext("Pasienten har ingen brukbare målinger av dette i perioden. Forslaget er ikke tilpasset.")]
    found = []
    if rule.quantity == "spo2" and usual.middle <= _LOW_SPO2:
        found.append(
            gettext("Pasientens vanlige verdi er 92 % eller lavere. Vurder om 88 % er riktig rød grense, og skala 2.")
        )
    if rule.kind == RuleKind.BAND:
        sides: dict[str, Any] = {name: values.get(name) for name in _SIDES}
        limits = Rule("", rule.kind, rule.quantity, **sides)
        beyond = sum(bool(below(value, limits) or above(value, limits)) for value in usual.values)
        if beyond:
            said = ngettext(
                "%(beyond)s av pasientens %(total)s måling i perioden ville vært gul eller rød.",
                "%(beyond)s av pasientens %(total)s målinger i perioden ville vært gule eller røde.",
                len(usual.values),
            )
            found.append(said % {"beyond": beyond, "total": len(usual.values)})
    if usual.left_out.words:
        found.append(usual.left_out.words)
    return found

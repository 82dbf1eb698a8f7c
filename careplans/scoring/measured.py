"""The rules that judge one measured value: BAND, CHANGE, SHARE and REPEATED."""

from decimal import Decimal
from itertools import islice
from operator import itemgetter

from careplans.scoring.colours import SEVERITY, Cause, Colour
from careplans.scoring.history import Timeline
from careplans.scoring.limits import Breach, above, below, given
from careplans.scoring.numbers import EXACT, ROUNDING, observed_text, rounded, text, with_unit
from careplans.scoring.outcomes import Part, not_assessed
from careplans.scoring.rules import Quantity, Rule, RuleKind


def judge_value(rule: Rule, quantity: Quantity, value: Decimal, past: Timeline) -> Part:
    """The part of one rule for one possible value (R-082, R-083). The rule has passed the checks."""
    return _KINDS[rule.kind](rule, quantity, value, past)


def _band(rule: Rule, quantity: Quantity, value: Decimal, past: Timeline) -> Part:
    shown = observed_text(value, quantity.decimals, quantity.unit, given(rule))
    breach = below(value, rule) or above(value, rule)
    if breach is None:
        limits = all_limits(rule, quantity.decimals, quantity.unit)
        return _part(rule, None, shown, limits, f"{quantity.label} {shown} er innenfor grensene ({limits})")
    limit = with_unit(breach.limit, quantity.decimals, quantity.unit)
    return _part(rule, breach, shown, limit, f"{quantity.label} {shown} er {breach.words} {limit}")


def _change(rule: Rule, quantity: Quantity, value: Decimal, past: Timeline) -> Part:
    """A rise counts from the lowest earlier value of the window, a fall from the highest."""
    span, unit, decimals = hours_text(rule.look_back_hours), quantity.unit, quantity.decimals
    shown = observed_text(value, decimals, unit)
    earlier = list(past.values(quantity, rule.look_back_hours))
    if not earlier:
        sentence = f"{quantity.label}: ingen tidligere måling siste {span} å sammenligne med"
        return not_assessed(Cause.NOT_ENOUGH_HISTORY, sentence, rule=rule, observed=shown)
    sides: list[tuple[Breach | None, Decimal, tuple[str, Decimal]]] = []
    if rule.yellow_high is not None:
        lowest = min(earlier, key=itemgetter(1))
        rise = EXACT.subtract(value, lowest[1])
        sides.append((above(rise, rule), rise, lowest))
    if rule.yellow_low is not None:
        highest = max(earlier, key=itemgetter(1))
        fall = EXACT.subtract(value, highest[1])
        sides.append((below(fall, rule), fall, highest))
    # Both can be passed at once when the window holds a high and a low value: the worse one speaks.
    breach, change, base = min(sides, key=lambda side: SEVERITY[side[0].colour if side[0] else Colour.GREEN])
    changed = observed_text(change, decimals, unit, given(rule))
    described = (
        f"{quantity.label} {shown} er endret {'+' if change > 0 else ''}{changed} "
        f"fra {observed_text(base[1], decimals, unit)} siste {span}"
    )
    if breach is None:
        limits = all_limits(rule, decimals, unit)
        return _part(rule, None, changed, limits, f"{described}, innenfor grensene ({limits})", (base[0],))
    limit = with_unit(breach.limit, decimals, unit)
    return _part(rule, breach, changed, limit, f"{described}, {breach.words} {limit}", (base[0],))


def _share(rule: Rule, quantity: Quantity, value: Decimal, past: Timeline) -> Part:
    """The value in percent of the patient's own baseline.

    120 digits tell a share from every limit it is not equal to, so the division never decides a colour.
    """
    baseline = rule.baseline or Decimal(0)
    share = ROUNDING.divide(EXACT.multiply(value, Decimal(100)), baseline)
    shown = with_unit(rounded(share, 1, given(rule)), 0, "%")
    described = (
        f"{quantity.label} {observed_text(value, quantity.decimals, quantity.unit)} er {shown} "
        f"av egen normalverdi {with_unit(baseline, quantity.decimals, quantity.unit)}"
    )
    breach = below(share, rule) or above(share, rule)
    if breach is None:
        limits = all_limits(rule, 0, "%")
        return _part(rule, None, shown, limits, f"{described}, innenfor grensene ({limits})")
    limit = with_unit(breach.limit, 0, "%")
    return _part(rule, breach, shown, limit, f"{described}, {breach.words} {limit}")


def _repeated(rule: Rule, quantity: Quantity, value: Decimal, past: Timeline) -> Part:
    """At least n of the last m values are beyond a limit; with fewer than m, what there is is counted."""
    needed, among = rule.n or 0, rule.m or 0
    earlier = list(islice(past.values(quantity, rule.look_back_hours), among - 1))
    values = [value, *(past_value for _, past_value in earlier)]
    breaches = [breach.colour for each in values if (breach := below(each, rule) or above(each, rule))]
    red = breaches.count(Colour.RED)
    colour = Colour.RED if red >= needed else Colour.YELLOW if len(breaches) >= needed else Colour.GREEN
    beyond = red if colour == Colour.RED else len(breaches)
    observed = f"{beyond} av {len(values)}"
    word = Colour.RED.word if colour == Colour.RED else Colour.YELLOW.word
    limits = all_limits(rule, quantity.decimals, quantity.unit)
    return Part(
        rule_id=rule.id,
        kind=rule.kind,
        colour=colour,
        quantity=rule.quantity,
        observed=observed,
        limit=f"{needed} av {among} ({limits})",
        comparison="<" if colour == Colour.GREEN else "≥",
        sentence=f"{quantity.label}: {observed} siste verdier er utenfor {word} grense ({limits}), "
        f"{'færre enn' if colour == Colour.GREEN else 'planen sier'} {needed} av {among}",
        used=tuple(fact_id for fact_id, _ in earlier),
    )


_KINDS = {
    RuleKind.BAND: _band,
    RuleKind.CHANGE: _change,
    RuleKind.SHARE: _share,
    RuleKind.REPEATED: _repeated,
}


def all_limits(rule: Rule, decimals: int, unit: str) -> str:
    """Every limit of the rule in words, low side first."""
    named = (
        ("rød under", rule.red_low),
        ("gul under", rule.yellow_low),
        ("gul over", rule.yellow_high),
        ("rød over", rule.red_high),
    )
    return ", ".join(f"{words} {with_unit(limit, decimals, unit)}" for words, limit in named if limit is not None)


def hours_text(hours: int) -> str:
    """A window in whole days (døgn) where it is that, else in hours."""
    return f"{hours // 24} døgn" if hours % 24 == 0 else f"{text(Decimal(hours))} timer"


def _part(
    rule: Rule, breach: Breach | None, observed: str, limit: str, sentence: str, used: tuple[str, ...] = ()
) -> Part:
    return Part(
        rule_id=rule.id,
        kind=rule.kind,
        colour=breach.colour if breach else Colour.GREEN,
        quantity=rule.quantity,
        observed=observed,
        limit=limit,
        comparison=breach.comparison if breach else "innenfor",
        sentence=sentence,
        used=used,
    )

"""The limits as the doctor moves them, and the medical measures the doctor strikes out."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.models import PlanVersion, Threshold
from careplans.models.content import NEEDS_DOCTOR
from careplans.queries.catalogue import judged_quantities
from careplans.scoring import Quantity, Rule, RuleKind, RuleSet, problems
from careplans.scoring.numbers import text
from careplans.services import DoctorsChanges
from dho.lib.numbers import InvalidNumber, parse_decimal

# The form of the doctor's answer stands at the end of the page; its limits stand in the table, and name it.
FORM_ID: Final = "svar-skjema"
_KINDS: Final = frozenset({RuleKind.BAND, RuleKind.CHANGE, RuleKind.SHARE, RuleKind.REPEATED, RuleKind.SCORE})
_SIDES: Final = {
    "red_low": _("Rød under"),
    "yellow_low": _("Gul under"),
    "yellow_high": _("Gul over"),
    "red_high": _("Rød over"),
}
_OF_A_CHANGE: Final = {
    "red_low": _("Rød ved fall over"),
    "yellow_low": _("Gul ved fall over"),
    "yellow_high": _("Gul ved økning over"),
    "red_high": _("Rød ved økning over"),
}
# How far past the limits themselves a slider reaches, in steps of the measurement.
_LEAST_REACH: Final = 5


class LimitField(forms.CharField):
    """One limit, typed with a decimal comma. A fall is a positive number to people and a negative one to the scorer."""

    def __init__(self, rule: Rule, side: str, quantity: Quantity | None) -> None:
        self.falls = rule.kind == RuleKind.CHANGE and side.endswith("low")
        self.decimals = quantity.decimals if quantity and rule.kind != RuleKind.SHARE else 1
        self.side, self.rule = side, rule
        unit = "%" if rule.kind == RuleKind.SHARE else quantity.unit if quantity else ""
        words = _OF_A_CHANGE if rule.kind == RuleKind.CHANGE else _SIDES
        super().__init__(
            label=words[side],
            help_text=unit,
            required=False,
            max_length=20,
            initial=self.shown(getattr(rule, side)),
            widget=forms.TextInput(attrs=self._attributes(rule)),
        )

    def shown(self, value: Decimal) -> str:
        """The limit as people write it."""
        return text(-value if self.falls else value, 0)

    def clean(self, value: Any) -> Decimal | None:
        """The limit as the scorer takes it; an empty field takes the limit away."""
        typed = str(super().clean(value))
        if not typed:
            return None
        try:
            number = parse_decimal(typed)
        except InvalidNumber as error:
            raise forms.ValidationError(f"{self.label}: {error}") from None
        return -number if self.falls else number

    def _attributes(self, rule: Rule) -> dict[str, str]:
        """What the slider needs: from, to and step, around the limits of the rule."""
        step = Decimal(1).scaleb(-self.decimals)
        limits = [value for side in _SIDES if (value := getattr(rule, side)) is not None]
        reach = max((max(limits) - min(limits)) / 2, abs(limits[0]) / 10, step * _LEAST_REACH).quantize(step)
        low, high = min(limits) - reach, max(limits) + reach
        if rule.kind == RuleKind.CHANGE:
            low, high = (Decimal(0), abs(getattr(rule, self.side)) * 3)
        numbers = {
            "data-min": f"{low.quantize(step):f}",
            "data-max": f"{high.quantize(step):f}",
            "data-step": f"{step:f}",
        }
        return {
            "class": "ds-input limit__number",
            "form": FORM_ID,
            "inputmode": "decimal",
            "autocomplete": "off",
            **numbers,
        }


class ChangesForm(forms.Form):
    """Every limit that stands on four numbers, by threshold; the medical measures to strike out; and a message.

    A field that was not sent stands as it is, so that a plain answer needs to send none of them.
    """

    strike = forms.MultipleChoiceField(
        required=False,
        error_messages={"invalid_choice": _("Tiltak: du kan bare stryke medisinske tiltak i forslaget.")},
    )
    message = forms.CharField(
        label=_("Melding til oppfølgingstjenesten"),
        help_text=_("Valgfritt. Skriv hvorfor du endrer."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"class": "ds-input", "rows": 3, "form": FORM_ID}),
        error_messages={"max_length": _("Melding: skriv høyst 2000 tegn.")},
    )

    def __init__(self, data: Any = None, *, version: PlanVersion) -> None:
        super().__init__(data)
        self.version, self.catalogue = version, judged_quantities()
        self.thresholds: list[Threshold] = list(version.thresholds.order_by("pk"))
        self._names: dict[str, tuple[UUID, str]] = {}
        for threshold in self.thresholds:
            rule = threshold.rule()
            sides = [side for side in _SIDES if getattr(rule, side) is not None] if rule.kind in _KINDS else []
            for side in sides:
                name = f"limit-{threshold.pk}-{side}"
                self.fields[name] = LimitField(rule, side, self.catalogue.get(rule.quantity))
                self._names[name] = (threshold.pk, side)
        medical = version.measures.filter(NEEDS_DOCTOR)
        self.medical = {str(measure.pk): measure.text for measure in medical}
        self.fields["strike"].choices = list(self.medical.items())  # type: ignore[attr-defined]

    def limit_fields(self, rule_id: str) -> list[forms.BoundField]:
        """The fields of one rule, lowest limit first."""
        return [self[name] for name, (pk, _side) in self._names.items() if str(pk) == rule_id]

    def clean(self) -> dict[str, Any]:
        """The limits together: what could never be judged is refused at its field (`scoring.problems`)."""
        data = super().clean() or {}
        if not self.errors:
            names = {(str(pk), side): name for name, (pk, side) in self._names.items()}
            for problem in problems(RuleSet(str(self.version.pk), self.rules, self.catalogue)):
                self.add_error(
                    names.get((problem.rule_id, problem.field)), self._told(problem.rule_id, problem.message_nb)
                )
        return data

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The version's rules with the limits as typed."""
        limits: dict[UUID, dict[str, Any]] = {**self._limits()}
        return tuple(replace(each.rule(), **limits.get(each.pk, {})) for each in self.thresholds)

    @property
    def changes(self) -> DoctorsChanges:
        """Only what differs from the proposal."""
        struck = [UUID(each) for each in self.cleaned_data.get("strike", [])]
        return DoctorsChanges(limits=self._limits(), struck=struck)

    @property
    def in_words(self) -> list[str]:
        """What the doctor has changed, a sentence each, typed errors left out."""
        found = []
        for pk, sides in self._limits().items():
            rule = next(each.rule() for each in self.thresholds if each.pk == pk)
            for side, value in sides.items():
                field = self.fields[f"limit-{pk}-{side}"]
                assert isinstance(field, LimitField)  # noqa: S101 - made above
                new = gettext("ingen grense") if value is None else field.shown(value)
                words = {"what": self._label(rule), "limit": str(field.label).lower(), "new": new}
                found.append(gettext("%(what)s: %(limit)s %(old)s blir %(new)s") % {**words, "old": field.initial})
        struck = self.cleaned_data.get("strike", [])
        return found + [
            gettext("Strøket: %(text)s") % {"text": self.medical[each]} for each in struck if each in self.medical
        ]

    def _limits(self) -> dict[UUID, dict[str, Decimal | None]]:
        found: dict[UUID, dict[str, Decimal | None]] = {}
        stored = {each.pk: each for each in self.thresholds}
        for name, (pk, side) in self._names.items():
            if name in self.data and name in self.cleaned_data and self.cleaned_data[name] != getattr(stored[pk], side):
                found.setdefault(pk, {})[side] = self.cleaned_data[name]
        return found

    def _told(self, rule_id: str, message: str) -> str:
        rule = next(each.rule() for each in self.thresholds if str(each.pk) == rule_id)
        return f"{self._label(rule)}: {message}"

    def _label(self, rule: Rule) -> str:
        quantity = self.catalogue.get(rule.quantity)
        return quantity.label if quantity else rule.quantity

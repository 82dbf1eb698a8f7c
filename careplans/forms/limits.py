"""Limits, each kind with its own fields (docs/scoring.md). The scorer's own check says what is wrong with them."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.forms.fields import Number, Whole, select
from careplans.forms.rows import RowForm, Rows
from careplans.models import Threshold
from careplans.queries.wording import Names
from careplans.scoring import RuleKind, RuleSet, problems
from dho.lib.texts import LazyText

KINDS: Final[dict[RuleKind, LazyText]] = {
    RuleKind.BAND: _("Verdi utenfor en grense"),
    RuleKind.CHANGE: _("Endring over tid"),
    RuleKind.REPEATED: _("Flere ganger på rad"),
    RuleKind.SHARE: _("Prosent av pasientens normalverdi"),
    RuleKind.SCORE: _("Poengsum i et skjema"),
    RuleKind.ANSWER: _("Svar på et spørsmål"),
    RuleKind.NEWS2: _("NEWS2"),
}
LIMITS: Final[dict[str, LazyText]] = {
    "red_low": _("Rød under"),
    "yellow_low": _("Gul under"),
    "yellow_high": _("Gul over"),
    "red_high": _("Rød over"),
}
ANSWERS: Final[dict[str, LazyText]] = {
    "green_answers": _("Grønne svar"),
    "yellow_answers": _("Gule svar"),
    "red_answers": _("Røde svar"),
}
_MEASURED: Final = (RuleKind.BAND, RuleKind.CHANGE, RuleKind.REPEATED, RuleKind.SHARE)


class LimitForm(RowForm):
    """One rule. What it is about stands in hidden fields: to change that, remove it and add another."""

    telling = ("kind",)
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in RuleKind], widget=forms.HiddenInput)
    quantity = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    item = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, names: Names, units: Mapping[str, list[str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = names
        said = {
            name: self.get_initial_for_field(self.fields[name], name) or "" for name in ("kind", "quantity", "item")
        }
        if self.is_bound:
            said = {name: str(self.data.get(self.add_prefix(name), "")) for name in said}
        self.about = said
        self.fields |= self._answers() if said["kind"] == RuleKind.ANSWER else self._numbers(units)

    def _numbers(self, units: Mapping[str, list[str]]) -> dict[str, forms.Field]:
        """The limits of the kind, and what else it needs to be judged."""
        kind, quantity = self.about["kind"], self.names.quantities.get(self.about["quantity"])
        unit, also = (quantity.unit, units.get(quantity.code, [])) if quantity else ("", [])
        found: dict[str, forms.Field] = {}
        if kind in (RuleKind.SCORE, RuleKind.NEWS2):
            unit = gettext("poeng")
        if kind == RuleKind.SHARE:
            found["baseline"] = Number(_("Pasientens normalverdi"), unit=unit, also=also)
            unit, also = "%", []
        wanted = ("yellow_high", "red_high") if kind == RuleKind.NEWS2 else tuple(LIMITS)
        found |= {name: Number(LIMITS[name], unit=unit, also=also) for name in wanted}
        if kind == RuleKind.REPEATED:
            found |= {"n": Whole(_("Minst så mange"), 1, 100), "m": Whole(_("av de siste"), 1, 100)}
        if kind in (RuleKind.CHANGE, RuleKind.REPEATED, RuleKind.NEWS2):
            found["window_hours"] = Whole(_("Timer tilbake"), 1, 366 * 24)
        if kind == RuleKind.NEWS2:
            scales = [("1", _("Skala 1")), ("2", _("Skala 2, bare når legen har bestemt det"))]
            found["scale"] = select(_("SpO₂-skala"), scales, required=False)
        return found

    def _answers(self) -> dict[str, forms.Field]:
        """Which answers are of which colour; one that the form no longer has stays where it stands."""
        item = self.names.items.get((self.about["quantity"], self.about["item"]))
        options = {str(each["value"]): str(each["label"]) for each in (item.options if item else [])}
        options = {{"True": "true", "False": "false"}.get(value, value): label for value, label in options.items()}
        # Somebody else may have taken a row away meanwhile: the row that stands here must be about the same.
        same = all((self.initial.get(name) or "") == value for name, value in self.about.items())
        standing = {name: {value: value for value in self.initial.get(name, [])} if same else {} for name in ANSWERS}
        return {
            name: forms.MultipleChoiceField(
                label=label,
                choices=list((standing[name] | options).items()),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
            for name, label in ANSWERS.items()
        }

    @property
    def legend(self) -> str:
        """«Oksygenmetning – verdi utenfor en grense»."""
        if self.about["kind"] not in set(RuleKind):
            return ""
        kind = RuleKind(self.about["kind"])
        row = Threshold(kind=kind, quantity=self.about["quantity"], item=self.about["item"])
        about = self.names.rule(row.rule())
        return about if kind == RuleKind.NEWS2 else f"{about} – {str(KINDS[kind]).lower()}"

    def row(self) -> dict[str, Any]:
        """The columns of the limit, those of other kinds empty."""
        given = self.cleaned_data
        found = {name: given.get(name) for name in (*LIMITS, "baseline", "n", "m", "window_hours")}
        found |= {name: given.get(name) or [] for name in ANSWERS}
        found["scale"] = int(given["scale"]) if given.get("scale") else None
        return found | {name: given[name] for name in ("kind", "quantity", "item")}


class LimitRows(Rows):
    """All limits together: what one says may be wrong because of another."""

    def is_valid(self) -> bool:
        """Each by itself, and then as the scorer sees them all."""
        return super().is_valid() and not self._refused()

    def _refused(self) -> bool:
        by_id = {str(number): form for number, form in enumerate(self.forms) if form.counts}
        rows = [Threshold(id=key, **form.row()) for key, form in by_id.items()]
        names = self.forms[0].names.quantities if self.forms else {}
        found = problems(RuleSet("", tuple(row.rule() for row in rows), names))
        for problem in found:
            form = by_id[problem.rule_id]
            field = problem.field if problem.field in form.fields and problem.field not in form.about else None
            form.add_error(field, f"{form.names.rule(Threshold(**form.row()).rule())}: {problem.message_nb}")
        return bool(found)

    def kept(self) -> list[dict[str, Any]]:
        """The rows below the version."""
        return [form.row() for form in self.forms if form.counts]


class NewLimitForm(forms.Form):
    """What the next limit is to be about."""

    new_kind = select(_("Type grense"), list(KINDS.items()), required=False)
    new_subject = select(_("Gjelder"), (), required=False)

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = [
            (f"a:{form}:{item}", f"{names.titles.get(form, form)}: {one.text}")
            for (form, item), one in names.items.items()
        ]
        self.fields["new_subject"].choices = [  # type: ignore[attr-defined]
            (_("Målinger"), [(f"q:{code}", quantity.label) for code, quantity in names.quantities.items()]),
            (_("Skjemaer"), [(f"f:{code}", title) for code, title in names.titles.items()]),
            (_("Spørsmål"), [choice for choice in asked if self._can_be_judged(names, choice[0])]),
            (_("Annet"), [("n:", "NEWS2")]),
        ]

    @staticmethod
    def _can_be_judged(names: Names, choice: str) -> bool:
        _kind, form, item = choice.split(":", 2)
        return bool(names.items[form, item].options)

    def clean(self) -> dict[str, Any]:
        """The kind and the subject must fit."""
        data = super().clean() or self.cleaned_data
        kind, subject = data.get("new_kind"), data.get("new_subject", "")
        fits = {**dict.fromkeys(_MEASURED, "q"), RuleKind.SCORE: "f", RuleKind.ANSWER: "a", RuleKind.NEWS2: "n"}
        if kind and subject and not subject.startswith(fits[RuleKind(kind)]):
            self.add_error("new_subject", gettext("Gjelder: velg noe som passer til typen grense."))
        return data

    def about(self) -> dict[str, str]:
        """The hidden fields of the new row."""
        _sort, _colon, rest = self.cleaned_data["new_subject"].partition(":")
        quantity, _colon, item = rest.partition(":")
        return {"kind": self.cleaned_data["new_kind"], "quantity": quantity, "item": item}

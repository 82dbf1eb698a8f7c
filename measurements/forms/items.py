"""What the maker of a questionnaire fills in about one question, by its type."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.numbers import decimal_comma
from measurements.enums import ItemKind, ItemType
from measurements.forms.fields import DecimalField, LineField, WholeField
from measurements.models import Questionnaire, QuestionnaireItem
from measurements.services.questionnaires import code_from

OPTION_ROWS: Final = 8
_MOST_POINTS: Final = 100
_CODE: Final = re.compile(r"[a-z][a-z0-9_]*")


class ItemForm(forms.Form):
    """What every question has; the kinds below add their own."""

    text = LineField(label=_("Spørsmålet"), max_length=300)
    help_text = LineField(
        label=_("Hjelpetekst"), max_length=300, required=False, help_text=_("Valgfri. Vises under spørsmålet.")
    )
    required = forms.BooleanField(
        label=_("Må besvares når det vises"), required=False, widget=forms.CheckboxInput(attrs={"class": "ds-input"})
    )
    code = LineField(
        label=_("Kode"),
        max_length=40,
        required=False,
        help_text=_("Planen bruker koden i grensene. La feltet stå tomt, så lager vi en."),
    )
    condition = forms.MultipleChoiceField(label=_("Vis bare hvis"), required=False)

    def __init__(self, data: Any, *, item: QuestionnaireItem, others: Sequence[QuestionnaireItem]) -> None:
        super().__init__(data, initial=self.initial_of(item))
        self.item = item
        self.taken = [other.code for other in others]
        self.earlier = [other for other in others if other.answers and (not item.pk or other.position < item.position)]
        self.answers = {
            f"{other.code}={place}": (other.code, answer)
            for other in self.earlier
            for place, answer in enumerate(other.answers)
        }
        self.fields["condition"].choices = [(key, key) for key in self.answers]  # type: ignore[attr-defined]
        if item.shown_if:
            wanted = [(item.shown_if["item"], repr(answer)) for answer in item.shown_if["answers"]]
            self.initial["condition"] = [
                key for key, (code, answer) in self.answers.items() if (code, repr(answer)) in wanted
            ]

    def initial_of(self, item: QuestionnaireItem) -> dict[str, Any]:
        """What stands in the fields before anything is written."""
        return {name: getattr(item, name) for name in ("text", "help_text", "required", "code")}

    def clean_code(self) -> str:
        """A code of its own in the form; made of the question where none is written."""
        code: str = self.cleaned_data["code"]
        if not code:
            return code_from(self.cleaned_data.get("text", ""), self.taken)
        if not _CODE.fullmatch(code):
            raise forms.ValidationError(gettext("Kode: bruk små bokstaver a–z, tall og _, og begynn med en bokstav."))
        if code in self.taken:
            message = gettext("Kode: «%(code)s» er brukt i et annet spørsmål i skjemaet.")
            raise forms.ValidationError(message % {"code": code})
        return code

    def clean_condition(self) -> dict[str, Any] | None:
        """The answers chosen, all of one question."""
        chosen = [self.answers[key] for key in self.cleaned_data["condition"]]
        if len({code for code, _answer in chosen}) > 1:
            raise forms.ValidationError(gettext("Vis bare hvis: velg svar fra ett spørsmål, ikke flere."))
        return {"item": chosen[0][0], "answers": [answer for _code, answer in chosen]} if chosen else None

    @property
    def condition_groups(self) -> list[tuple[QuestionnaireItem, list[tuple[str, str, bool]]]]:
        """Each earlier question with its answers: key, label, and whether it is chosen; for the page."""
        chosen = self["condition"].value() or []
        found = []
        for other in self.earlier:
            keys = [key for key, (code, _answer) in self.answers.items() if code == other.code]
            rows = zip(keys, _labels(other), strict=True)
            found.append((other, [(key, label, key in chosen) for key, label in rows]))
        return found

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """What only this kind of question has, for the page."""
        return []

    @property
    def option_rows(self) -> list[list[forms.BoundField]]:
        """The answers of a choice, row by row, for the page."""
        return []

    def fill(self) -> QuestionnaireItem:
        """The question with what was written."""
        for name in ("text", "help_text", "required", "code"):
            setattr(self.item, name, self.cleaned_data[name])
        self.item.shown_if = self.cleaned_data["condition"]
        return self.item


def _labels(item: QuestionnaireItem) -> list[str]:
    return [str(answer) for answer in item.answers] if item.scale else [option["label"] for option in item.options]


class ChoiceForm(ItemForm):
    """A choice: its answers with their points. An answer keeps its code when its words are mended."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, OPTION_ROWS + 1):
            row = {"n": n}
            self.fields[f"value_{n}"] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
            self.fields[f"label_{n}"] = LineField(label=gettext("Svar %(n)s") % row, max_length=120, required=False)
            self.fields[f"points_{n}"] = WholeField(
                label=gettext("Poeng for svar %(n)s") % row, most=_MOST_POINTS, required=False
            )

    def initial_of(self, item: QuestionnaireItem) -> dict[str, Any]:
        """The answers too."""
        found = super().initial_of(item)
        for n, option in enumerate(item.options, start=1):
            found |= {f"{name}_{n}": option[name] for name in ("value", "label", "points")}
        return found

    def clean(self) -> dict[str, Any]:
        """At least two answers, no two alike. Empty rows are left out; no points is 0 points."""
        rows = [(n, self.cleaned_data.get(f"label_{n}", "")) for n in range(1, OPTION_ROWS + 1)]
        seen: set[str] = set()
        for n, label in rows:
            if not label and self.cleaned_data.get(f"points_{n}") is not None:
                self.add_error(f"label_{n}", gettext("Svar %(n)s: skriv svaret, eller ta bort poengene.") % {"n": n})
            if label and label.casefold() in seen:
                self.add_error(f"label_{n}", gettext("Svar %(n)s: dette svaret står to ganger.") % {"n": n})
            seen.add(label.casefold())
        if not self.errors and sum(bool(label) for _n, label in rows) < 2:
            empty = next(n for n, label in rows if not label)
            self.add_error(f"label_{empty}", gettext("Svar %(n)s: et valg trenger minst to svar.") % {"n": empty})
        return self.cleaned_data

    @property
    def option_rows(self) -> list[list[forms.BoundField]]:
        """Answer, points, and the hidden code."""
        names = ("label", "points", "value")
        return [[self[f"{name}_{n}"] for name in names] for n in range(1, OPTION_ROWS + 1)]

    def fill(self) -> QuestionnaireItem:
        """The answers too."""
        known = {option["value"] for option in self.item.options}
        written = [n for n in range(1, OPTION_ROWS + 1) if self.cleaned_data[f"label_{n}"]]
        options: list[dict[str, Any]] = []
        for n in written:
            label, value = self.cleaned_data[f"label_{n}"], self.cleaned_data[f"value_{n}"]
            if value not in known or value in [option["value"] for option in options]:
                value = code_from(label, [*known, *(option["value"] for option in options)])
            options.append({"value": value, "label": label, "points": self.cleaned_data[f"points_{n}"] or 0})
        self.item.options = options
        return super().fill()


class BooleanForm(ItemForm):
    """Yes or no, with the points of each."""

    points_yes = WholeField(label=_("Poeng for ja"), most=_MOST_POINTS, required=False)
    points_no = WholeField(label=_("Poeng for nei"), most=_MOST_POINTS, required=False)

    def initial_of(self, item: QuestionnaireItem) -> dict[str, Any]:
        """The points too."""
        points = {option["value"]: option["points"] for option in item.options}
        return super().initial_of(item) | {"points_yes": points.get(True), "points_no": points.get(False)}

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The points."""
        return [self["points_yes"], self["points_no"]]

    def fill(self) -> QuestionnaireItem:
        """The two answers, always yes first."""
        yes, no = (self.cleaned_data[f"points_{name}"] or 0 for name in ("yes", "no"))
        self.item.options = [
            {"value": True, "label": "Ja", "points": yes},
            {"value": False, "label": "Nei", "points": no},
        ]
        return super().fill()


class NumberForm(ItemForm):
    """A whole or a decimal number between two limits, with its unit."""

    minimum = DecimalField(label=_("Laveste tall"), help_text=_("Lavere svar blir ikke tatt imot."))
    maximum = DecimalField(label=_("Høyeste tall"), help_text=_("Høyere svar blir ikke tatt imot."))
    unit = LineField(label=_("Enhet"), max_length=20, required=False, help_text=_("Valgfri, for eksempel °C."))
    decimals = 0

    def initial_of(self, item: QuestionnaireItem) -> dict[str, Any]:
        """The limits and the unit too."""
        limits = {
            name: decimal_comma(limit) for name in ("minimum", "maximum") if (limit := getattr(item, name)) is not None
        }
        return super().initial_of(item) | limits | {"unit": item.unit}

    def clean(self) -> dict[str, Any]:
        """The lowest number is lower than the highest; those of a whole number are whole."""
        for name in ("minimum", "maximum"):
            limit = self.cleaned_data.get(name)
            if limit is not None and limit != round(limit, self.decimals):
                self.add_error(name, gettext("%(label)s: skriv et helt tall.") % {"label": self.fields[name].label})
        low, high = self.cleaned_data.get("minimum"), self.cleaned_data.get("maximum")
        if low is not None and high is not None and low >= high:
            self.add_error("maximum", gettext("Høyeste tall: må være større enn laveste tall."))
        return self.cleaned_data

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Limits and unit."""
        return [self["minimum"], self["maximum"], self["unit"]]

    def fill(self) -> QuestionnaireItem:
        """Limits, unit and decimals too."""
        for name in ("minimum", "maximum", "unit"):
            setattr(self.item, name, self.cleaned_data[name])
        self.item.decimals = self.decimals
        return super().fill()


class DecimalNumberForm(NumberForm):
    """One decimal is what a thermometer and a scale have, and two what the column holds."""

    decimals = 2


class ScaleForm(ItemForm):
    """From 0 to 10, with a help text that says what the ends are."""

    help_text = LineField(
        label=_("Hva er 0, og hva er 10?"),
        max_length=300,
        help_text=_("For eksempel: 0 er ikke vondt i det hele tatt. 10 er det verste du kan tenke deg."),
    )
    counts = forms.BooleanField(
        label=_("Tallet er også poengene (0–10)"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "ds-input"}),
    )

    def initial_of(self, item: QuestionnaireItem) -> dict[str, Any]:
        """Whether it counts too."""
        return super().initial_of(item) | {"counts": item.counts}

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """Whether it counts."""
        return [self["counts"]]

    def fill(self) -> QuestionnaireItem:
        """Always 0 to 10, whole."""
        self.item.scale, self.item.counts, self.item.decimals = True, self.cleaned_data["counts"], 0
        self.item.minimum, self.item.maximum = Decimal(0), Decimal(10)
        return super().fill()


_FORMS: Final[dict[ItemType, type[ItemForm]]] = {
    ItemType.CHOICE: ChoiceForm,
    ItemType.BOOLEAN: BooleanForm,
    ItemType.WHOLE: NumberForm,
    ItemType.DECIMAL: DecimalNumberForm,
    ItemType.SCALE: ScaleForm,
    ItemType.TEXT: ItemForm,
}
_KINDS: Final = {ItemType.CHOICE: ItemKind.CHOICE, ItemType.BOOLEAN: ItemKind.BOOLEAN, ItemType.TEXT: ItemKind.TEXT}


def new_item(form: Questionnaire, item_type: ItemType) -> QuestionnaireItem:
    """An empty question of that type, not stored. Free text may stand open unless somebody says else."""
    return QuestionnaireItem(
        questionnaire=form, kind=_KINDS.get(item_type, ItemKind.NUMBER), required=item_type != ItemType.TEXT
    )


def item_form(
    item_type: ItemType, data: Any, *, item: QuestionnaireItem, others: Sequence[QuestionnaireItem]
) -> ItemForm:
    """The form of a question of that type; `others` are the other questions of the version, in their order."""
    return _FORMS[item_type](data, item=item, others=others)

"""The sections of the plan's editor, each with its fields and rows, to and from the plan's content (ux.md 4.3)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from careplans.enums import GuidanceForm, Initiator, MeasureCategory, MeasureKind, Zone
from careplans.forms.fields import Lines, Whole, Words, select
from careplans.forms.limits import LIMITS, LimitForm, LimitRows, NewLimitForm
from careplans.forms.rows import RowForm, Rows
from careplans.queries.subjects import Subjects
from careplans.scoring import RuleKind
from careplans.services import PlanContent
from careplans.services.sections import ZONE_OF
from dho.lib.numbers import WEEKDAYS, decimal_comma, whole_number
from dho.lib.texts import LazyText
from organisations.forms import ClocksField, DayField

LONG: Final = 4000
_BOX: Final = {"class": "ds-input"}


class WhatMattersForm(forms.Form):
    """The patient's own words come first."""

    what_matters = Words(
        _("Hva er viktig for deg?"),
        LONG,
        lines=4,
        required=True,
        help_text=_("Må fylles ut. Skriv pasientens eget svar, med pasientens egne ord."),
        error_messages={"required": _("Hva er viktig for deg?: skriv pasientens svar.")},
    )
    goals = Lines(_("Mål"), 300, most=20, help_text=_("Ett mål på hver linje."))


class GoalsForm(forms.Form):
    """The goals of a template: what matters is always the patient's own."""

    goals = Lines(_("Mål"), 300, most=20, help_text=_("Ett mål på hver linje."))


class HabitualForm(forms.Form):
    """How the patient is on an ordinary day."""

    habitual_state = Words(
        _("Vanlig tilstand"), LONG, lines=4, help_text=_("Hvordan pasienten har det når alt er som vanlig.")
    )


class ZoneForm(forms.Form):
    """How the patient knows the zone, and whom to contact."""

    signs = Words(_("Tegn"), LONG, lines=3, help_text=_("Hvordan pasienten kjenner igjen sonen."))
    contact = Words(_("Hvem pasienten kontakter"), LONG, lines=2)


class MeasureForm(RowForm):
    """One agreed measure (R-031, R-032, R-060)."""

    telling = ("text", "frequency", "responsible")
    text = Words(_("Tiltak"), 300, lines=2)
    kind = select(_("Type"), MeasureKind.choices, initial=MeasureKind.OWN, required=False)
    category = select(_("Gjelder"), [("", _("Ikke valgt")), *MeasureCategory.choices], required=False)
    frequency = Words(_("Hvor ofte"), 100)
    responsible = Words(_("Ansvarlig"), 100, help_text=_("Når det er en annen enn pasienten."))
    start_alone = select(
        _("Hvem kan starte det"),
        [("True", _("Pasienten alene")), ("False", _("Bare sammen med helsepersonell"))],
        initial="True",
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """A measure says what to do; one about medicines is the doctor's to approve (R-040)."""
        data = super().clean() or self.cleaned_data
        if not data.get("text") and "text" not in self.errors:
            self.add_error("text", gettext("Tiltak: skriv hva som skal gjøres, eller tøm raden."))
        return data


class ResponsibilityForm(RowForm):
    """Who does what (R-038)."""

    telling = ("task", "who")
    task = Words(_("Oppgave"), 200)
    who = Words(_("Ansvarlig"), 200)

    def clean(self) -> dict[str, Any]:
        """Both are said."""
        data = super().clean() or self.cleaned_data
        for name, sentence in (
            ("task", gettext("Oppgave: skriv hva som skal gjøres.")),
            ("who", gettext("Ansvarlig: skriv hvem som gjør det.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return data


class ScheduleForm(RowForm):
    """When one thing is measured or answered (R-047)."""

    telling = ("subject",)
    subject = select(_("Måling eller skjema"), (), required=False)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Dager"),
        coerce=int,
        choices=list(enumerate(WEEKDAYS)),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    times = ClocksField(label=_("Klokkeslett"), required=False, help_text=_("For eksempel 08.00, 20.00."))
    grace_minutes = Whole(_("Frist etterpå, i minutter"), 0, 1440, initial=120)

    def __init__(self, *args: Any, subjects: Subjects, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = subjects.choices(self.initial.get("subject"))
        self.fields["subject"].choices = [("", _("Velg")), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A schedule says days and times."""
        data = super().clean() or self.cleaned_data
        for name, sentence in (
            ("weekdays", gettext("Dager: kryss av for minst én dag.")),
            ("times", gettext("Klokkeslett: skriv minst ett klokkeslett, for eksempel 08.00.")),
        ):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        if data.get("grace_minutes") is None and "grace_minutes" not in self.errors:
            self.add_error("grace_minutes", gettext("Frist etterpå: skriv et helt tall fra 0 til 1440."))
        return data


class GuidanceFieldsForm(forms.Form):
    """How often somebody talks with the patient, and how (R-046)."""

    guidance_every_weeks = Whole(_("Veiledning hver … uke"), 1, 52)
    guidance_form = select(_("Hvordan"), [("", _("Ingen fast veiledning")), *GuidanceForm.choices], required=False)

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        data = super().clean() or self.cleaned_data
        if data.get("guidance_form") and not data.get("guidance_every_weeks") and not self.errors:
            self.add_error(
                "guidance_every_weeks", gettext("Veiledning: skriv hvor mange uker det er mellom hver gang.")
            )
        if data.get("guidance_every_weeks") and not data.get("guidance_form") and not self.errors:
            self.add_error("guidance_form", gettext("Hvordan: velg hvordan veiledningen gis."))
        return data


class ElseForm(forms.Form):
    """The relatives' part, and what happens when the service is closed."""

    relatives_part = Words(
        _("Pårørendes del"), LONG, lines=3, help_text=_("Hva pårørende gjør, og hva de ikke skal gjøre.")
    )
    outside_hours = Words(_("Når tjenesten er stengt"), LONG, lines=3)


class AboutForm(forms.Form):
    """When it is gone through again, and who began it (R-037, R-051)."""

    review_on = DayField(label=_("Planen gjennomgås"), required=False)
    initiator = select(_("Hvem startet planen"), Initiator.choices)
    anchoring = Words(
        _("Forankret hos fastlegen"), 300, help_text=_("Må fylles ut når sykehuset har startet planen: hvordan og når.")
    )


@dataclass
class Section:
    """One section of the page: its fields and its rows."""

    key: str
    title: LazyText | str
    form: forms.Form | None
    part: Callable[["Section"], dict[str, Any]]
    rows: Rows | None = None
    heading: LazyText | str = ""
    new: NewLimitForm | None = None
    # What the page puts beside: the stamp, the stored text of a conflict, the parts to confirm.
    told: dict[str, Any] = field(default_factory=dict)

    def is_valid(self) -> bool:
        """Everything typed in it can be kept."""
        right = self.form is None or self.form.is_valid()
        return (self.rows is None or self.rows.is_valid()) and right

    @property
    def forms(self) -> list[forms.Form]:
        """Each form of the section."""
        return [*([self.form] if self.form else []), *(self.rows.forms if self.rows else [])]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Each error with the id of its field."""
        found = [(self.key, text) for text in self.rows.errors] if self.rows else []
        for form in self.forms:
            found += [(self.key, str(error)) for error in form.non_field_errors()]
            found += [(bound.auto_id, str(error)) for bound in form for error in bound.errors]
        return found


def sections_of(
    content: PlanContent, data: Mapping[str, Any] | None = None, *, subjects: Subjects, template: bool = False
) -> list[Section]:
    """All sections with what the content says, or with what was typed."""

    def form(kind: type[forms.Form], key: str, initial: dict[str, Any] | None = None) -> forms.Form:
        return kind(data, prefix=key, initial=initial or _columns(content, kind), use_required_attribute=False)

    def rows(kind: type[RowForm], key: str, initial: Sequence[dict[str, Any]], extra: int, **kwargs: Any) -> Rows:
        made = LimitRows if kind is LimitForm else Rows
        return made(kind, f"{key}-rad", initial=initial, extra=extra, data=data, **kwargs)

    goals = {"what_matters": content.what_matters, "goals": [row["text"] for row in _by_position(content.goals)]}
    schedules = [{**row, "subject": Subjects.value_of(row)} for row in content.schedules]
    found = [
        Section(
            "viktig",
            _("Hva er viktig for deg?"),
            form(GoalsForm if template else WhatMattersForm, "viktig", goals),
            _goals,
        ),
        Section("vanlig", _("Vanlig tilstand"), form(HabitualForm, "vanlig"), _said),
    ]
    for key, zone in ZONE_OF.items():
        text = next((dict(row) for row in content.zone_texts if row["zone"] == zone), {})
        measures = _by_position([row for row in content.measures if row["zone"] == zone])
        initial = [{**row, "start_alone": str(row.get("start_alone", True))} for row in measures]
        section = Section(key, zone.label, form(ZoneForm, key, text or {"signs": ""}), _zone)
        section.rows, section.heading = rows(MeasureForm, key, initial, 2), _("Tiltak")
        found.append(section)
    limits = Section("grenser", _("Grenseverdier"), None, lambda said: {"thresholds": _rows(said).kept()})
    limits.rows = rows(LimitForm, "grenser", content.thresholds, 0, names=subjects.names, units=subjects.units)
    limits.new = NewLimitForm(data, prefix="ny", names=subjects.names)
    when = Section("maletider", _("Når pasienten måler"), None, _schedules)
    when.rows = rows(ScheduleForm, "maletider", schedules, 1, subjects=subjects)
    who = Section("ansvar", _("Hvem som har ansvar for hva"), None, _responsibilities)
    who.rows = rows(ResponsibilityForm, "ansvar", _by_position(content.responsibilities), 2)
    found += [
        limits,
        when,
        who,
        Section("veiledning", _("Veiledning"), form(GuidanceFieldsForm, "veiledning"), _said),
        Section("ellers", _("Pårørende, og når tjenesten er stengt"), form(ElseForm, "ellers"), _said),
    ]
    return found if template else [*found, Section("om", _("Om planen"), form(AboutForm, "om"), _said)]


def with_new_limit(data: Any, limits: Section) -> Any:
    """What was typed, with one more row for the limit that was asked for."""
    assert limits.new is not None  # noqa: S101 - the section of limits has both
    assert limits.rows is not None  # noqa: S101
    return _with_row(data, limits.rows, limits.rows.count, limits.new.about())


def with_proposal(data: Any, limits: Section, values: Mapping[str, Any]) -> Any:
    """What was typed, with the proposed limits in the row about the same thing, or in one more row."""
    rows = _rows(limits)
    about = {name: str(values.get(name) or "") for name in ("kind", "quantity", "item")}
    same = (number for number, form in enumerate(rows.forms) if _says_the_same(form, about, values))
    given = about | dict.fromkeys(LIMITS, "")
    given |= {
        name: decimal_comma(value) if isinstance(value, Decimal) else str(value)
        for name, value in values.items()
        if name not in about
    }
    return _with_row(data, rows, next(same, rows.count), given)


def _says_the_same(row: LimitForm, about: Mapping[str, str], values: Mapping[str, Any]) -> bool:
    """A row that stays, about the same thing; rules of one quantity in two windows are two rules."""
    typed = {name: row.data.get(row.add_prefix(name), "") for name in ("remove", "window_hours")}
    if row.about != about or typed["remove"]:
        return False
    in_window = about["kind"] in (RuleKind.CHANGE, RuleKind.REPEATED)
    return not in_window or whole_number(typed["window_hours"].strip()) == values.get("window_hours")


def _with_row(data: Any, rows: Rows, number: int, values: Mapping[str, Any]) -> Any:
    wider = data.copy()
    wider[rows.count_name] = str(max(number + 1, rows.count))
    for name, value in values.items():
        wider[f"{rows.prefix}-{number}-{name}"] = value
    return wider


def _columns(content: PlanContent, kind: type[forms.Form]) -> dict[str, Any]:
    return {name: getattr(content, name) for name in kind.base_fields}


def _by_position(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: row["position"])


def _rows(said: Section) -> Rows:
    assert said.rows is not None  # noqa: S101 - asked for only where the section has rows
    return said.rows


def _given(said: Section) -> dict[str, Any]:
    assert said.form is not None  # noqa: S101 - as above
    return {name: value.strip() if isinstance(value, str) else value for name, value in said.form.cleaned_data.items()}


def _said(said: Section) -> dict[str, Any]:
    return _given(said)


def _goals(said: Section) -> dict[str, Any]:
    given = _given(said)
    goals = [{"position": position, "text": text} for position, text in enumerate(given["goals"])]
    return {"what_matters": given.get("what_matters", ""), "goals": goals}


def _zone(said: Section) -> dict[str, Any]:
    zone, given = Zone(ZONE_OF[said.key]), _given(said)
    measures = [
        {
            "zone": zone.value,
            "kind": row["kind"] or MeasureKind.OWN.value,
            "category": row["category"],
            "text": row["text"],
            "frequency": row["frequency"],
            "responsible": row["responsible"],
            "start_alone": row["start_alone"] != "False",
            "position": position,
        }
        for position, row in enumerate(_rows(said).kept())
    ]
    texts = [{"zone": zone.value, **given}] if given["signs"] or given["contact"] else []
    return {"zone_texts": texts, "measures": measures}


def _schedules(said: Section) -> dict[str, Any]:
    return {
        "schedules": [
            Subjects.columns_of(row["subject"])
            | {"weekdays": row["weekdays"], "times": row["times"], "grace_minutes": row["grace_minutes"]}
            for row in _rows(said).kept()
        ]
    }


def _responsibilities(said: Section) -> dict[str, Any]:
    rows = enumerate(_rows(said).kept())
    return {
        "responsibilities": [{"position": position, "task": row["task"], "who": row["who"]} for position, row in rows]
    }

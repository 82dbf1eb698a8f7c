"""What the home municipality fills in: assessment, allocation, refusal, and its own texts (R-002 to R-025)."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import Choices, QuerySet
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dho.lib.texts import LazyText
from organisations.forms import DayField
from organisations.models import FollowUpService
from patients.criteria import SHOULD
from patients.enums import (
    Coverage,
    Criterion,
    Decider,
    DecisionForm,
    EndReason,
    Login,
    PresentService,
    Replaces,
    Risk,
    Tablet,
    TargetGroup,
    TextGiven,
    TextKind,
)
from patients.forms.access import ServiceField
from patients.forms.referral import words
from patients.services import Answers, Decided

_YES_NO: Final = (("yes", _("Ja")), ("no", _("Nei")))
# Why a service is not allocated; the others are reasons to end one.
WHY_NOT: Final = (EndReason.CRITERIA, EndReason.INSECURITY, EndReason.OWN_WISH, EndReason.TOO_ILL, EndReason.OTHER)
_COLUMNS: Final = ("login", "tablet", "coverage", "risk", "replaces", "target_groups", "present_services")


def one_of(label: LazyText, choices: type[Choices] | Any, missing: LazyText | str, **more: Any) -> forms.ChoiceField:
    """Radio buttons with a message that names them."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect(attrs={"class": "ds-input"}),
        error_messages={"required": missing, "invalid_choice": missing},
        **more,
    )


class AssessmentForm(forms.Form):
    """The seven criteria, the question about insecurity, and what must be in place. It is saved whole or not at all."""

    insecurity = one_of(
        _("Kan tjenesten gjøre personen utrygg?"), _YES_NO, _("Kan tjenesten gjøre personen utrygg: svar ja eller nei.")
    )
    insecurity_note = words(_("Merknad om utrygghet (valgfritt)"), "", at_most=500, required=False)
    login = one_of(_("Innlogging"), Login, _("Innlogging: velg hvordan personen logger inn."))
    tablet = one_of(_("Nettbrett"), Tablet, _("Nettbrett: velg om personen har eget eller må låne."))
    coverage = one_of(_("Dekning"), Coverage, _("Dekning: velg hvordan dekningen er hjemme."))
    target_groups = forms.MultipleChoiceField(
        label=_("Målgruppe (valgfritt)"),
        choices=TargetGroup,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Målgruppe: velg i listen.")},
    )
    risk = one_of(_("Risiko for å bli verre, bli innlagt på nytt eller trenge mer hjelp"), Risk, _("Risiko: velg en."))
    cross_sector = one_of(
        _("Trenger personen mye samordning mellom tjenester?"), _YES_NO, _("Samordning: svar ja eller nei.")
    )
    present_services = forms.MultipleChoiceField(
        label=_("Kommunale tjenester personen har i dag"),
        choices=PresentService,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tjenester i dag: velg minst én, eller «Ingen»."),
            "invalid_choice": _("Tjenester i dag: velg i listen."),
        },
    )
    replaces = one_of(_("I stedet for eller i tillegg?"), Replaces, _("I stedet for eller i tillegg: velg en."))
    relatives_part = words(
        _("Pårørende som skal delta (valgfritt)"),
        "",
        at_most=500,
        required=False,
        help_text=_("Skriv hvem det er, hvordan de er i slekt, og hva de skal gjøre."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for each in Criterion:
            missing = gettext("%(criterion)s: svar ja eller nei.") % {"criterion": each.label}
            self.fields[f"met_{each}"] = one_of(each.label, _YES_NO, missing)
            note = self.fields[f"note_{each}"] = words(_("Merknad (valgfritt)"), "", at_most=500, required=False)
            # Seven alike: heard alone, each says which question it belongs to.
            note.widget.attrs["aria-label"] = f"{note.label}: {each.label}"
        self.order_fields([f"{part}_{each}" for each in Criterion for part in ("met", "note")])

    def criteria(self) -> Iterator[tuple[BoundField, BoundField, bool]]:
        """Each question with its note, and whether it is a condition."""
        for each in Criterion:
            yield self[f"met_{each}"], self[f"note_{each}"], each not in SHOULD

    def clean_present_services(self) -> list[str]:
        """None is none."""
        chosen: list[str] = self.cleaned_data["present_services"]
        if PresentService.NONE in chosen and len(chosen) > 1:
            raise forms.ValidationError(_("Tjenester i dag: velg enten «Ingen» eller tjenestene personen har."))
        return chosen

    @property
    def answers(self) -> Answers:
        """What was answered, once the form is valid."""
        asked = self.cleaned_data
        return Answers(
            met={each: asked[f"met_{each}"] == "yes" for each in Criterion},
            notes={each: asked[f"note_{each}"].strip() for each in Criterion},
            columns={
                **{name: asked[name] for name in _COLUMNS},
                "insecurity": asked["insecurity"] == "yes",
                "cross_sector": asked["cross_sector"] == "yes",
                "insecurity_note": asked["insecurity_note"].strip(),
                "relatives_part": asked["relatives_part"].strip(),
            },
        )


class AllocationForm(forms.Form):
    """Which service, which doctor, what kind of decision, and what the patient was told."""

    service = ServiceField(_("Oppfølgingstjeneste"))
    gp = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Fastlege"),
        help_text=_("Fastlegen godkjenner planen. Du kan tildele uten, og registrere fastlegen senere."),
        empty_label=_("Ikke registrert"),
        required=False,
        widget=forms.Select(attrs={"class": "ds-input"}),
        error_messages={"invalid_choice": _("Fastlege: velg en lege i listen.")},
    )
    override_reason = words(
        _("Begrunnelse for å tildele likevel"),
        _("Begrunnelse: skriv hvorfor dere tildeler selv om ikke alle vilkår er oppfylt."),
        at_most=2000,
        long=True,
    )
    decision = one_of(_("Vedtak"), DecisionForm, _("Vedtak: velg en."))
    decided_on = DayField(label=_("Vedtaksdato"), required=False, help_text=_("Bare når det er gjort vedtak."))
    reference = words(
        _("Referanse"), "", at_most=120, required=False, help_text=_("Valgfritt. For eksempel saksnummer.")
    )
    kinds = forms.MultipleChoiceField(
        label=_("Hva får pasienten vite skriftlig?"),
        choices=TextKind,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Skriftlig informasjon: kryss av for alle tre. Pasienten har krav på det."),
            "invalid_choice": _("Skriftlig informasjon: velg i listen."),
        },
    )
    given_how = one_of(_("Hvordan blir informasjonen gitt?"), TextGiven, _("Hvordan informasjonen blir gitt: velg en."))
    given_on = DayField(label=_("Gitt dato"))
    relatives_told = forms.BooleanField(label=_("Pårørende har fått det samme skriftlig"), required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        services: QuerySet[FollowUpService],
        gps: QuerySet[User],
        gp: User | None,
        must_give_reason: bool,
        today: date,
    ) -> None:
        super().__init__(data)
        self.today = today
        self.fields["service"].queryset = services  # type: ignore[attr-defined]
        self.fields["gp"].queryset = gps  # type: ignore[attr-defined]
        self.fields["gp"].initial = gp
        self.fields["given_on"].initial = today
        if not must_give_reason:
            del self.fields["override_reason"]

    def clean_kinds(self) -> list[str]:
        """All of them: the law asks for it whatever was decided (R-005), and the safety for the third (R-021)."""
        if set(self.cleaned_data["kinds"]) != set(TextKind.values):
            raise forms.ValidationError(self.fields["kinds"].error_messages["required"])
        return list(TextKind.values)

    def clean_decided_on(self) -> date | None:
        """A decision that exists has been made."""
        return self._not_ahead("decided_on", _("Vedtaksdato: velg i dag eller en dag som har vært."))

    def clean_given_on(self) -> date | None:
        """What has been given was given."""
        return self._not_ahead("given_on", _("Gitt dato: velg i dag eller en dag som har vært."))

    def _not_ahead(self, name: str, message: LazyText) -> date | None:
        day: date | None = self.cleaned_data[name]
        if day and day > self.today:
            raise forms.ValidationError(message)
        return day

    def clean(self) -> dict[str, Any]:
        """A formal decision has its date."""
        asked = super().clean() or {}
        formal = asked.get("decision") not in (None, DecisionForm.NONE)
        if formal and not asked.get("decided_on") and "decided_on" not in self.errors:
            self.add_error("decided_on", _("Vedtaksdato: skriv datoen for vedtaket."))
        return asked

    @property
    def decided(self) -> Decided:
        """What was decided, once the form is valid."""
        asked = dict(self.cleaned_data)
        asked["decision"], asked["given_how"] = DecisionForm(asked["decision"]), TextGiven(asked["given_how"])
        return Decided(**{"override_reason": ""} | asked)


class DeclineForm(forms.Form):
    """Why not, by code and in the words of the letter."""

    reason = one_of(
        _("Hvorfor får personen ikke tjenesten?"),
        [(each.value, each.label) for each in WHY_NOT],
        _("Hvorfor: velg en grunn."),
    )
    why = words(
        _("Begrunnelse til personen"),
        _("Begrunnelse: skriv hvorfor, så personen forstår det."),
        at_most=500,
        long=True,
        help_text=_("Dette står i brevet. Skriv til personen, og nevn gjerne hva kommunen kan tilby i stedet."),
    )
    given_how = one_of(_("Hvordan blir informasjonen gitt?"), TextGiven, _("Hvordan informasjonen blir gitt: velg en."))
    given_on = DayField(label=_("Gitt dato"))

    def __init__(self, data: Any = None, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["given_on"].initial = today

    def clean_reason(self) -> EndReason:
        """As the code it is."""
        return EndReason(self.cleaned_data["reason"])

    def clean_given_how(self) -> TextGiven:
        """As the code it is."""
        return TextGiven(self.cleaned_data["given_how"])

    def clean_given_on(self) -> date:
        """What has been given was given: the time to complain is counted from it (R-005)."""
        day: date = self.cleaned_data["given_on"]
        if day > self.today:
            raise forms.ValidationError(gettext("Gitt dato: velg i dag eller en dag som har vært."))
        return day


class DeciderForm(forms.Form):
    """Who assesses and allocates."""

    decider = one_of(_("Hvem vurderer og tildeler i kommunen?"), Decider, _("Hvem som tildeler: velg en."))


class TextForm(forms.Form):
    """A new version of a text, in both languages."""

    bokmal = words(_("Tekst på bokmål"), _("Bokmål: skriv teksten."), at_most=3000, long=True)
    nynorsk = words(_("Tekst på nynorsk"), _("Nynorsk: skriv teksten."), at_most=3000, long=True)

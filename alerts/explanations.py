"""Why something could not be judged and what to do about it, and the scorer's signs in words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from careplans.scoring import Cause, Colour, RuleKind
from dho.lib.texts import LazyText


@dataclass(frozen=True, slots=True)
class Advice:
    """Why there is no colour, and what the nurse can do."""

    why: LazyText
    do: LazyText


ADVICE = {
    Cause.NO_APPROVED_PLAN: Advice(
        _("Ingen godkjent plan gjaldt da dette ble målt."),
        _("Vurder verdien selv. Be legen ta stilling til planen."),
    ),
    Cause.NO_RULE: Advice(
        _("Planen har ingen grense for dette."),
        _("Vurder verdien selv. Foreslå en grense for legen hvis pasienten skal fortsette å måle dette."),
    ),
    Cause.IMPOSSIBLE_VALUE: Advice(
        _("Verdien kan ikke være riktig."),
        _("Be pasienten måle på nytt, og se om utstyret virker."),
    ),
    Cause.NOT_A_NUMBER: Advice(
        _("Det som ble sendt, er ikke et tall vi kan bruke."),
        _("Be pasienten måle på nytt, og se om utstyret virker."),
    ),
    Cause.INVALID_RULE: Advice(
        _("En regel i planen kan ikke brukes slik den er skrevet."),
        _("Vurder verdien selv. Lag en ny versjon av planen og send den til godkjenning."),
    ),
    Cause.NOT_ENOUGH_HISTORY: Advice(
        _("Regelen sammenligner med tidligere målinger, og det er for få av dem."),
        _("Vurder verdien selv. Regelen virker når pasienten har målt flere ganger."),
    ),
    Cause.MISSING_PART: Advice(
        _("Noe som regelen trenger, mangler: en måling eller et svar."),
        _("Be pasienten måle eller svare på det som mangler."),
    ),
    Cause.UNKNOWN_ANSWER: Advice(
        _("Planen sier ikke hva dette svaret betyr."),
        _("Les svaret og vurder det selv. Lag en ny versjon av planen som kjenner svaret."),
    ),
    Cause.SCORER_ERROR: Advice(
        _("Noe gikk galt hos oss da verdien skulle vurderes."),
        _("Vurder verdien selv, og meld fra til den som drifter systemet."),
    ),
}

KIND_LABELS = {
    RuleKind.BAND: _("Fast grense"),
    RuleKind.CHANGE: _("Endring over tid"),
    RuleKind.SHARE: _("Andel av egen normalverdi"),
    RuleKind.REPEATED: _("Gjentatte målinger"),
    RuleKind.SCORE: _("Poengsum"),
    RuleKind.ANSWER: _("Svar"),
    RuleKind.NEWS2: "NEWS2",
}

COMPARISONS = {"<": _("under"), ">": _("over"), "≥": _("minst"), "=": _("lik"), "innenfor": _("innenfor")}

COLOUR_WORDS = {
    Colour.GREEN: _("Grønn"),
    Colour.YELLOW: _("Gul"),
    Colour.RED: _("Rød"),
    Colour.NOT_ASSESSED: _("Ikke vurdert"),
}

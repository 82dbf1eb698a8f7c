"""Why something could not be judged and what to do about it, and the scorer's signs in words."""

from dataclasses import dataclass

from careplans.scoring import Cause, RuleKind


@dataclass(frozen=True, slots=True)
class Advice:
    """Why there is no colour, and what the nurse can do."""

    why: str
    do: str


ADVICE = {
    Cause.NO_APPROVED_PLAN: Advice(
        "Ingen godkjent plan gjaldt da dette ble målt.",
        "Vurder verdien selv. Be fastlegen ta stilling til planen.",
    ),
    Cause.NO_RULE: Advice(
        "Planen har ingen grense for dette.",
        "Vurder verdien selv. Foreslå en grense for fastlegen hvis pasienten skal fortsette å måle dette.",
    ),
    Cause.IMPOSSIBLE_VALUE: Advice(
        "Verdien kan ikke være riktig.",
        "Be pasienten måle på nytt, og se om utstyret virker.",
    ),
    Cause.NOT_A_NUMBER: Advice(
        "Det som ble sendt, er ikke et tall vi kan bruke.",
        "Be pasienten måle på nytt, og se om utstyret virker.",
    ),
    Cause.INVALID_RULE: Advice(
        "En regel i planen kan ikke brukes slik den er skrevet.",
        "Vurder verdien selv. Lag en ny versjon av planen og send den til fastlegen.",
    ),
    Cause.NOT_ENOUGH_HISTORY: Advice(
        "Regelen sammenligner med tidligere målinger, og det er for få av dem.",
        "Vurder verdien selv. Regelen virker når pasienten har målt flere ganger.",
    ),
    Cause.MISSING_PART: Advice(
        "Noe som regelen trenger, mangler: en måling eller et svar.",
        "Be pasienten måle eller svare på det som mangler.",
    ),
    Cause.UNKNOWN_ANSWER: Advice(
        "Planen sier ikke hva dette svaret betyr.",
        "Les svaret og vurder det selv. Lag en ny versjon av planen som kjenner svaret.",
    ),
    Cause.SCORER_ERROR: Advice(
        "Noe gikk galt hos oss da verdien skulle vurderes.",
        "Vurder verdien selv, og meld fra til den som drifter systemet.",
    ),
}

KIND_LABELS = {
    RuleKind.BAND: "Fast grense",
    RuleKind.CHANGE: "Endring over tid",
    RuleKind.SHARE: "Andel av egen normalverdi",
    RuleKind.REPEATED: "Gjentatte målinger",
    RuleKind.SCORE: "Poengsum",
    RuleKind.ANSWER: "Svar",
    RuleKind.NEWS2: "NEWS2",
}

COMPARISONS = {"<": "under", ">": "over", "≥": "minst", "=": "lik", "innenfor": "innenfor"}

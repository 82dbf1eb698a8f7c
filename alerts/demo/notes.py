"""What the nurses of the demo wrote when they handled a case."""

from random import Random
from typing import Final

from alerts.enums import Level, Outcome

_RED: Final = (
    ([Outcome.CALLED, Outcome.REMEASURE], "Ringte med en gang. Målte på nytt etter hvile, og da var verdien gul."),
    ([Outcome.CALLED, Outcome.GP], "Ringte. Tydelig dårligere enn i går. Fastlegen ringer pasienten i dag."),
    ([Outcome.CALLED], "Ringte. Startet tiltakene i planen sammen med pasienten. Ringer igjen i morgen tidlig."),
    (
        [Outcome.CALLED, Outcome.EMERGENCY_CLINIC],
        "Ringte. Trengte lege i kveld. Legevakten tar over.",
    ),
)
_YELLOW: Final = (
    ([Outcome.CALLED], "Ringte. Litt slappere enn vanlig, ingen feber. Følger planen og måler i kveld."),
    ([Outcome.REMEASURE], "Ba om ny måling etter hvile. Den var innenfor."),
    ([Outcome.CALLED], "Ringte. Hadde gått i trapper rett før målingen. Ingen plager nå."),
    ([Outcome.CALLED, Outcome.GP], "Tredje gule på kort tid. Sendte beskjed til fastlegen."),
    ([Outcome.NO_ACTION], "Kjent svingning etter besøk i helgen. Følger med på neste måling."),
    ([Outcome.CALLED], "Snakket med pasienten. Har glemt kveldsmedisinen to dager. Minnet om dosetten."),
)
_NOT_ASSESSED: Final = (
    ([Outcome.NO_ACTION], "Så på målingene selv: som vanlig for pasienten."),
    ([Outcome.CALLED], "Ringte og hørte hvordan det går. Målingen passer med det pasienten forteller."),
    ([Outcome.REMEASURE], "Verdien kunne ikke stemme. Ba om ny måling."),
)
_OTHER: Final = (
    ([Outcome.CALLED], "Ringte og minnet om målingen."),
    ([Outcome.CALLED], "Ringte. Pasienten har startet nettbrettet på nytt."),
)
_NOTES: Final = {Level.RED: _RED, Level.YELLOW: _YELLOW, Level.NOT_ASSESSED: _NOT_ASSESSED}


def note_for(level: Level, rng: Random) -> tuple[list[str], str]:
    """Outcomes and a note that fit the level of the case."""
    outcomes, note = rng.choice(_NOTES.get(level, _OTHER))
    return [str(outcome) for outcome in outcomes], note

"""The questionnaires as data (R-084), loaded by migration. The text is our own and needs no licence.

A version that patients have answered is never edited: a new wording is a new version. The score of a response is the
sum of the points of the chosen options, yes/no items included; numbers and free text give none. 0 is the usual state
and more points mean more symptoms; the limits are the plan's. The points of ``news2_observation`` are those that NEWS2
gives the same two observations. The comment field does not reach a nurse at once, and says so.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from measurements.enums import ItemKind


@dataclass(frozen=True, slots=True)
class OptionFact:
    """One possible answer: what is stored, what the person reads, and the points it gives."""

    value: str | bool
    label: str
    points: int


@dataclass(frozen=True, slots=True)
class ItemFact:
    """One question. CHOICE and BOOLEAN have ``options``, NUMBER has ``minimum`` and ``maximum`` (both allowed)."""

    code: str
    kind: ItemKind
    text: str
    help_text: str = ""
    required: bool = True
    options: tuple[OptionFact, ...] = ()
    minimum: Decimal | None = None
    maximum: Decimal | None = None

    def options_json(self) -> list[dict[str, Any]]:
        """The options in the form the database keeps them."""
        return [{"value": option.value, "label": option.label, "points": option.points} for option in self.options]


@dataclass(frozen=True, slots=True)
class QuestionnaireFact:
    """One version of a form."""

    code: str
    version: int
    title: str
    items: tuple[ItemFact, ...]

    @property
    def score_min(self) -> int:
        """The lowest score when everything required is answered."""
        return sum(min(o.points for o in item.options) for item in self.items if item.required and item.options)

    @property
    def score_max(self) -> int:
        """The highest score that is possible."""
        return sum(max(o.points for o in item.options) for item in self.items if item.options)


def _choice(code: str, text: str, *options: tuple[str, str, int], help_text: str = "") -> ItemFact:
    return ItemFact(code, ItemKind.CHOICE, text, help_text, options=tuple(OptionFact(*option) for option in options))


def _yes_no(code: str, text: str, *, points_yes: int, help_text: str = "") -> ItemFact:
    options = (OptionFact(True, "Ja", points_yes), OptionFact(False, "Nei", 0))
    return ItemFact(code, ItemKind.BOOLEAN, text, help_text, options=options)


def _number(code: str, text: str, low: int, high: int, *, help_text: str = "") -> ItemFact:
    return ItemFact(code, ItemKind.NUMBER, text, help_text, minimum=Decimal(low), maximum=Decimal(high))


_DAY_FORM: Final = _choice(
    "day_form",
    "Hvordan er formen din i dag?",
    ("usual", "Som vanlig eller bedre", 0),
    ("worse", "Litt dårligere enn vanlig", 1),
    ("much_worse", "Mye dårligere enn vanlig", 2),
)
_SLEEP: Final = _choice(
    "sleep",
    "Hvordan sov du i natt?",
    ("usual", "Som vanlig eller bedre", 0),
    ("worse", "Litt dårligere enn vanlig", 1),
    ("much_worse", "Mye dårligere enn vanlig", 2),
)
_COMMENT: Final = ItemFact(
    "comment",
    ItemKind.TEXT,
    "Vil du fortelle oss noe mer?",
    "Vi leser dette i åpningstiden. Ring 113 hvis det haster, eller legevakten på 116 117.",
    required=False,
)

_COPD: Final = QuestionnaireFact(
    "symptoms_copd",
    1,
    "Symptomer ved kols",
    (
        _choice(
            "breath",
            "Hvordan er pusten din i dag?",
            ("usual", "Som vanlig eller bedre", 0),
            ("worse", "Litt tyngre enn vanlig", 1),
            ("much_worse", "Mye tyngre enn vanlig", 2),
            ("at_rest", "Jeg er tungpustet også når jeg sitter stille", 3),
        ),
        _choice(
            "cough",
            "Hvor mye hoster du?",
            ("usual", "Som vanlig eller mindre", 0),
            ("more", "Litt mer enn vanlig", 1),
            ("much_more", "Mye mer enn vanlig", 2),
        ),
        _choice(
            "sputum_amount",
            "Hvor mye slim hoster du opp?",
            ("usual", "Som vanlig eller mindre", 0),
            ("more", "Litt mer enn vanlig", 1),
            ("much_more", "Mye mer enn vanlig", 2),
        ),
        _choice(
            "sputum_colour",
            "Hvilken farge har slimet?",
            ("none", "Jeg hoster ikke opp slim", 0),
            ("clear", "Klart eller hvitt", 0),
            ("yellow", "Gult", 1),
            ("green", "Grønt eller brunt", 2),
            ("blood", "Det er blod i slimet", 3),
        ),
        _SLEEP,
        _DAY_FORM,
        _COMMENT,
    ),
)

_HEART_FAILURE: Final = QuestionnaireFact(
    "symptoms_heart_failure",
    1,
    "Symptomer ved hjertesvikt",
    (
        _choice(
            "breath_exertion",
            "Hvordan er pusten din når du går eller gjør noe?",
            ("usual", "Som vanlig eller bedre", 0),
            ("worse", "Litt tyngre enn vanlig", 1),
            ("much_worse", "Mye tyngre enn vanlig", 2),
            ("at_rest", "Jeg er tungpustet også når jeg sitter stille", 3),
        ),
        _choice(
            "breath_lying",
            "Hvordan pustet du da du lå i natt?",
            ("usual", "Som vanlig", 0),
            ("more_pillows", "Jeg måtte ligge høyere enn vanlig", 1),
            ("woke", "Jeg våknet fordi jeg var tungpustet", 2),
            ("sat_up", "Jeg måtte sitte for å få puste", 3),
        ),
        _choice(
            "swelling",
            "Er du hoven i beina eller magen?",
            ("none", "Nei, eller som vanlig", 0),
            ("more", "Litt mer enn vanlig", 1),
            ("much_more", "Mye mer enn vanlig", 2),
        ),
        _choice(
            "dizziness",
            "Har du vært svimmel siden i går?",
            ("none", "Nei, eller som vanlig", 0),
            ("some", "Ja, litt", 1),
            ("much", "Ja, mye", 2),
            ("fainted", "Ja, jeg har besvimt", 3),
        ),
        _choice(
            "tiredness",
            "Hvor sliten er du i dag?",
            ("usual", "Som vanlig eller mindre", 0),
            ("more", "Litt mer enn vanlig", 1),
            ("much_more", "Mye mer enn vanlig", 2),
        ),
        _COMMENT,
    ),
)

_DIABETES: Final = QuestionnaireFact(
    "symptoms_diabetes",
    1,
    "Symptomer ved diabetes",
    (
        _number(
            "hypo_count",
            "Hvor mange ganger har du hatt føling siden i går?",
            0,
            20,
            help_text="Føling er tegn på lavt blodsukker: skjelving, svette, hjertebank, sult. Skriv 0 for ingen.",
        ),
        _yes_no("hypo_help", "Trengte du hjelp av andre på grunn av lavt blodsukker?", points_yes=3),
        _choice(
            "thirst",
            "Hvor tørst er du, og hvor ofte må du tisse?",
            ("usual", "Som vanlig", 0),
            ("more", "Litt mer enn vanlig", 1),
            ("much_more", "Mye mer enn vanlig", 2),
        ),
        _choice(
            "appetite",
            "Får du i deg mat og drikke?",
            ("usual", "Ja, som vanlig", 0),
            ("less", "Mindre enn vanlig", 1),
            ("vomiting", "Nei, jeg kaster opp eller får ikke i meg noe", 3),
        ),
        _yes_no("foot_wound", "Har du fått et nytt sår på føttene?", points_yes=2),
        _DAY_FORM,
        _COMMENT,
    ),
)

_DAILY: Final = QuestionnaireFact(
    "daily_form",
    1,
    "Formen i dag",
    (
        _DAY_FORM,
        _SLEEP,
        _choice(
            "appetite",
            "Hvordan er matlysten din?",
            ("usual", "Som vanlig eller bedre", 0),
            ("less", "Litt dårligere enn vanlig", 1),
            ("none", "Jeg får ikke i meg mat", 2),
        ),
        _number(
            "pain",
            "Hvor vondt har du nå?",
            0,
            10,
            help_text="0 er ikke vondt i det hele tatt. 10 er det verste du kan tenke deg.",
        ),
        _yes_no("worried", "Er du bekymret for helsen din i dag?", points_yes=1),
        _yes_no("call_me", "Vil du at vi ringer deg?", points_yes=1, help_text="Vi ringer deg i åpningstiden."),
        _COMMENT,
    ),
)

_NEWS2: Final = QuestionnaireFact(
    "news2_observation",
    1,
    "Observasjon til NEWS2",
    (
        _choice(
            "consciousness",
            "Hvor våken er personen?",
            ("A", "Våken og klar", 0),
            ("C", "Nyoppstått forvirring", 3),
            ("V", "Reagerer på tiltale", 3),
            ("P", "Reagerer på smerte", 3),
            ("U", "Reagerer ikke", 3),
            help_text="Velg det dårligste som passer (ACVPU).",
        ),
        _yes_no("oxygen", "Får personen oksygen nå?", points_yes=2),
    ),
)

QUESTIONNAIRES: Final = (_COPD, _HEART_FAILURE, _DIABETES, _DAILY, _NEWS2)

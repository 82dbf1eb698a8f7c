"""Daily symptom sets for cancer and mental health, loaded by migration (R-066). The text is our own, needs no licence,
and is written in the three languages of the patient's view.

As in `questionnaires`: 0 is the usual state and more points mean more symptoms. What a sum is called here only tells
the reader; the limits are the plan's, approved by the patient's doctor.
"""

from datetime import time
from typing import Any, Final

from measurements.data.wordings import COMMENT, DAY_FORM, SLEEP, YES_NO, Pair, Words, titled, worded
from measurements.enums import ItemKind

Row = dict[str, Any]
Option = tuple[str, int, str, str, str]

EVERY_DAY: Final[Row] = {"weekdays": [0, 1, 2, 3, 4, 5, 6], "times": [time(9)], "grace_minutes": 180}
# The forms of the first version that are answered daily.
DAILY: Final = ["symptoms_copd", "symptoms_heart_failure", "symptoms_diabetes", "daily_form"]


def _item(code: str, kind: ItemKind, text: str, texts: Words, **more: Any) -> Row:
    return {"code": code, "kind": kind, "text": text, "texts": texts, **more}


def _choice(code: str, text: str, other: Pair, *options: Option, **more: Any) -> Row:
    """Each option is value, points, bokmål, nynorsk, English."""
    words = worded(other, **{value: (nn, en) for value, _points, _nb, nn, en in options})
    rows = [{"value": value, "label": nb, "points": points} for value, points, nb, _nn, _en in options]
    return _item(code, ItemKind.CHOICE, text, words, options=rows, **more)


def _usual(code: str, text: str, texts: Words, **more: Any) -> Row:
    """As usual, a little worse, much worse."""
    labels = ("usual", "Som vanlig eller bedre"), ("worse", "Litt dårligere enn vanlig")
    rows = [*labels, ("much_worse", "Mye dårligere enn vanlig")]
    options = [{"value": value, "label": label, "points": points} for points, (value, label) in enumerate(rows)]
    return _item(code, ItemKind.CHOICE, text, texts, options=options, **more)


def _yes_no(code: str, text: str, texts: Words, points: int, **more: Any) -> Row:
    options = [
        {"value": True, "label": "Ja", "points": points},
        {"value": False, "label": "Nei", "points": 0},
    ]
    return _item(code, ItemKind.BOOLEAN, text, texts, options=options, **more)


def _scale(code: str, text: str, help_text: str, texts: Words) -> Row:
    limits = {"minimum": 0, "maximum": 10, "decimals": 0, "scale": True}
    return _item(code, ItemKind.NUMBER, text, texts, help_text=help_text, **limits)


_COMMENT: Final = _item(
    "comment",
    ItemKind.TEXT,
    "Vil du fortelle oss noe mer?",
    COMMENT,
    help_text="Vi leser dette i åpningstiden. Ring 113 hvis det haster, eller legevakten på 116 117.",
    required=False,
)
_BANDS: Final = [
    {"low": 0, "high": 0, "text": "Som vanlig"},
    {"low": 1, "high": 3, "text": "Noe mer plager enn vanlig"},
    {"low": 4, "high": 10, "text": "Mye mer plager enn vanlig"},
]

_CANCER: Final[Row] = {
    "code": "symptoms_cancer",
    "title": "Symptomer ved kreft",
    "texts": titled(("Symptom ved kreft", "Cancer symptoms")),
    "bands": _BANDS,
    "items": [
        _usual("day_form", "Hvordan er formen din i dag?", DAY_FORM),
        _yes_no(
            "fever",
            "Har du hatt feber eller frosset mye siden i går?",
            worded(
                (
                    "Har du hatt feber eller frose mykje sidan i går?",
                    "Have you had a fever or the shivers since yesterday?",
                ),
                (
                    (
                        "Får du behandling som svekkjer immunforsvaret, og har feber: Ring som avtalt med ein gong. "
                        "Vent ikkje på oss."
                    ),
                    (
                        "If your treatment weakens your immune system and you have a fever: call as agreed at once. "
                        "Do not wait for us."
                    ),
                ),
                **YES_NO,
            ),
            2,
            help_text="Får du behandling som svekker immunforsvaret, og har feber: Ring som avtalt med en gang. "
            "Vent ikke på oss.",
        ),
        _item(
            "temperature",
            ItemKind.NUMBER,
            "Hva var temperaturen på det høyeste?",
            worded(
                ("Kva var temperaturen på det høgaste?", "What was your highest temperature?"),
                ("La feltet stå tomt viss du ikkje har målt.", "Leave this empty if you have not measured it."),
            ),
            help_text="La feltet stå tomt hvis du ikke har målt.",
            required=False,
            minimum=34,
            maximum=43,
            decimals=1,
            unit="°C",
            shown_if={"item": "fever", "answers": [True]},
        ),
        _scale(
            "pain",
            "Hvor vondt har du nå?",
            "0 er ikke vondt i det hele tatt. 10 er det verste du kan tenke deg.",
            worded(
                ("Kor vondt har du no?", "How much pain are you in now?"),
                (
                    "0 er ikkje vondt i det heile. 10 er det verste du kan tenkje deg.",
                    "0 is no pain at all. 10 is the worst you can imagine.",
                ),
            ),
        ),
        _choice(
            "nausea",
            "Er du kvalm i dag?",
            ("Er du kvalm i dag?", "Do you feel sick today?"),
            ("no", 0, "Nei, eller som vanlig", "Nei, eller som vanleg", "No, or as usual"),
            ("more", 1, "Ja, mer enn vanlig", "Ja, meir enn vanleg", "Yes, more than usual"),
            ("vomiting", 3, "Ja, og jeg kaster opp", "Ja, og eg kastar opp", "Yes, and I am vomiting"),
        ),
        _choice(
            "intake",
            "Får du i deg mat og drikke?",
            ("Får du i deg mat og drikke?", "Are you able to eat and drink?"),
            ("usual", 0, "Ja, som vanlig", "Ja, som vanleg", "Yes, as usual"),
            ("less", 1, "Mindre enn vanlig", "Mindre enn vanleg", "Less than usual"),
            ("nothing", 3, "Nei, nesten ingenting", "Nei, nesten ingenting", "No, almost nothing"),
        ),
        _COMMENT,
    ],
}

_MENTAL_HEALTH: Final[Row] = {
    "code": "symptoms_mental_health",
    "title": "Psykisk helse i dag",
    "texts": titled(("Psykisk helse i dag", "Your mental health today")),
    "bands": _BANDS,
    "items": [
        _usual(
            "mood",
            "Hvordan er humøret ditt i dag?",
            worded(
                ("Korleis er humøret ditt i dag?", "How is your mood today?"),
                usual=("Som vanleg eller betre", "As usual or better"),
                worse=("Litt dårlegare enn vanleg", "A little worse than usual"),
                much_worse=("Mykje dårlegare enn vanleg", "Much worse than usual"),
            ),
        ),
        _usual("sleep", "Hvordan sov du i natt?", SLEEP),
        _scale(
            "unrest",
            "Hvor urolig kjenner du deg i dag?",
            "0 er helt rolig. 10 er så urolig du kan tenke deg.",
            worded(
                ("Kor uroleg kjenner du deg i dag?", "How restless do you feel today?"),
                (
                    "0 er heilt roleg. 10 er så uroleg du kan tenkje deg.",
                    "0 is completely calm. 10 is as restless as you can imagine.",
                ),
            ),
        ),
        _choice(
            "managed",
            "Fikk du gjort det du hadde tenkt i går?",
            ("Fekk du gjort det du hadde tenkt i går?", "Did you get done what you had planned yesterday?"),
            ("yes", 0, "Ja, det meste", "Ja, det meste", "Yes, most of it"),
            ("some", 1, "Noe av det", "Noko av det", "Some of it"),
            ("nothing", 2, "Nei, nesten ingenting", "Nei, nesten ingenting", "No, almost nothing"),
        ),
        _yes_no(
            "unsafe",
            "Er du redd for at du kan komme til å skade deg selv?",
            worded(
                (
                    "Er du redd for at du kan kome til å skade deg sjølv?",
                    "Are you afraid that you might hurt yourself?",
                ),
                (
                    "Er du i fare no, ring 113. Du kan ringje Mental Helse på 116 123 heile døgnet. Vent ikkje på oss.",
                    (
                        "If you are in danger now, call 113. You can call Mental Helse on 116 123 day and night. "
                        "Do not wait for us."
                    ),
                ),
                **YES_NO,
            ),
            3,
            help_text="Er du i fare nå, ring 113. Du kan ringe Mental Helse på 116 123 hele døgnet. Vent ikke på oss.",
        ),
        _yes_no(
            "call_me",
            "Vil du at vi ringer deg?",
            worded(
                ("Vil du at vi ringjer deg?", "Do you want us to call you?"),
                ("Vi ringjer deg i opningstida.", "We will call you during opening hours."),
                **YES_NO,
            ),
            1,
            help_text="Vi ringer deg i åpningstiden.",
            shown_if={"item": "mood", "answers": ["worse", "much_worse"]},
        ),
        _COMMENT,
    ],
}

SYMPTOM_SETS: Final = (_CANCER, _MENTAL_HEALTH)

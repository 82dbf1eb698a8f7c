"""The first forms in nynorsk and English, loaded by migration. Bokmål stands in `questionnaires`; the text is our own.

A translation adds no question and changes none, so a version that patients have answered stays what it was.
"""

from typing import Any, Final

Pair = tuple[str, str]
Words = dict[str, dict[str, Any]]


def worded(text: Pair, help_text: Pair | None = None, **options: Pair) -> Words:
    """The texts of one question as its row keeps them: nynorsk first, then English."""
    found: Words = {}
    for place, language in enumerate(("nn", "en")):
        found[language] = {"text": text[place]}
        if help_text:
            found[language]["help_text"] = help_text[place]
        if options:
            # Python names hold no capitals-only codes of NEWS2 back, and true and false are said as JSON says them.
            found[language]["options"] = {value: words[place] for value, words in options.items()}
    return found


def titled(title: Pair) -> Words:
    """The texts of a form as its row keeps them."""
    return {"nn": {"title": title[0]}, "en": {"title": title[1]}}


YES_NO: Final[dict[str, Pair]] = {"true": ("Ja", "Yes"), "false": ("Nei", "No")}
DAY_FORM: Final = worded(
    ("Korleis er forma di i dag?", "How are you feeling today?"),
    usual=("Som vanleg eller betre", "As usual or better"),
    worse=("Litt dårlegare enn vanleg", "A little worse than usual"),
    much_worse=("Mykje dårlegare enn vanleg", "Much worse than usual"),
)
SLEEP: Final = worded(
    ("Korleis sov du i natt?", "How did you sleep last night?"),
    usual=("Som vanleg eller betre", "As usual or better"),
    worse=("Litt dårlegare enn vanleg", "A little worse than usual"),
    much_worse=("Mykje dårlegare enn vanleg", "Much worse than usual"),
)
COMMENT: Final = worded(
    ("Vil du fortelje oss noko meir?", "Is there anything else you want to tell us?"),
    (
        "Vi les dette i opningstida. Ring 113 viss det hastar, eller legevakta på 116 117.",
        "We read this during opening hours. Call 113 if it is urgent, or the out-of-hours doctor on 116 117.",
    ),
)
_MORE: Final[dict[str, Pair]] = {
    "usual": ("Som vanleg eller mindre", "As usual or less"),
    "more": ("Litt meir enn vanleg", "A little more than usual"),
    "much_more": ("Mykje meir enn vanleg", "Much more than usual"),
}
_AT_REST: Final = ("Eg er tungpusta òg når eg sit stille", "I am short of breath even when I sit still")
_HARDER: Final[dict[str, Pair]] = {
    "usual": ("Som vanleg eller betre", "As usual or better"),
    "worse": ("Litt tyngre enn vanleg", "A little harder than usual"),
    "much_worse": ("Mykje tyngre enn vanleg", "Much harder than usual"),
    "at_rest": _AT_REST,
}

FIRST_TITLES: Final[dict[str, Words]] = {
    "symptoms_copd": titled(("Symptom ved kols", "COPD symptoms")),
    "symptoms_heart_failure": titled(("Symptom ved hjartesvikt", "Heart failure symptoms")),
    "symptoms_diabetes": titled(("Symptom ved diabetes", "Diabetes symptoms")),
    "daily_form": titled(("Forma i dag", "How you are today")),
    "news2_observation": titled(("Observasjon til NEWS2", "Observation for NEWS2")),
}

FIRST_ITEMS: Final[dict[str, dict[str, Words]]] = {
    "symptoms_copd": {
        "breath": worded(("Korleis er pusten din i dag?", "How is your breathing today?"), **_HARDER),
        "cough": worded(("Kor mykje hostar du?", "How much are you coughing?"), **_MORE),
        "sputum_amount": worded(("Kor mykje slim hostar du opp?", "How much phlegm are you coughing up?"), **_MORE),
        "sputum_colour": worded(
            ("Kva farge har slimet?", "What colour is the phlegm?"),
            none=("Eg hostar ikkje opp slim", "I am not coughing up phlegm"),
            clear=("Klart eller kvitt", "Clear or white"),
            yellow=("Gult", "Yellow"),
            green=("Grønt eller brunt", "Green or brown"),
            blood=("Det er blod i slimet", "There is blood in the phlegm"),
        ),
        "sleep": SLEEP,
        "day_form": DAY_FORM,
        "comment": COMMENT,
    },
    "symptoms_heart_failure": {
        "breath_exertion": worded(
            (
                "Korleis er pusten din når du går eller gjer noko?",
                "How is your breathing when you walk or do something?",
            ),
            **_HARDER,
        ),
        "breath_lying": worded(
            ("Korleis pusta du då du låg i natt?", "How was your breathing when you lay down last night?"),
            usual=("Som vanleg", "As usual"),
            more_pillows=("Eg måtte liggje høgare enn vanleg", "I had to lie higher up than usual"),
            woke=("Eg vakna fordi eg var tungpusta", "I woke up because I was short of breath"),
            sat_up=("Eg måtte sitje for å få puste", "I had to sit up to breathe"),
        ),
        "swelling": worded(
            ("Er du hoven i beina eller magen?", "Are your legs or stomach swollen?"),
            none=("Nei, eller som vanleg", "No, or as usual"),
            more=_MORE["more"],
            much_more=_MORE["much_more"],
        ),
        "dizziness": worded(
            ("Har du vore svimmel sidan i går?", "Have you been dizzy since yesterday?"),
            none=("Nei, eller som vanleg", "No, or as usual"),
            some=("Ja, litt", "Yes, a little"),
            much=("Ja, mykje", "Yes, a lot"),
            fainted=("Ja, eg har svima av", "Yes, I have fainted"),
        ),
        "tiredness": worded(("Kor sliten er du i dag?", "How tired are you today?"), **_MORE),
        "comment": COMMENT,
    },
    "symptoms_diabetes": {
        "hypo_count": worded(
            (
                "Kor mange gonger har du hatt føling sidan i går?",
                "How many times have you had low blood sugar since yesterday?",
            ),
            (
                "Føling er teikn på lågt blodsukker: skjelving, sveitte, hjartebank, svolt. Skriv 0 for ingen.",
                "Signs of low blood sugar are trembling, sweating, a pounding heart and hunger. Write 0 for none.",
            ),
        ),
        "hypo_help": worded(
            (
                "Trong du hjelp av andre på grunn av lågt blodsukker?",
                "Did you need help from others because of low blood sugar?",
            ),
            **YES_NO,
        ),
        "thirst": worded(
            (
                "Kor tørst er du, og kor ofte må du tisse?",
                "How thirsty are you, and how often do you need to urinate?",
            ),
            usual=("Som vanleg", "As usual"),
            more=_MORE["more"],
            much_more=_MORE["much_more"],
        ),
        "appetite": worded(
            ("Får du i deg mat og drikke?", "Are you able to eat and drink?"),
            usual=("Ja, som vanleg", "Yes, as usual"),
            less=("Mindre enn vanleg", "Less than usual"),
            vomiting=(
                "Nei, eg kastar opp eller får ikkje i meg noko",
                "No, I am vomiting or cannot keep anything down",
            ),
        ),
        "foot_wound": worded(
            ("Har du fått eit nytt sår på føtene?", "Do you have a new wound on your feet?"), **YES_NO
        ),
        "day_form": DAY_FORM,
        "comment": COMMENT,
    },
    "daily_form": {
        "day_form": DAY_FORM,
        "sleep": SLEEP,
        "appetite": worded(
            ("Korleis er matlysta di?", "How is your appetite?"),
            usual=("Som vanleg eller betre", "As usual or better"),
            less=("Litt dårlegare enn vanleg", "A little worse than usual"),
            none=("Eg får ikkje i meg mat", "I cannot eat"),
        ),
        "pain": worded(
            ("Kor vondt har du no?", "How much pain are you in now?"),
            (
                "0 er ikkje vondt i det heile. 10 er det verste du kan tenkje deg.",
                "0 is no pain at all. 10 is the worst you can imagine.",
            ),
        ),
        "worried": worded(("Er du uroleg for helsa di i dag?", "Are you worried about your health today?"), **YES_NO),
        "call_me": worded(
            ("Vil du at vi ringjer deg?", "Do you want us to call you?"),
            ("Vi ringjer deg i opningstida.", "We will call you during opening hours."),
            **YES_NO,
        ),
        "comment": COMMENT,
    },
    "news2_observation": {
        "consciousness": worded(
            ("Kor vaken er personen?", "How awake is the person?"),
            ("Vel det dårlegaste som passar (ACVPU).", "Choose the worst that fits (ACVPU)."),
            A=("Vaken og klar", "Awake and alert"),
            C=("Nyoppstått forvirring", "New confusion"),
            V=("Reagerer på tiltale", "Responds to voice"),
            P=("Reagerer på smerte", "Responds to pain"),
            U=("Reagerer ikkje", "Does not respond"),
        ),
        "oxygen": worded(("Får personen oksygen no?", "Is the person receiving oxygen now?"), **YES_NO),
    },
}

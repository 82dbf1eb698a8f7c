"""The patients of the demo: who they are, what they live with, and how far their plan has come."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random
from typing import Final

from alerts.demo.places import EIDSKOG, GRUE, KONGSVINGER, SOR_ODAL, STAVANGER
from alerts.demo.seeded import rng_for
from patients.enums import Sex


class Condition(StrEnum):
    """What the follow-up is about."""

    COPD = "COPD"
    HEART_FAILURE = "HEART_FAILURE"
    DIABETES = "DIABETES"
    MIXED = "MIXED"


class Course(StrEnum):
    """How far enrolment and plan have come."""

    APPROVED = "one approved plan"
    REVISED = "a plan superseded by a newer one"
    REVISING = "an approved plan, and a new one waiting at the GP"
    QUERIED = "an approved plan, and a new one returned with a question"
    NEW = "approved three weeks ago, after a trial"
    EXPIRED = "the approval has run out"
    NO_PLAN = "trial, nothing written"
    DRAFT = "trial, the nurse is writing"
    PROPOSED = "trial, waiting at the GP"
    RETURNED = "trial, returned with a question"
    PAUSED = "paused, with an approved plan"
    ENDED = "ended"

    @property
    def in_trial(self) -> bool:
        """Measures daily while nothing is approved yet."""
        return self in {Course.NO_PLAN, Course.DRAFT, Course.PROPOSED, Course.RETURNED}

    @property
    def shift(self) -> int:
        """How the limits of the newest approved version differ from the first one's."""
        return -1 if self == Course.REVISED else 0


class Story(StrEnum):
    """What is going on with the patient right now; most have none."""

    NONE = "none"
    SPO2_RED = "oxygen falls below red"
    SPO2_YELLOW = "oxygen falls below yellow"
    WEIGHT_RED = "weight rises fast"
    WEIGHT_YELLOW = "weight rises, since before the last closing"
    FORM_RED = "many symptoms, past the deadline"
    FORM_YELLOW = "some symptoms"
    GLUCOSE_HIGH = "blood sugar too high"
    GLUCOSE_LOW = "blood sugar too low"
    PRESSURE_YELLOW = "blood pressure and pulse too high"
    IMPOSSIBLE = "the oximeter gives an impossible value"
    WRONG_CLOCK = "the tablet's clock is ahead"
    REFUSED = "the tablet sends what we cannot accept"
    NOT_TODAY = "has not measured today"
    SILENT = "has not measured for days"
    WAITING = "measures, but nobody has handled it since the last closing"


@dataclass(frozen=True)
class Character:
    """One synthetic person. `number` is the place in the cast and names the person's stream of chance."""

    number: int
    given: str
    family: str
    sex: Sex
    birth_date: date
    town: int
    condition: Condition
    course: Course
    story: Story
    language: str = "norsk"
    communication: str = ""


F, M = Sex.FEMALE, Sex.MALE
COPD, HEART, DIABETES, MIXED = Condition.COPD, Condition.HEART_FAILURE, Condition.DIABETES, Condition.MIXED
# Those with a story come first, so that a small demo is as varied as a large one.
_LEADS: Final = (
    ("Kari", "Aasen", F, 1948, KONGSVINGER, COPD, Course.REVISED, Story.SPO2_RED, "norsk", "hører dårlig"),
    ("Odd-Arne", "Bakke", M, 1945, GRUE, HEART, Course.APPROVED, Story.WEIGHT_RED, "norsk", ""),
    ("Máret", "Sara", F, 1957, EIDSKOG, COPD, Course.APPROVED, Story.FORM_RED, "nordsamisk", "vil ha tolk"),
    ("Per", "Lindmo", M, 1952, SOR_ODAL, COPD, Course.APPROVED, Story.SPO2_YELLOW, "norsk", ""),
    ("Solveig", "Eide", F, 1960, KONGSVINGER, DIABETES, Course.REVISED, Story.GLUCOSE_HIGH, "norsk", ""),
    ("Ánne", "Utsi", F, 1950, EIDSKOG, COPD, Course.NO_PLAN, Story.WAITING, "nordsamisk", ""),
    ("Nils", "Iversen", M, 1943, GRUE, HEART, Course.APPROVED, Story.NOT_TODAY, "norsk", "svaksynt, stor skrift"),
    ("Rolf", "Kvamme", M, 1956, SOR_ODAL, DIABETES, Course.APPROVED, Story.REFUSED, "norsk", ""),
    ("Ewa", "Kowalska", F, 1955, KONGSVINGER, DIABETES, Course.PROPOSED, Story.NONE, "polsk", "trenger tolk"),
    ("Ingrid", "Sæther", F, 1944, STAVANGER, COPD, Course.APPROVED, Story.SPO2_RED, "norsk", ""),
    ("Bjarne", "Lunder", M, 1946, KONGSVINGER, HEART, Course.EXPIRED, Story.WAITING, "norsk", ""),
    ("Oddvar", "Brenna", M, 1947, GRUE, COPD, Course.DRAFT, Story.NONE, "norsk", ""),
    ("Turid", "Engen", F, 1951, SOR_ODAL, HEART, Course.RETURNED, Story.NONE, "norsk", ""),
    ("Gerd", "Moberg", F, 1949, GRUE, COPD, Course.APPROVED, Story.IMPOSSIBLE, "norsk", ""),
    ("Trygve", "Foss", M, 1938, EIDSKOG, HEART, Course.APPROVED, Story.PRESSURE_YELLOW, "norsk", "bruker fasttelefon"),
    ("Liv", "Haugen", F, 1954, SOR_ODAL, COPD, Course.REVISED, Story.FORM_YELLOW, "norsk", ""),
    ("Ruth", "Jensen", F, 1947, KONGSVINGER, COPD, Course.APPROVED, Story.SILENT, "norsk", "datteren hjelper"),
    ("Torbjørn", "Nordli", M, 1941, SOR_ODAL, HEART, Course.APPROVED, Story.WEIGHT_YELLOW, "norsk", ""),
    ("Astrid", "Opsahl", F, 1939, KONGSVINGER, MIXED, Course.REVISING, Story.NONE, "norsk", ""),
    ("Jon", "Eira", M, 1948, GRUE, HEART, Course.QUERIED, Story.NONE, "nordsamisk", ""),
    ("Abdi", "Warsame", M, 1958, KONGSVINGER, DIABETES, Course.APPROVED, Story.GLUCOSE_LOW, "somali", "trenger tolk"),
    ("Knut", "Rønning", M, 1951, GRUE, COPD, Course.APPROVED, Story.WRONG_CLOCK, "norsk", ""),
    ("Lena", "Fossum", F, 1953, EIDSKOG, COPD, Course.PAUSED, Story.NONE, "norsk", ""),
    ("Einar", "Grinder", M, 1940, KONGSVINGER, MIXED, Course.ENDED, Story.NONE, "norsk", ""),
    ("Marit", "Vinger", F, 1953, STAVANGER, DIABETES, Course.NO_PLAN, Story.WAITING, "norsk", ""),
    ("Arvid", "Tveit", M, 1950, STAVANGER, HEART, Course.APPROVED, Story.NOT_TODAY, "norsk", ""),
    ("Sivakumar", "Nadarajah", M, 1959, STAVANGER, DIABETES, Course.PROPOSED, Story.NONE, "tamil", "trenger tolk"),
    ("Oksana", "Melnyk", F, 1961, SOR_ODAL, MIXED, Course.REVISING, Story.NONE, "ukrainsk", "trenger tolk"),
    ("Nils-Ánte", "Gaup", M, 1949, EIDSKOG, HEART, Course.REVISED, Story.NONE, "nordsamisk", ""),
    ("Karen", "Bråten", F, 1937, KONGSVINGER, MIXED, Course.REVISING, Story.NONE, "norsk", "bor alene"),
)  # fmt: skip
_WOMEN: Final = (
    "Anna", "Berit", "Bodil", "Dagny", "Ellen", "Else", "Eva", "Gunvor", "Gudrun", "Hjørdis", "Inger", "Jorunn",
    "Kirsten", "Klara", "Laila", "Magnhild", "Margit", "Randi", "Reidun", "Sigrid", "Signe", "Sissel", "Synnøve",
    "Tordis", "Unni", "Valborg", "Vigdis", "Wenche", "Ragnhild", "Aud",
)  # fmt: skip
_MEN: Final = (
    "Alf", "Arne", "Asbjørn", "Birger", "Egil", "Erling", "Finn", "Frode", "Gunnar", "Harald", "Helge", "Håkon",
    "Ivar", "Jostein", "Kjell", "Kåre", "Leif", "Magne", "Odd", "Olaf", "Oskar", "Ragnar", "Roar", "Sigurd",
    "Steinar", "Sverre", "Tor", "Trond", "Øivind", "Åge",
)  # fmt: skip
_FAMILIES: Final = (
    "Austad", "Berget", "Bjerke", "Bredesen", "Dalbakk", "Ekornhol", "Elverum", "Fjeld", "Furuseth", "Galterud",
    "Gjermshus", "Granli", "Haglund", "Hammerstad", "Holtet", "Hovland", "Juliussen", "Kjensmo", "Kolstad",
    "Langeland", "Løvåsen", "Masterud", "Midtskog", "Myhrer", "Nordby", "Nygård", "Overn", "Pramhus", "Rasta",
    "Rismoen", "Sagen", "Sandberg", "Skaslien", "Skyrud", "Solbakken", "Stenersen", "Storberget", "Sundby",
    "Tangen", "Torp", "Ulvebråten", "Velten", "Vestby", "Wold", "Øiseth", "Åbogen",
)  # fmt: skip
_TOWNS: Final = (KONGSVINGER, SOR_ODAL, STAVANGER, GRUE, KONGSVINGER, EIDSKOG, SOR_ODAL, KONGSVINGER, EIDSKOG, GRUE)
_CONDITIONS: Final = (COPD, HEART, DIABETES, COPD, MIXED, HEART, DIABETES)
_COURSES: Final = (
    *(Course.APPROVED, Course.APPROVED, Course.REVISED, Course.APPROVED, Course.NEW, Course.APPROVED, Course.PAUSED),
    *(Course.APPROVED, Course.APPROVED, Course.APPROVED, Course.REVISED, Course.APPROVED, Course.ENDED),
)


def cast_of(count: int, *, seed: int) -> list[Character]:
    """The first `count` patients. A larger cast begins with the same people as a smaller one."""
    people = [_lead(seed, number) for number in range(min(count, len(_LEADS)))]
    names = {(person.given, person.family) for person in people}
    for number in range(len(people), count):
        person = _extra(seed, number, names)
        names.add((person.given, person.family))
        people.append(person)
    return people


def _lead(seed: int, number: int) -> Character:
    given, family, sex, year, town, condition, course, story, language, communication = _LEADS[number]
    born = _birthday(rng_for(seed, "birth", number), year)
    return Character(number, given, family, sex, born, town, condition, course, story, language, communication)


def _extra(seed: int, number: int, taken: set[tuple[str, str]]) -> Character:
    """A patient without a story. Names are drawn until the pair is new."""
    rng = rng_for(seed, "cast", number)
    sex = rng.choice([F, M])
    pairs = iter(lambda: (rng.choice(_WOMEN if sex == F else _MEN), rng.choice(_FAMILIES)), None)
    given, family = next(pair for pair in pairs if pair not in taken)
    return Character(
        number,
        given,
        family,
        sex,
        _birthday(rng, rng.randint(1936, 1966)),
        _TOWNS[number % len(_TOWNS)],
        _CONDITIONS[number % len(_CONDITIONS)],
        _COURSES[number % len(_COURSES)],
        Story.NONE,
    )


def _birthday(rng: Random, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=rng.randrange(365))

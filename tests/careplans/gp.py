"""The doctor's page in tests: a proposal that has been sent, where it stands, and what it says."""

from decimal import Decimal

from django.test import Client
from django.urls import reverse

from careplans.enums import MeasureKind, Zone
from careplans.models import Measure, PlanVersion
from tests.factories.accounts import let_in
from tests.factories.careplans import add_schedule, make_draft, propose

LIMITS = [
    {"kind": "BAND", "quantity": "spo2", "red_low": Decimal(85), "yellow_low": Decimal(87)},
    {"kind": "BAND", "quantity": "weight", "yellow_low": Decimal(40), "yellow_high": Decimal(120)},
    {"kind": "CHANGE", "quantity": "weight", "yellow_high": Decimal("1.5"), "red_high": Decimal(2), "window_hours": 72},
    {"kind": "NEWS2", "window_hours": 24, "scale": 2},
]


def sent_proposal(world) -> PlanVersion:
    """Per's version 2 with other limits and a new medical measure, sent to GP Dahl."""
    draft = make_draft(world.per, world.kari, limits=LIMITS)
    add_schedule(draft)
    Measure.objects.create(
        version=draft,
        municipality_id=draft.municipality_id,
        zone=Zone.YELLOW,
        kind=MeasureKind.MEDICAL,
        position=8,
        text="Start prednisolon 20 mg i 5 dager",
        start_alone=False,
    )
    return propose(draft)


def url(version, name: str = "plan-decide") -> str:
    return reverse(name, args=[version.pk])


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


def plain(page) -> str:
    """The page's text with runs of white space as one space, and without tags that only mark."""
    text = page.text
    for tag in ("<mark>", "</mark>", "<del>", "</del>"):
        text = text.replace(tag, "")
    return " ".join(text.replace("\u00a0", " ").split())

"""A plan that says something everywhere, and each thing it says."""

from datetime import date, datetime, time
from decimal import Decimal

from accounts.models import User
from careplans.enums import GuidanceForm, MeasureCategory, MeasureKind, Zone
from careplans.models import Goal, Measure, PlanVersion, Responsibility, ZoneText
from patients.models import Patient
from tests.factories.careplans import add_schedule, approve, make_draft
from tests.factories.clock import NOW

GOALS = ["Gå til butikken uten å sette meg.", "Sove hele natten."]
SIGNS = {Zone.GREEN: "Puster som vanlig.", Zone.YELLOW: "Mer slim enn vanlig.", Zone.RED: "Tungpust i ro."}
CONTACT = {Zone.GREEN: "Ingen trengs.", Zone.YELLOW: "Ring tjenesten samme dag.", Zone.RED: "Ring 113 ved pustenød."}
MEDICAL = {Zone.YELLOW: ("To ekstra doser inhalasjon.", True), Zone.RED: ("Start kortisonkuren.", False)}
COLUMNS = {
    "habitual_state": "Hoster litt om morgenen.",
    "relatives_part": "Tone ringer hver kveld.",
    "outside_hours": "Følg fargen du er i.",
    "guidance_every_weeks": 4,
    "guidance_form": GuidanceForm.PHONE,
    "review_on": date(2027, 2, 18),
}
# As written, wherever the plan is read.
WRITTEN = [
    "Å kunne gå tur med hunden hver dag.",
    *GOALS,
    *SIGNS.values(),
    *CONTACT.values(),
    *[text for text, _ in MEDICAL.values()],
    "Bruk leppepust og hvil.",
    "høyst fire ganger",
    "hjemmesykepleien på Tangen",
    "Hoster litt om morgenen.",
    "Tone ringer hver kveld.",
    "Følg fargen du er i.",
    "Ser på målingene",
    "DHO på dagtid",
]
# The numbers of the limits; no other text of the plan has them.
LIMITS = [
    {"kind": "BAND", "quantity": "spo2", "red_low": Decimal(83), "yellow_low": Decimal(89)},
    {"kind": "BAND", "quantity": "pulse", "yellow_high": Decimal(107), "red_high": Decimal(127)},
]
LIMIT_NUMBERS = ["83", "89", "107", "127"]


def full_draft(patient: Patient, by: User, *, now: datetime = NOW) -> PlanVersion:
    """A draft with everything a plan can hold."""
    version = make_draft(patient, by, limits=LIMITS, now=now, **COLUMNS)
    own = {"version": version, "municipality_id": version.municipality_id}
    add_schedule(version, times=[time(8), time(20)])
    for place, text in enumerate(GOALS):
        Goal.objects.create(**own, position=place, text=text)
    ZoneText.objects.filter(version=version).delete()
    for zone in Zone:
        ZoneText.objects.create(**own, zone=zone, signs=SIGNS[zone], contact=CONTACT[zone])
    for zone, (text, alone) in MEDICAL.items():
        Measure.objects.create(
            **own,
            zone=zone,
            kind=MeasureKind.MEDICAL,
            category=MeasureCategory.MEDICATION,
            position=50,
            text=text,
            frequency="høyst fire ganger",
            responsible="hjemmesykepleien på Tangen",
            start_alone=alone,
        )
    Responsibility.objects.create(**own, position=0, task="Ser på målingene", who="DHO på dagtid")
    return version


def full_plan(patient: Patient, by: User, gp: User, *, now: datetime = NOW) -> PlanVersion:
    """The same, approved."""
    return approve(full_draft(patient, by, now=now), gp, now=now)

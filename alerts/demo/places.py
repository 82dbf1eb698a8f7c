"""The services, practices and agreements of the demo."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from alerts.demo.seeded import rng_for, uuid_at
from dho.lib.numbers import OSLO
from organisations.enums import PartnerKind, ServiceKind, Shared, Task
from organisations.models import Agreement, FollowUpService, GpPractice, Partner
from organisations.opening_hours import OpeningHours

KONGSVINGER: Final = 340100
SOR_ODAL: Final = 341500
EIDSKOG: Final = 341600
GRUE: Final = 341700
STAVANGER: Final = 110300
JOINT_TOWNS: Final = (KONGSVINGER, GRUE, EIDSKOG, SOR_ODAL)
TOWNS: Final = (*JOINT_TOWNS, STAVANGER)
JOINT_NAME: Final = "DHO Solør–Odal"
_SINCE: Final = date(2024, 1, 1)
_OPENED: Final = datetime(2024, 1, 1, 8, tzinfo=OSLO)

# Practice, where it is, and the municipalities that have connected it.
_PRACTICES: Final = (
    ("kongsvinger", "Kongsvinger legesenter", KONGSVINGER, (KONGSVINGER, GRUE)),
    ("skotterud", "Skotterud legekontor", EIDSKOG, (EIDSKOG,)),
    ("skarnes", "Skarnes legesenter", SOR_ODAL, (SOR_ODAL, KONGSVINGER)),
    ("storhaug", "Storhaug legesenter", STAVANGER, (STAVANGER,)),
)


@dataclass(frozen=True)
class Places:
    """The organisations of the demo; practices by their short name."""

    joint: FollowUpService
    own: FollowUpService
    # Who reads along without holding the course: home nursing in Grue, and a hospital department.
    home: FollowUpService
    hospital: FollowUpService
    # Measures for those who live there.
    group_home: FollowUpService
    depot: Partner
    practices: dict[str, GpPractice]

    @property
    def services(self) -> dict[str, FollowUpService]:
        """All services by their short name."""
        return {
            "joint": self.joint,
            "own": self.own,
            "home": self.home,
            "hospital": self.hospital,
            "group_home": self.group_home,
        }

    def service_of(self, town: int) -> FollowUpService:
        """Who follows up the patients of the municipality."""
        return self.own if town == STAVANGER else self.joint


def make_places(seed: int, *, today: date) -> Places:
    """The two services that hold courses, those that read along, the practices of the GPs, and all agreements."""
    rng = rng_for(seed, "places")
    joint = FollowUpService.objects.create(
        id=uuid_at(rng, _OPENED),
        name=JOINT_NAME,
        kind=ServiceKind.JOINT_CENTRE,
        owner_id=KONGSVINGER,
        phone="62 00 00 10",
        hours=_hours(today, until=time(15, 30)).to_json(),
    )
    own = FollowUpService.objects.create(
        id=uuid_at(rng, _OPENED),
        name="Digital oppfølging Stavanger",
        kind=ServiceKind.OWN_UNIT,
        owner_id=STAVANGER,
        phone="51 00 00 10",
        hours=_hours(today, until=time(15)).to_json(),
        deadline_yellow=timedelta(hours=6),
    )
    for town in JOINT_TOWNS:
        Agreement.objects.create(
            id=uuid_at(rng, _OPENED), service=joint, party_id=town, controller_id=town, valid_from=_SINCE
        )
    home, hospital = _home(seed, today), _hospital(seed, today)
    practices = {key: _practice(seed, key, name, town, connected) for key, name, town, connected in _PRACTICES}
    return Places(joint, own, home, hospital, _group_home(seed, today), _depot(seed), practices)


def _home(seed: int, today: date) -> FollowUpService:
    return FollowUpService.objects.create(
        id=uuid_at(rng_for(seed, "home"), _OPENED),
        name="Hjemmesykepleien i Grue",
        kind=ServiceKind.HOME_NURSING,
        owner_id=GRUE,
        phone="62 00 00 20",
        hours=_hours(today, until=time(15)).to_json(),
    )


def _group_home(seed: int, today: date) -> FollowUpService:
    return FollowUpService.objects.create(
        id=uuid_at(rng_for(seed, "group home"), _OPENED),
        name="Solsiden bofellesskap",
        kind=ServiceKind.GROUP_HOME,
        owner_id=KONGSVINGER,
        phone="62 00 00 40",
        hours=_hours(today, until=time(15)).to_json(),
    )


def _hospital(seed: int, today: date) -> FollowUpService:
    """Reads along for two municipalities; the second agreement ends with the year, so the matrix has a future."""
    rng = rng_for(seed, "hospital")
    hospital = FollowUpService.objects.create(
        id=uuid_at(rng, _OPENED),
        name="Lungeavdelingen, Kongsvinger sykehus",
        kind=ServiceKind.HOSPITAL_COOPERATION,
        trust_id="ahus",
        phone="62 00 00 30",
        hours=_hours(today, until=time(15)).to_json(),
    )
    for town, until in ((KONGSVINGER, None), (GRUE, date(today.year, 12, 31))):
        Agreement.objects.create(
            id=uuid_at(rng, _OPENED),
            service=hospital,
            party_id=town,
            controller_id=town,
            shares=[Shared.READINGS, Shared.PLAN],
            tasks=[Task.GP_DIALOGUE],
            reference="Delavtale 8, digital hjemmeoppfølging",
            valid_from=_SINCE,
            valid_until=until,
        )
    return hospital


def _depot(seed: int) -> Partner:
    rng = rng_for(seed, "depot")
    depot = Partner.objects.create(
        id=uuid_at(rng, _OPENED), name="Utstyrslageret Solør–Odal", kind=PartnerKind.LOGISTICS
    )
    Agreement.objects.create(
        id=uuid_at(rng, _OPENED),
        partner=depot,
        party_id=KONGSVINGER,
        controller_id=KONGSVINGER,
        shares=[Shared.EQUIPMENT],
        tasks=[Task.EQUIPMENT],
        valid_from=_SINCE,
    )
    return depot


def _practice(seed: int, key: str, name: str, town: int, connected: tuple[int, ...]) -> GpPractice:
    rng = rng_for(seed, "practice", key)
    practice = GpPractice.objects.create(id=uuid_at(rng, _OPENED), name=name, located_in_id=town)
    for party in connected:
        Agreement.objects.create(
            id=uuid_at(rng, _OPENED), practice=practice, party_id=party, controller_id=party, valid_from=_SINCE
        )
    return practice


def _hours(today: date, *, until: time) -> OpeningHours:
    """Weekdays from 08.00; closed on Christmas Eve, short on New Year's Eve, this year and the neighbours."""
    years = range(today.year - 1, today.year + 2)
    return OpeningHours(
        {day: ((time(8), until),) for day in range(5)},
        closures=frozenset(date(year, 12, 24) for year in years),
        half_days={date(year, 12, 31): time(12) for year in years},
    )

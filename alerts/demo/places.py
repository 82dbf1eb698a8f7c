"""The services, practices and agreements of the demo."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from alerts.demo.seeded import rng_for, uuid_at
from dho.lib.numbers import OSLO
from organisations.enums import ServiceKind
from organisations.models import Agreement, FollowUpService, GpPractice
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
    practices: dict[str, GpPractice]

    def service_of(self, town: int) -> FollowUpService:
        """Who follows up the patients of the municipality."""
        return self.own if town == STAVANGER else self.joint


def make_places(seed: int, *, today: date) -> Places:
    """Two services, the agreements of the joint one, and the practices of the patients' GPs."""
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
    return Places(
        joint, own, {key: _practice(seed, key, name, town, connected) for key, name, town, connected in _PRACTICES}
    )


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

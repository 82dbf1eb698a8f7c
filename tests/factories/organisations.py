"""Services and agreements, dull on purpose."""

from datetime import date, time

from organisations.enums import ServiceKind
from organisations.models import Agreement, FollowUpService, Municipality
from organisations.opening_hours import OpeningHours

WEEKDAYS_8_TO_1530 = OpeningHours({day: ((time(8), time(15, 30)),) for day in range(5)})
ALWAYS = date(2020, 1, 1)


def make_service(name: str, *, owner: int, kind: ServiceKind = ServiceKind.OWN_UNIT, **fields) -> FollowUpService:
    """A service of the municipality, open weekdays 08.00–15.30."""
    fields.setdefault("hours", WEEKDAYS_8_TO_1530.to_json())
    fields.setdefault("phone", "62 80 00 00")
    return FollowUpService.objects.create(name=name, kind=kind, owner_id=owner, **fields)


def make_agreement(service: FollowUpService | None, party: int, **fields) -> Agreement:
    """The municipality lets the service (or a `practice` or `partner`) in, from long ago until further notice."""
    fields.setdefault("valid_from", ALWAYS)
    fields.setdefault("controller", Municipality.objects.get(pk=party))
    return Agreement.objects.create(service=service, party_id=party, **fields)

"""A municipality's agreements, those its own services have with others, and what has happened to one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import ChangeEntry
from dho.lib.numbers import date_nb
from dho.lib.texts import LazyText
from organisations.enums import Shared, Task
from organisations.models import Agreement


def agreements_of(municipality_id: int) -> QuerySet[Agreement]:
    """What the municipality is party to, and where a service it owns is let in by others."""
    concerned = Q(party_id=municipality_id) | Q(service__owner_id=municipality_id)
    found = Agreement.objects.filter(concerned).select_related("party", "controller", "service", "practice", "partner")
    return found.order_by("service__name", "practice__name", "partner__name", "party__name", "valid_from")


@dataclass(frozen=True)
class Change:
    """One change of an agreement in words: who (a user's id, or empty), when, and each field before and after."""

    at: datetime
    actor_id: str
    made: bool
    fields: list[tuple[str, str, str]]


def history_of(agreement: Agreement) -> list[Change]:
    """Everything that has happened to the agreement, newest first, as far as the reader's municipality may see it."""
    entries = ChangeEntry.objects.filter(table_name="organisations_agreement", row_id=str(agreement.pk))
    return [
        Change(entry.at, entry.actor, entry.before is None, _differences(entry.before or {}, entry.after or {}))
        for entry in entries.order_by("-at", "-pk")
    ]


def _differences(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (str(label), in_words(before[field]) if field in before else "", in_words(after.get(field)))
        for field, (label, in_words) in _FIELDS.items()
        if before.get(field, ...) != after.get(field)
    ]


def _day(value: str | None) -> str:
    return date_nb(date.fromisoformat(value)) if value else gettext("ikke satt")


def _labels(choices: type[Shared] | type[Task]) -> Any:
    return lambda values: ", ".join(str(choices(value).label) for value in values) or gettext("ingen")


_FIELDS: Final[dict[str, tuple[LazyText, Any]]] = {
    "valid_from": (_("Første dag"), _day),
    "valid_until": (_("Siste dag"), _day),
    "shares": (_("Deler"), _labels(Shared)),
    "tasks": (_("Oppgaver"), _labels(Task)),
    "reference": (_("Referanse"), lambda value: value or gettext("ikke satt")),
}

"""Who can reach a municipality's patients and why: the doors' own functions, asked for everybody at once.

Nothing here decides anything. `work_reaching` is the statement behind every actor, `Actor.reaches` and
`visible_patients` are what the pages ask; so the matrix cannot say something else than the doors do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from django.db.models import Count, QuerySet, Value
from django.db.models.fields import UUIDField
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Membership
from accounts.roles import Permission
from organisations.enums import Shared
from organisations.models import Agreement
from patients.access import visible_patients
from patients.models import Patient

# What a role can see of a patient, the most first.
SEES: Final = {
    Permission.SEE_PATIENT: _("Målinger og plan"),
    Permission.SEE_PLAN: _("Bare planen"),
    Permission.SEE_DELIVERY: _("Utstyr og leveringsadresse"),
}
# So many memberships are counted in one statement.
_AT_ONCE: Final = 50


@dataclass(frozen=True)
class Row:
    """One membership that reaches the municipality."""

    actor: Actor
    membership: Membership
    # None: the service, or the person's employer, is the municipality itself.
    agreement: Agreement | None
    shared: tuple[Shared, ...]
    permission: Permission | None
    patients: int

    @property
    def reason(self) -> str:
        """Why the membership reaches the municipality at all."""
        if self.agreement:
            return gettext("Avtale")
        return gettext("Kommunen eier tjenesten") if self.actor.service_id else gettext("Arbeider i kommunen")

    @property
    def sees(self) -> str:
        """What the role sees of a patient here."""
        return str(SEES[self.permission]) if self.permission else gettext("Ingen pasienter")

    @property
    def relation(self) -> str:
        """The care relation that the role needs besides, as `patients.access.related_to` asks for it."""
        by = self.actor
        if self.permission is None:
            return gettext("Ingen: rollen ser ikke pasienter")
        if by.partner_id:
            return gettext("Pasienten har utstyr, eller skal levere det tilbake")
        if by.service_id:
            return gettext("Tjenesten har forløpet, eller pasienten er delt med den")
        return {
            Role.GP: gettext("Er pasientens fastlege"),
            Role.GP_OFFICE_NURSE: gettext("En lege på kontoret er pasientens fastlege"),
        }.get(by.role, gettext("Alle kommunens pasienter"))


def moment_of(day: date, *, now: datetime) -> datetime:
    """Now if the day is today, else that day's beginning: how it will be if nothing changes before."""
    return now if day == timezone.localdate(now) else timezone.make_aware(datetime.combine(day, time()))


def rows_of(work: Sequence[Actor], municipality_id: int, *, at: datetime) -> list[Row]:
    """The work as rows, with the number of patients each reaches: three queries, and one more per fifty rows."""
    memberships = Membership.objects.in_bulk([by.membership_id for by in work])
    agreed = _agreements_by_organisation(municipality_id, on=timezone.localdate(at))
    counts = count_patients(work, municipality_id, at=at)
    return [
        Row(
            actor=by,
            membership=memberships[by.membership_id],
            agreement=None if municipality_id == _own(by) else agreed.get(organisation_of(by)),
            shared=tuple(each for each in Shared if each in by.reach[municipality_id]),
            permission=permission_in(by, municipality_id),
            patients=counts.get(by.membership_id, 0),
        )
        for by in work
    ]


def permission_in(by: Actor, municipality_id: int) -> Permission | None:
    """The most that the role may see of a patient of the municipality."""
    return next((each for each in SEES if municipality_id in by.reaches(each)), None)


def organisation_of(by: Actor) -> UUID | None:
    """The service, practice or partner that the person works in."""
    return by.service_id or by.practice_id or by.partner_id


def count_patients(work: Sequence[Actor], municipality_id: int, *, at: datetime) -> dict[UUID, int]:
    """How many of the municipality's patients each membership sees. One statement for fifty memberships."""
    found: dict[UUID, int] = {}
    seeing = [by for by in work if permission_in(by, municipality_id)]
    for first in range(0, len(seeing), _AT_ONCE):
        each = [_visible(by, municipality_id, at=at) for by in seeing[first : first + _AT_ONCE]]
        counted = [
            patients.annotate(of=Value(key, output_field=UUIDField())).values("of").annotate(number=Count("pk"))
            for key, patients in each
        ]
        rows = counted[0].union(*counted[1:], all=True)
        found |= {row["of"]: row["number"] for row in rows}
    return found


def _visible(by: Actor, municipality_id: int, *, at: datetime) -> tuple[UUID, QuerySet[Patient]]:
    permission = permission_in(by, municipality_id)
    assert permission is not None  # noqa: S101 - asked before
    patients = visible_patients(by, now=at, permission=permission).filter(municipality_id=municipality_id)
    return by.membership_id, patients


def _own(by: Actor) -> int | None:
    """The municipality that needs no agreement with the person's organisation; a practice always needs one."""
    return by.employer_id if by.practice_id is None else None


def _agreements_by_organisation(municipality_id: int, *, on: date) -> dict[UUID | None, Agreement]:
    found = Agreement.objects.in_force(on).filter(party_id=municipality_id)
    return {each.service_id or each.practice_id or each.partner_id: each for each in found}

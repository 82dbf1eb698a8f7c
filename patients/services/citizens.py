"""Who is known outside the staff, asked of every municipality at once.

A person may be a patient in one municipality and relative of a patient in another, and signing in names neither. So
these two look-ups, and no others, admit every municipality, for the one statement; each finds only rows that carry the
blind index of the very person who has just proved who she is.
"""

from datetime import datetime

from accounts.models import User
from audit.enums import Basis
from dho.lib import rls
from organisations.models import Municipality
from patients.citizens import Citizen
from patients.queries.citizens import authorities_of, citizens_for, own_records


def known_as(*, national_id_index: str, now: datetime) -> tuple[str, str] | None:
    """Given and family name of the patient, or of the relative with an authority in force; None for anybody else."""
    with rls.acting_for(_everywhere(), purpose=Basis.OWN):
        own = own_records(national_id_index, now=now).first()
        if own:
            return own.given_name, own.family_name
        held = authorities_of(national_id_index, now=now).first()
    if held is None:
        return None
    given, _, family = held.name.rpartition(" ")
    return given, family


def choices_of(*, user: User, now: datetime) -> list[Citizen]:
    """Everyone whom the signed-in person may act for: the own records first."""
    with rls.acting_for(_everywhere(), actor=str(user.pk), purpose=Basis.OWN):
        return citizens_for(user, now=now)


def _everywhere() -> list[int]:
    return list(Municipality.objects.values_list("pk", flat=True))

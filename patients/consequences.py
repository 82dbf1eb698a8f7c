"""What changes when an agreement is saved, in words and numbers: tried out in the database and rolled back.

The doors' own functions are asked before and after, on every day when something can change. So the promise on the
screen is what will happen, and what the database refuses is refused before anybody says yes.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.queries import work_reaching
from accounts.roles import Permission
from dho.lib.numbers import long_date_nb
from dho.lib.texts import LazyText
from organisations.enums import Shared
from organisations.models import Agreement
from patients.access import visible_patients
from patients.access_matrix import moment_of, organisation_of, permission_in
from patients.models import Patient

_ANY: Final = "ANY"
# What the organisation may see by an agreement, by what it shares, and how that is said.
_SAID: Final[dict[str, tuple[Permission, LazyText]]] = {
    Shared.READINGS: (Permission.SEE_PATIENT, _("se målinger og varsler for")),
    Shared.PLAN: (Permission.SEE_PLAN, _("se egenbehandlingsplanen til")),
    Shared.EQUIPMENT: (Permission.MANAGE_DEVICES, _("styre utstyret til")),
}
# People and patients, for everything together and for each thing shared.
Reach = dict[str, tuple[int, int]]


def what_changes(*, old: Agreement | None, new: Agreement, save: Callable[[], object], now: datetime) -> list[str]:
    """Who gets or loses access from which day, a sentence each. Nothing is stored. Raises what `save` raises."""
    days = _days(old, new, timezone.localdate(now))
    with transaction.atomic():
        before = [_reach(new, on=day, now=now) for day in days]
        save()
        after = [_reach(new, on=day, now=now) for day in days]
        transaction.set_rollback(True)
    found: list[str] = []
    said: list[tuple[str, bool]] = []
    for day, was, will in zip(days, before, after, strict=True):
        differing = _differing(was, will)
        if differing != said:
            found += [_sentence(new, day, key, gained, was, will, now) for key, gained in differing]
        said = differing
    return found or [_nothing(old, new, days)]


def _days(old: Agreement | None, new: Agreement, today: date) -> list[date]:
    """Today, and the days to come when either of them begins or has ended."""
    ends = [each.valid_until + timedelta(days=1) for each in (old, new) if each and each.valid_until]
    return sorted({today, *(day for day in (*ends, *(each.valid_from for each in (old, new) if each)) if day > today)})


def _reach(agreement: Agreement, *, on: date, now: datetime) -> Reach:
    organisation: UUID | None = agreement.service_id or agreement.practice_id or agreement.partner_id
    work = [by for by in work_reaching(agreement.party_id, on=on) if organisation_of(by) == organisation]
    at, party = moment_of(on, now=now), agreement.party_id
    reach = {_ANY: _counted([(by, seen) for by in work if (seen := permission_in(by, party))], party, at)}
    for shared, (permission, _said) in _SAID.items():
        holding = [(by, permission) for by in work if party in by.reaches(permission)]
        reach[shared] = _counted(holding, party, at)
    return reach


def _counted(work: list[tuple[Actor, Permission]], municipality_id: int, at: datetime) -> tuple[int, int]:
    """How many people, and how many patients they see between them."""
    if not work:
        return 0, 0
    own = Patient.objects.filter(municipality_id=municipality_id)
    seen = [
        own.filter(pk__in=visible_patients(by, now=at, permission=what).values("pk")).values("pk") for by, what in work
    ]
    return len({by.user.pk for by, _ in work}), seen[0].union(*seen[1:]).count()


def _differing(was: Reach, will: Reach) -> list[tuple[str, bool]]:
    """What is gained (True) or lost: everything at once, or single things shared."""
    changed = [(key, not was[key][0]) for key in was if bool(was[key][0]) != bool(will[key][0])]
    return changed[:1] if changed and changed[0][0] == _ANY else changed


def _sentence(new: Agreement, day: date, key: str, gained: bool, was: Reach, will: Reach, now: datetime) -> str:
    people, patients = (will if gained else was)[key]
    when = gettext("i dag") if day == timezone.localdate(now) else long_date_nb(day)
    who = ngettext("%(count)d person i %(place)s", "%(count)d personer i %(place)s", people)
    whom = ngettext("%(count)d pasient i %(place)s", "%(count)d pasienter i %(place)s", patients)
    if not patients:
        whom = gettext("pasienter i %(place)s. Nå gjelder det ingen")
    said = gettext("Fra %(when)s kan %(who)s %(see)s %(whom)s.")
    if not gained:
        said = gettext("Fra %(when)s kan %(who)s ikke lenger %(see)s %(whom)s.")
    return said % {
        "when": when,
        "who": who % {"count": people, "place": new.organisation.name},
        "see": gettext("se") if key == _ANY else _SAID[key][1],
        "whom": whom % {"count": patients, "place": new.party.name},
    }


def _nothing(old: Agreement | None, new: Agreement, days: list[date]) -> str:
    if all((old.shared_on(day) if old else frozenset()) == new.shared_on(day) for day in days):
        return gettext("Ingen får eller mister tilgang når du lagrer.")
    name = new.organisation.name
    return gettext(
        "Ingen får eller mister tilgang når du lagrer: ingen i %(name)s har en rolle som avtalen gjelder for."
    ) % {"name": name}

"""People and their roles: registered, given and ended, never by the person alone (C2)."""

from datetime import date, datetime, timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import ORGANISATIONS, SUPPORT_AT_MOST, Membership, User
from accounts.queries import Workplace, memberships_managed_by, workplaces_of
from accounts.roles import MAY_GIVE, Permission
from accounts.services.identity import AccountRefused, give_national_id
from dho.lib.numbers import date_nb
from organisations.models import NOT_WITHDRAWN, last_day_at_once

_ROLE: Final = "role"


@transaction.atomic
def register_person(
    *,
    username: str,
    given_name: str,
    family_name: str,
    email: str,
    hpr_number: str,
    national_id: str = "",
    by: Actor,
    now: datetime,
) -> User:
    """A person who can sign in some other way than by a password; without a role there is nothing to see.

    Raises AccountRefused where the user name or the HPR number is taken: the person is to be found, not made twice; and
    for a national id that cannot be, or is another's.
    """
    _require_manager(by)
    if User.objects.filter(username__iexact=username).exists():
        raise AccountRefused(
            "username", gettext("Brukernavn: det er i bruk. Finn personen, eller velg et annet brukernavn.")
        )
    if hpr_number and User.objects.filter(hpr_number=hpr_number).exists():
        raise AccountRefused(
            "hpr_number", gettext("HPR-nummer: personen er registrert. Finn personen med HPR-nummeret.")
        )
    user = User(
        username=username, first_name=given_name, last_name=family_name, email=email, hpr_number=hpr_number,
        date_joined=now,
    )  # fmt: skip
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        # Two administrators at once: what the other has just registered was not to be seen above.
        field = "hpr_number" if "hpr_number" in str(error) else "username"
        raise AccountRefused(field, gettext("Personen ble nettopp registrert av en annen. Finn personen.")) from error
    if national_id:
        give_national_id(user, national_id, by=by.user, now=now)
    return user


@transaction.atomic
def give_membership(
    *,
    user: User,
    role: Role,
    workplace: Workplace,
    valid_from: date,
    valid_until: date | None,
    by: Actor,
    now: datetime,
) -> Membership:
    """A role at an organisation that the giver manages. Raises PermissionDenied for others', else AccountRefused."""
    _require_manager(by)
    today = timezone.localdate(now)
    if workplace not in workplaces_of(by, on=today):
        raise PermissionDenied
    if user == by.user:
        raise AccountRefused(_ROLE, gettext("Rolle: du kan ikke gi deg selv en rolle. Be en annen administrator."))
    if role not in MAY_GIVE[by.role]:
        raise AccountRefused(_ROLE, gettext("Rolle: du kan ikke gi denne rollen. Be administratoren i kommunen."))
    if role not in workplace.roles:
        raise AccountRefused(
            _ROLE,
            gettext("Rolle: %(role)s passer ikke i %(workplace)s. Velg en annen rolle.")
            % {"role": role.label, "workplace": workplace.name},
        )
    _refuse_dates(role, valid_from, valid_until, today)
    # Two administrators at once: the second waits, and then sees what the first gave.
    User.objects.select_for_update().get(pk=user.pk)
    same = Membership.objects.filter(user=user, role=role, **workplace.column)
    _refuse_twice(same, role, workplace.name, valid_from, valid_until)
    if role == Role.SUPPORT and valid_until is not None:
        _refuse_standing_support(user, workplace.party, valid_from, valid_until)
    return Membership.objects.create(
        user=user, role=role, valid_from=valid_from, valid_until=valid_until, given_by=by.user, **workplace.column
    )


@transaction.atomic
def end_membership(*, membership: Membership, last_day: date, by: Actor, now: datetime) -> Membership:
    """The last day of a role, or `last_day_at_once`. A leaver's access ends with it, in open browsers too.

    Raises PermissionDenied where the actor does not manage it, AccountRefused for a day that cannot be.
    """
    _require_manager(by)
    today = timezone.localdate(now)
    found = memberships_managed_by(by, on=today).filter(pk=membership.pk).select_for_update(of=("self",)).first()
    if found is None or found.role not in MAY_GIVE[by.role]:
        raise PermissionDenied
    if found.user_id == by.user.pk:
        raise AccountRefused(
            "valid_until", gettext("Siste dag: du kan ikke avslutte din egen rolle. Be en annen administrator.")
        )
    at_once = last_day_at_once(found.valid_from, today)
    if found.valid_until and found.valid_until <= at_once:
        raise AccountRefused("valid_until", gettext("Siste dag: rollen er avsluttet allerede."))
    if last_day < at_once:
        raise AccountRefused(
            "valid_until", gettext("Siste dag: velg %(today)s eller en senere dag.") % {"today": date_nb(today)}
        )
    if found.role == Role.SUPPORT and found.valid_until and last_day > found.valid_until:
        raise AccountRefused("valid_until", gettext("Siste dag: støtte kan ikke forlenges. Gi en ny rolle i stedet."))
    same = Membership.objects.filter(
        user=found.user_id, role=found.role, party=found.party_id,
        **{f"{kind}_id": getattr(found, f"{kind}_id") for kind in ORGANISATIONS},
    )  # fmt: skip
    if not found.valid_until or last_day > found.valid_until:
        _refuse_twice(same.exclude(pk=found.pk), Role(found.role), found.organisation.name, found.valid_from, last_day)
    found.valid_until = last_day
    found.save(update_fields=["valid_until"])
    return found


def _require_manager(by: Actor) -> None:
    if not by.may(Permission.MANAGE_PEOPLE):
        raise PermissionDenied


def _refuse_dates(role: Role, valid_from: date, valid_until: date | None, today: date) -> None:
    if valid_from < today:
        raise AccountRefused("valid_from", gettext("Første dag: velg i dag eller en senere dag."))
    if valid_until is not None and valid_until < valid_from:
        raise AccountRefused("valid_until", gettext("Siste dag: velg samme dag som første dag eller en senere dag."))
    if role != Role.SUPPORT:
        return
    # a supplier's access is time-limited and approved, never standing, nor approved for long ahead.
    if valid_from > today + SUPPORT_AT_MOST:
        message = gettext("Første dag: leverandørstøtte kan gis for høyst sju dager fram. Velg senest %(latest)s.")
        raise AccountRefused("valid_from", message % {"latest": date_nb(today + SUPPORT_AT_MOST)})
    if valid_until is None or valid_until > valid_from + SUPPORT_AT_MOST:
        latest = date_nb(valid_from + SUPPORT_AT_MOST)
        raise AccountRefused(
            "valid_until",
            gettext("Siste dag: leverandørstøtte varer høyst sju dager. Velg senest %(latest)s.") % {"latest": latest},
        )


def _refuse_twice(
    same: QuerySet[Membership], role: Role, workplace: str, valid_from: date, valid_until: date | None
) -> None:
    later = same.filter(NOT_WITHDRAWN).exclude(valid_until__lt=valid_from)
    if (later.filter(valid_from__lte=valid_until) if valid_until else later).exists():
        raise AccountRefused(
            _ROLE,
            gettext("Rolle: personen er allerede %(role)s i %(workplace)s på samme tid.")
            % {"role": role.label, "workplace": workplace},
        )


def _refuse_standing_support(user: User, party: int | None, valid_from: date, valid_until: date) -> None:
    """One day without, at least: beside or next to another it would be standing access in pieces."""
    near = Membership.objects.filter(NOT_WITHDRAWN, user=user, role=Role.SUPPORT, party=party)
    day = timedelta(days=1)
    if near.filter(valid_from__lte=valid_until + day, valid_until__gte=valid_from - day).exists():
        raise AccountRefused(
            "valid_from",
            gettext(
                "Første dag: personen har leverandørstøtte rett før, samtidig eller rett etter. "
                "La det gå minst én dag mellom."
            ),
        )

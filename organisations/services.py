"""Organisations registered and changed, and agreements made, changed and ended; access follows by itself (R-156)."""

from datetime import date, datetime
from typing import Final, Protocol

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dho.lib.numbers import date_nb
from organisations.enums import Shared
from organisations.models import Agreement, Organisation, last_day_at_once


class Administrator(Protocol):
    """What an agreement needs to know of who acts; `accounts.actor.Actor` is one, and lies above this app."""

    @property
    def employer_id(self) -> int | None: ...


class AgreementRefused(ValueError):
    """The agreement cannot be so. `field` is the one to mend, and the message says how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class OrganisationRefused(ValueError):
    """The organisation cannot be so. `field` is the one to mend, and the message says how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


# What the database holds to be once only, and what to do about it.
_TWICE: Final = {
    "service_name_once": ("name", _("Navn: kommunen har allerede en tjeneste med dette navnet. Velg et annet navn.")),
    "practice_name_once": ("name", _("Navn: kommunen har allerede et legekontor med dette navnet.")),
    "partner_name_once": ("name", _("Navn: partneren er registrert. Du kan lage en avtale med den.")),
    "organisation_number_once": (
        "organisation_number",
        _("Organisasjonsnummer: en annen organisasjon er registrert med dette nummeret. Se over tallene."),
    ),
    "her_id_once": ("her_id", _("HER-id: et annet legekontor er registrert med denne. Se over tallene.")),
}


@transaction.atomic
def save_organisation(*, organisation: Organisation, by: Administrator) -> Organisation:
    """Store a new or changed organisation of the actor's own municipality, which the change log names with the time.

    Raises PermissionDenied for another's, OrganisationRefused for a closed one and for what exists already.
    """
    stored = type(organisation).objects.select_for_update().filter(pk=organisation.pk).first()
    if any(each.keeper_id is None or each.keeper_id != by.employer_id for each in (organisation, stored) if each):
        raise PermissionDenied
    if stored and stored.closed_on:
        raise OrganisationRefused("", str(_("Organisasjonen er stengt og kan ikke endres. Registrer en ny.")))
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError as error:
        found = next((told for name, told in _TWICE.items() if name in str(error)), None)
        if found is None:
            raise
        raise OrganisationRefused(found[0], str(found[1])) from error
    return organisation


@transaction.atomic
def save_agreement(*, agreement: Agreement, by: Administrator, now: datetime) -> Agreement:
    """Store a new or changed agreement of the actor's own municipality, which stays the controller (R-163, R-303).

    Raises PermissionDenied for another municipality's, AgreementRefused for what cannot be.
    """
    stored = Agreement.objects.select_for_update().filter(pk=agreement.pk).first()
    if any(each.party_id != by.employer_id for each in (agreement, stored) if each):
        raise PermissionDenied
    agreement.controller_id = agreement.party_id
    _refuse_impossible(agreement, stored, timezone.localdate(now))
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as error:
        # Only the overlap is left to the database: two administrators can save at the same time.
        if "one_at_a_time" not in str(error):
            raise
        message = gettext("Første dag: kommunen har allerede en avtale med denne organisasjonen på samme tid.")
        raise AgreementRefused("valid_from", message) from error
    return agreement


def _refuse_impossible(new: Agreement, old: Agreement | None, today: date) -> None:
    if old and old.valid_until and old.valid_until < max(today, old.valid_from):
        raise AgreementRefused("", gettext("Avtalen er avsluttet og kan ikke endres. Lag en ny avtale."))
    if old is None and new.organisation.closed_on:
        raise AgreementRefused("organisation", str(_("Organisasjon: den er stengt. Velg en annen.")))
    _refuse_dates(new, old, today)
    if not new.shares:
        raise AgreementRefused("shares", gettext("Deler: velg minst én ting som avtalen deler."))
    if new.partner_id and set(new.shares) - {Shared.EQUIPMENT}:
        message = gettext(
            "Deler: en partner arbeider uten helseopplysninger. Du kan bare dele utstyr og leveringsadresse."
        )
        raise AgreementRefused("shares", message)


def _refuse_dates(new: Agreement, old: Agreement | None, today: date) -> None:
    """History is never rewritten: what was open stays open in it, and what was closed stays closed."""
    begun = old is not None and old.valid_from <= today
    if old and begun and new.valid_from != old.valid_from:
        message = gettext("Første dag: avtalen begynte %(valid_from)s, og det kan ikke endres.") % {
            "valid_from": date_nb(old.valid_from)
        }
        raise AgreementRefused("valid_from", message)
    if not begun and new.valid_from < today:
        raise AgreementRefused("valid_from", gettext("Første dag: velg i dag eller en senere dag."))
    withdrawn = old is not None and new.valid_until == last_day_at_once(new.valid_from, today)
    if new.valid_until is None or withdrawn:
        return
    if new.valid_until < new.valid_from:
        raise AgreementRefused("valid_until", gettext("Siste dag: velg samme dag som første dag eller en senere dag."))
    if new.valid_until < today:
        raise AgreementRefused("valid_until", gettext("Siste dag: velg i dag eller en senere dag."))

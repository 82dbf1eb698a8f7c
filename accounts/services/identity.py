"""Who one of the staff is to HelseID, and where the person lives: blind indexes, to be compared and never read."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from accounts.models import User
from accounts.queries import manages
from accounts.services.citizens import CITIZEN
from dho.lib import national_id as numbers
from dho.lib.addresses import indexes_of
from dho.lib.encryption import blind_index


class AccountRefused(ValueError):
    """It cannot be so. `field` is the one to mend, and the message says how."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def register_national_id(*, user: User, national_id: str, by: Actor, now: datetime) -> User:
    """HelseID knows the person by this number from now on. Only whoever manages all of the person's roles may say so.

    Raises PermissionDenied, and AccountRefused for a number that cannot be, or that is another's.
    """
    if not manages(by, user, on=timezone.localdate(now)):
        raise PermissionDenied
    found = User.objects.select_for_update().get(pk=user.pk)
    return give_national_id(found, national_id, by=by.user, now=now)


def give_national_id(user: User, national_id: str, *, by: User | None, now: datetime) -> User:
    """Keep the index of the number, and who registered it when: nobody where the operator did. Raises AccountRefused.

    Whether that may be is asked before: by `register_national_id`, by `register_person`, or by the operator.
    """
    index = blind_index(_checked(national_id))
    # Who came as a patient or relative first has an account of ID-porten's, which gives way: it was never more than the
    # number. The person signs in there as before, and is then this one.
    came_first = User.objects.filter(national_id_index=index, username__startswith=CITIZEN, memberships__isnull=True)
    came_first.exclude(pk=user.pk).update(national_id_index=None)
    user.national_id_index = index
    user.national_id_registered_at, user.national_id_registered_by = now, by
    try:
        with transaction.atomic():
            user.save(update_fields=["national_id_index", "national_id_registered_at", "national_id_registered_by"])
    except IntegrityError as error:
        # Whose it is stays unsaid: the one who asks need not know that the other works here.
        raise AccountRefused(
            "national_id", _("Fødselsnummer: nummeret kan ikke brukes her. Se over tallene.")
        ) from error
    return user


def _checked(text: str) -> str:
    """The number in its one written form. Outside production only synthetic people exist."""
    try:
        found = numbers.parse(text)
        numbers.check_allowed(found, settings.PRODUCTION)
    except numbers.InvalidNationalId as error:
        raise AccountRefused("national_id", _("Fødselsnummer: %(why)s") % {"why": str(error)}) from None
    return found.value


@transaction.atomic
def register_address(*, user: User, street: str, postal_code: str, by: Actor, now: datetime) -> User:
    """Where the person lives, as two indexes; empty takes it away. By the person, or whoever manages all of the roles.

    Raises PermissionDenied.
    """
    if user != by.user and not manages(by, user, on=timezone.localdate(now)):
        raise PermissionDenied
    found, indexes = User.objects.select_for_update().get(pk=user.pk), indexes_of(street, postal_code)
    found.address_index, found.neighbourhood_index = indexes.address, indexes.neighbourhood
    found.address_registered_at = now if indexes.neighbourhood else None
    found.save(update_fields=["address_index", "neighbourhood_index", "address_registered_at"])
    return found

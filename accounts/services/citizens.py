"""The person behind a patient or relative who signs in with ID-porten."""

from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction
from uuid_utils.compat import uuid7

from accounts.enums import Language
from accounts.models import User

# How the user name of such an account begins; nobody signs in by it.
CITIZEN: Final = "innbygger-"


@transaction.atomic
def user_of_citizen(*, national_id_index: str, names: tuple[str, str], language: str = Language.NB) -> User | None:
    """The one person with this blind index: whoever is known already, also as staff, else a new one.

    A new one has no password and no membership, so that ID-porten is the only way in, and reads `language`: what was
    chosen before signing in. None for a person who is shut out altogether.
    """
    given, family = names
    found, _ = User.objects.get_or_create(
        national_id_index=national_id_index,
        defaults={
            "username": f"{CITIZEN}{uuid7().hex}",
            # Together no longer than the log holds.
            "first_name": given[:90],
            "last_name": family[:100],
            "password": make_password(None),
            "language": language,
        },
    )
    return found if found.is_active else None

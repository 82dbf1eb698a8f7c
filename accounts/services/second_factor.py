"""Second factors that are lost: forgotten, so that the person can set up anew."""

import logging

from allauth.usersessions.models import UserSession
from django.db import transaction

from accounts.models import SecondFactor, User

log = logging.getLogger(__name__)


@transaction.atomic
def forget_second_factor(*, user: User) -> None:
    """Let a person who has lost phone and recovery codes set up anew, and end all sessions of that person.

    Only who runs the installation calls this, from the command line: nobody in the product may weaken another's login.
    """
    removed, _ = SecondFactor.objects.filter(user=user).delete()
    for session in UserSession.objects.filter(user=user):
        session.end()
    log.warning("second factors of user %s removed by the operator: %s", user.pk, removed)

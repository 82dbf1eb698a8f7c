"""manage.py reset_second_factor: the way back for who has lost everything but the password."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.accounts.signing_in import send_password, sign_in
from tests.factories.accounts import make_app


def test_it_removes_the_factors_of_that_person_and_ends_the_sessions(world, client):
    make_app(world.kari)
    make_app(world.berit)
    sign_in(client, world.kari)
    call_command("reset_second_factor", "kari")
    assert client.get(reverse("queue")).url == "/logg-inn/?next=/arbeidsko/"
    assert list(Authenticator.objects.values_list("user", flat=True)) == [world.berit.pk]
    send_password(client)
    assert client.get("/").url == "/profil/to-trinn/"


def test_it_leaves_a_line_with_ids_in_the_log(world, caplog):
    make_app(world.kari)
    call_command("reset_second_factor", "kari")
    assert f"second factors of user {world.kari.pk} removed by the operator: 1" in caplog.messages


def test_it_says_so_when_there_is_nobody_of_that_name(db):
    with pytest.raises(CommandError, match="Nobody is called finnes-ikke"):
        call_command("reset_second_factor", "finnes-ikke")

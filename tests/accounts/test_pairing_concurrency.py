"""Several at once, on committed data: two nurses with one code, two renewals with one token, guesses of a PIN."""

import pytest
from django.db import transaction

from accounts.models import DeviceCredential
from accounts.services import UnknownCode, open_with_pin, pair_device, set_pin
from alerts.queries.work import everywhere
from dho.lib import rls
from tests.accounts.pairing import TabletApp
from tests.alerts.test_concurrency import at_once
from tests.factories.clock import NOW


def confirm(world, app, patient, user, label="Nettbrett"):
    """What a page does: one transaction, limited to what the nurse reaches."""

    def step():
        with transaction.atomic():
            actor = world.actor(user)
            rls.limit_to(actor.municipality_ids)
            return pair_device(patient=patient, code=app.code, label=label, by=actor, now=NOW)

    return step


def pairings():
    with everywhere():
        return list(DeviceCredential.objects.filter(paired=True))


def paired(world):
    app = TabletApp()
    confirm(world, app, world.per, world.kari)()
    assert app.ask().status_code == 200
    return app


def test_two_nurses_with_one_code_make_one_tablet_of_one_patient(committed_world):
    world = committed_world
    app = TabletApp()
    results = at_once(confirm(world, app, world.per, world.kari), confirm(world, app, world.solveig, world.berit))
    made = [each for each in results if isinstance(each, DeviceCredential)]
    assert [type(each) for each in results if each not in made] == [UnknownCode]
    assert pairings() == made
    assert app.ask().status_code == 200
    assert app.get().status_code == 200


def test_two_renewals_at_once_leave_one_pair_of_tokens_and_the_pairing_whole(committed_world):
    app = paired(committed_world)
    answers = at_once(*[lambda: app.renew(lost=True)] * 2)
    assert [answer.status_code for answer in answers] == [200, 200]
    worked = []
    for answer in answers:
        app.tokens = answer.json()
        worked.append(app.get().status_code)
    assert sorted(worked) == [200, 401]
    (standing,) = pairings()
    assert standing.revoked_at is None


def test_guesses_at_once_are_all_counted(committed_world):
    world = committed_world
    paired(world)
    (tablet,) = pairings()
    with everywhere():
        set_pin(credential=tablet, pin="2846", birth_date=world.per.birth_date, now=NOW)

    def guess():
        with everywhere():
            return open_with_pin(credential=DeviceCredential.objects.get(pk=tablet.pk), pin="9999", now=NOW)

    results = at_once(*[guess] * 6)
    assert sorted(results) == ["LOCKED", "LOCKED", "WRONG", "WRONG", "WRONG", "WRONG"]
    (locked,) = pairings()
    assert locked.pin_locked


def test_a_nurse_whose_page_fails_gives_nothing(committed_world):
    """The code, the row and the tablet's answer stand in one transaction."""
    world = committed_world
    app = TabletApp()

    def step():
        with transaction.atomic():
            confirm(world, app, world.per, world.kari)()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        step()
    assert (pairings(), app.ask().json()["error"]) == ([], "authorization_pending")

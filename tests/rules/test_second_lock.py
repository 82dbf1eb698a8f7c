"""Lock two alone: with lock one switched off, row-level security still leaks nothing across municipalities (P3).

Ola of municipality C may then do anything to anybody, as far as the application is concerned. What PostgreSQL admits is
still only C.
"""

from uuid import UUID

import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from accounts.actor import Actor
from alerts.models import QueueEntry
from audit.models import ChangeEntry
from organisations.models import Municipality
from patients import access
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.rules.test_doors import DOORS, doors, red_per

__all__ = ["red_per"]
# What would give a foreign patient away, wherever it stood: name, case, value, device.
TELLING = ("Aasen", "Per, ", "penicillin", "SpO₂ 84", "under rød grense 86")


@pytest.fixture
def lock_one_off(monkeypatch):
    """Every role may do everything, in every municipality, with every patient."""
    everywhere = frozenset(Municipality.objects.values_list("pk", flat=True))
    monkeypatch.setattr(Actor, "may", lambda self, permission: True)
    monkeypatch.setattr(Actor, "reaches", lambda self, permission: everywhere)
    monkeypatch.setattr(access, "related_to", lambda by, permission, *, on: Q(pk__isnull=False))


def ola(world) -> Client:
    browser = Client()
    let_in(browser, world.ola)
    return browser


def test_lock_one_is_really_off(world, red_per, lock_one_off):
    """Else the test below shows nothing: Ola now opens a patient of his own municipality that is not his service's."""
    world.nils.enrolments.update(service=world.joint)
    assert ola(world).get(reverse("patient", args=[world.nils.pk])).status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_address_shows_or_changes_a_patient_of_another_municipality(world, red_per, lock_one_off, method):
    before = QueueEntry.objects.values().get()
    changes = ChangeEntry.objects.filter(municipality_id=world.a.pk).count()
    telling = [*TELLING, *(str(each) for each in red_per.values() if isinstance(each, UUID))]
    leaks = {}
    for name, arguments in doors():
        if name in ("logout", "login"):
            continue
        address = reverse(name, kwargs={argument: red_per[argument] for argument in arguments})
        data = {"finn": "Aas", "vis": "rode", "seen": before["change"]} if method == "post" else {}
        answer = getattr(ola(world), method)(address, data)
        assert answer.status_code < 500, name
        # What Ola typed himself comes back in forms.
        text = answer.text.replace(address, "")
        leaks |= {(name, word): answer.status_code for word in telling if word in text}
    assert leaks == {}
    see_everything()
    assert QueueEntry.objects.values().get() == before
    assert ChangeEntry.objects.filter(municipality_id=world.a.pk).count() == changes


def test_the_test_knows_every_door():
    assert {name for name, _ in doors()} == set(DOORS)

"""What was decided stands, and what may stand once stands once: the database refuses the rest, whoever asks it to."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from organisations.models import Agreement, Partner
from patients.models import AccessBlock
from tests.factories.accounts import make_device
from tests.factories.care import block, make_handover, open_in_emergency, share
from tests.factories.clock import NOW
from tests.factories.courses import task as course_task
from tests.factories.organisations import make_agreement, make_service

DAY = timedelta(days=1)
REFUSED = "Cannot update rows|what has ended stands"


def run(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount


@pytest.fixture
def decided(world):
    """One row of each kind in its final state, by table."""
    home = make_service("Hjemmesykepleien", owner=world.a.pk)
    ended = {"ended_at": NOW, "ended_by": world.kari}
    revoked = {"revoked_at": NOW, "revoked_by": world.kari, "revoked_why": "STAFF"}
    answered = {"answer": "DECLINED", "answered_at": NOW, "answered_by": world.berit, "answer_note": "Fullt."}
    moved = answered | {"answer": "ACCEPTED", "moved_at": NOW}
    looked = open_in_emergency(world.per, world.berit)
    type(looked).objects.filter(pk=looked.pk).update(reviewed_at=NOW, reviewed_by=world.vera, review="I orden.")
    return {
        "patients_emergencyaccess": looked.pk,
        "patients_accessblock": block(world.per, world.kari, user=world.berit, lifted_at=NOW, lifted_by=world.kari).pk,
        "patients_carerelation": share(world.per, home, world.kari, **ended).pk,
        "patients_handover": make_handover(world.per, home, world.kari, **answered).pk,
        "patients_handover moved": make_handover(world.per, home, world.kari, **moved).pk,
        "accounts_devicecredential": make_device(world.per, world.kari, **revoked).pk,
        "careplans_casetask": course_task(world.per.enrolments.get(), world.kari, done_at=NOW, done_by=world.kari).pk,
        "organisations_agreement": make_agreement(home, world.c.pk, valid_until=date(2026, 1, 31)).pk,
    }


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("patients_emergencyaccess", "review = 'Noe annet.'"),
        ("patients_emergencyaccess", "reviewed_at = NULL, reviewed_by_id = NULL, review = ''"),
        ("patients_accessblock", "lifted_at = NULL, lifted_by_id = NULL"),
        ("patients_carerelation", "ended_at = NULL, ended_by_id = NULL"),
        ("patients_handover", "answer = 'ACCEPTED'"),
        ("patients_handover", "answer = '', answered_at = NULL, answered_by_id = NULL"),
        ("patients_handover moved", "moved_at = NULL"),
        ("accounts_devicecredential", "revoked_at = NULL, revoked_by_id = NULL, revoked_why = ''"),
        ("accounts_devicecredential", "revoked_at = revoked_at + interval '1 day'"),
        ("careplans_casetask", "done_at = NULL, done_by_id = NULL"),
        ("organisations_agreement", "valid_until = NULL"),
        ("organisations_agreement", "shares = '{READINGS}'"),
    ],
)
def test_what_was_decided_is_never_taken_back(decided, table, change):
    with pytest.raises(InternalError, match=REFUSED):
        run(f"UPDATE {table.split()[0]} SET {change} WHERE id = %s", decided[table])


def test_what_is_not_decided_yet_can_be(world):
    """The other side: each step that the services take."""
    home = make_service("Hjemmesykepleien", owner=world.a.pk)
    found = {
        "patients_accessblock": (block(world.per, world.kari, user=world.berit), "lifted", ""),
        "patients_carerelation": (share(world.per, home, world.kari), "ended", ""),
        "accounts_devicecredential": (make_device(world.per, world.kari), "revoked", ", revoked_why = 'STAFF'"),
    }
    for table, (row, how, why) in found.items():
        sql = f"UPDATE {table} SET {how}_at = now(), {how}_by_id = %s{why} WHERE id = %s"
        assert run(sql, world.kari.pk, row.pk) == 1
    seen = "UPDATE accounts_devicecredential SET last_seen_at = now() WHERE id = %s"
    assert run(seen, found["accounts_devicecredential"][0].pk) == 1
    asked = make_handover(world.per, home, world.kari)
    accept = "UPDATE patients_handover SET answer = 'ACCEPTED', answered_at = now(), answered_by_id = %s WHERE id = %s"
    assert run(accept, world.berit.pk, asked.pk) == 1
    with pytest.raises(InternalError, match=REFUSED):
        run("UPDATE patients_handover SET answer = 'DECLINED' WHERE id = %s", asked.pk)
    assert run("UPDATE patients_handover SET answer = 'WITHDRAWN' WHERE id = %s", asked.pk) == 1
    assert run("UPDATE organisations_agreement SET valid_until = current_date - 1 WHERE party_id = %s", world.b.pk) > 0


@pytest.mark.parametrize("kind", ["user", "service", "practice"])
def test_one_block_against_the_same_one_stands_at_a_time(world, kind):
    against = {"user": world.berit, "service": world.joint, "practice": world.dahl.memberships.get().practice}[kind]
    first = block(world.per, world.kari, **{kind: against})
    with pytest.raises(IntegrityError, match=f"block_of_{kind}_once"), transaction.atomic():
        block(world.per, world.kari, **{kind: against})
    block(world.solveig, world.kari, **{kind: against})
    AccessBlock.objects.filter(pk=first.pk).update(lifted_at=NOW, lifted_by=world.kari)
    block(world.per, world.kari, **{kind: against})


def test_the_party_is_the_controller_of_every_agreement(world):
    """R-163, R-303."""
    partner = Partner.objects.create(name="Utstyrslageret", kind="LOGISTICS")
    with pytest.raises(IntegrityError, match="agreement_party_is_controller"), transaction.atomic():
        make_agreement(None, world.a.pk, partner=partner, shares=["EQUIPMENT"], controller=world.b)
    assert {each.controller_id == each.party_id for each in Agreement.objects.all()} == {True}

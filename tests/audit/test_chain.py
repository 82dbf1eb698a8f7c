"""The seals of the access log: whatever is changed afterwards, by whomever, `verify_audit` names day and row."""

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from audit.models import AccessEntry, AuditSeal, UnsealedEntry
from audit.queries.chain import find_faults, last_seal
from audit.services import seal
from dho.lib import rls
from tests import database
from tests.factories.clock import NOW
from tests.factories.world import A, C

DAY = NOW.date()


def look(municipality_id: int | None = A, **fields) -> AccessEntry:
    """One row, as a request writes it."""
    entry = AccessEntry(
        at=NOW,
        actor_name="Kari Nordmann",
        role="NURSE",
        action="OPEN_PATIENT",
        basis="HEALTH_CARE",
        allowed=municipality_id is not None,
        municipality_id=municipality_id,
        **fields,
    )
    entry.save(force_insert=True)
    return entry


def tamper(*statements: str) -> None:
    """What somebody can do who owns the tables: switch off the triggers and change what they like."""
    tables = ("audit_accessentry", "audit_auditseal", "audit_unsealedentry")
    with database.as_owner(), transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0, statement
        for table in tables[:1]:
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def faults(**options) -> list[tuple[int | None, str, str]]:
    found = find_faults(now=NOW, **options)
    assert {fault.day for fault in found} <= {DAY}
    return [(fault.seal, fault.what, fault.entry_id) for fault in found]


@pytest.fixture
def sealed(committed_db) -> list[AccessEntry]:
    """Three seals: two rows, two rows with a refusal that belongs to nobody's municipality, and one row."""
    rows = []
    for group in ([A, C], [A, None], [C]):
        rows += [look(municipality) for municipality in group]
        assert seal(now=NOW) == len(group)
    return rows


def test_every_row_is_sealed_once_in_one_chain(sealed):
    assert faults() == []
    seals = list(AuditSeal.objects.order_by("number"))
    assert [(one.number, one.day, one.sequence, len(one.entry_ids)) for one in seals] == [
        (1, DAY, 1, 2),
        (2, DAY, 2, 2),
        (3, DAY, 3, 1),
    ]
    assert [one.previous for one in seals] == ["", seals[0].hash, seals[1].hash]
    assert {pk for one in seals for pk in one.entry_ids} == {row.pk for row in sealed}
    assert not UnsealedEntry.objects.exists()
    assert seal(now=NOW) == 0


def test_the_sequence_starts_anew_each_day_and_the_chain_goes_on(sealed):
    look()
    seal(now=NOW + timedelta(days=1))
    last = last_seal()
    assert (last.number, last.day, last.sequence) == (4, DAY + timedelta(days=1), 1)
    look()
    seal(now=NOW)  # the clock was set back
    assert (last_seal().day, last_seal().sequence) == (DAY + timedelta(days=1), 2)
    assert find_faults(now=NOW + timedelta(days=1)) == []


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'En annen'",
        "at = at + interval '1 microsecond'",
        "patient_id = gen_random_uuid()",
        "allowed = false",
        "basis = 'EMERGENCY'",
        "municipality_id = 110300",
        "request_id = 'f'",
        "address = '192.0.2.9'",
        "purpose = 'x'",
    ],
)
def test_a_changed_row_is_named(sealed, change):
    tamper(f"UPDATE audit_accessentry SET {change} WHERE id = '{sealed[0].pk}'")
    assert faults() == [(1, "the row has been changed", str(sealed[0].pk))]


def test_a_changed_refusal_of_nobodys_municipality_is_named(sealed):
    tamper(f"UPDATE audit_accessentry SET actor_name = 'x' WHERE id = '{sealed[3].pk}'")
    assert faults() == [(2, "the row has been changed", str(sealed[3].pk))]


def test_a_removed_row_is_named(sealed):
    tamper(f"DELETE FROM audit_accessentry WHERE id = '{sealed[4].pk}'")
    assert faults() == [(3, "the row is missing", str(sealed[4].pk))]


def test_a_row_put_in_afterwards_is_named(sealed):
    added = look()
    tamper(f"DELETE FROM audit_unsealedentry WHERE entry_id = '{added.pk}'")
    assert faults() == [(None, "the row stands in no seal", str(added.pk))]


def test_a_row_removed_before_it_was_sealed_is_named(sealed):
    gone = look()
    tamper(f"DELETE FROM audit_accessentry WHERE id = '{gone.pk}'")
    seal(now=NOW)
    assert faults() == [(4, "the row is missing", str(gone.pk))]


def test_a_row_that_waits_too_long_is_named(sealed):
    waits = look()
    late = UnsealedEntry.objects.get().at + timedelta(seconds=61)
    assert [(fault.what, fault.entry_id) for fault in find_faults(now=late)] == [
        ("the row has waited to be sealed", str(waits.pk))
    ]


def test_a_row_changed_together_with_its_digest_breaks_the_seal(sealed):
    entry = sealed[0]
    entry.actor_name = "En annen"
    place = AuditSeal.objects.get(number=1).entry_ids.index(entry.pk) + 1
    tamper(
        f"UPDATE audit_accessentry SET actor_name = 'En annen' WHERE id = '{entry.pk}'",
        f"UPDATE audit_auditseal SET digests[{place}] = '{entry.digest}' WHERE number = 1",
    )
    assert faults() == [(1, "the seal has been changed", "")]


def test_a_seal_made_anew_does_not_fit_the_one_after(sealed):
    entry, forged = sealed[0], AuditSeal.objects.get(number=1)
    entry.actor_name = "En annen"
    forged.digests[forged.entry_ids.index(entry.pk)] = entry.digest
    digests = ", ".join(f"'{digest}'" for digest in forged.digests)
    tamper(
        f"UPDATE audit_accessentry SET actor_name = 'En annen' WHERE id = '{entry.pk}'",
        f"UPDATE audit_auditseal SET digests = ARRAY[{digests}], hash = '{forged.proper_hash}' WHERE number = 1",
    )
    assert faults() == [(2, "the seal does not follow from the one before", "")]


def test_a_removed_seal_with_its_rows_leaves_a_gap(sealed):
    ids = ", ".join(f"'{row.pk}'" for row in sealed[2:4])
    tamper(f"DELETE FROM audit_accessentry WHERE id IN ({ids})", "DELETE FROM audit_auditseal WHERE number = 2")
    assert faults() == [(3, "the seals between 1 and 3 are missing", "")]


def test_a_first_seal_that_was_removed_leaves_a_gap(sealed):
    ids = ", ".join(f"'{row.pk}'" for row in sealed[:2])
    tamper(f"DELETE FROM audit_accessentry WHERE id IN ({ids})", "DELETE FROM audit_auditseal WHERE number = 1")
    assert faults() == [(2, "the seals between 0 and 2 are missing", "")]


def test_an_end_that_was_cut_off_is_found_with_a_hash_kept_elsewhere(sealed):
    anchor = last_seal().hash
    assert faults(anchor=anchor) == []
    tamper(f"DELETE FROM audit_accessentry WHERE id = '{sealed[4].pk}'", "DELETE FROM audit_auditseal WHERE number = 3")
    assert faults() == []
    assert faults(anchor=anchor) == [(None, f"no seal has the hash {anchor}: the chain was cut or made anew", "")]


def test_the_application_itself_cannot_change_a_seal(sealed):
    with pytest.raises(Exception, match="Cannot update or delete"):
        AuditSeal.objects.filter(number=1).update(hash="x")
    with pytest.raises(Exception, match="Cannot update or delete"):
        AuditSeal.objects.filter(number=1).delete()


def test_the_command_seals_verifies_and_fails_loudly(sealed):
    look()
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "The access log is whole. The last seal is 4" in out.getvalue()
    tamper(f"DELETE FROM audit_accessentry WHERE id = '{sealed[0].pk}'")
    with pytest.raises(CommandError, match=rf"{DAY}, seal 1: the row is missing: {sealed[0].pk}"):
        call_command("verify_audit", stdout=out)


def test_an_insert_waits_for_no_other_and_is_sealed_when_it_has_committed(committed_db):
    """A request that is slow to commit holds up neither the others nor the seal; its row comes in a later one."""
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            look()
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert written.wait(10)
    look()
    assert seal(now=NOW) == 1
    may_commit.set()
    thread.join(10)
    assert seal(now=NOW) == 1
    assert faults() == []


def test_two_that_seal_at_once_make_one_chain(committed_db):
    for _ in range(30):
        look()
    threads = [threading.Thread(target=lambda: (seal(now=NOW), connection.close())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    seal(now=NOW)
    assert faults() == []
    assert sum(len(one.entry_ids) for one in AuditSeal.objects.all()) == 30


def test_only_the_sealer_reads_across_municipalities(committed_db):
    look(A)
    look(None)
    with rls.acting_for([C], actor="worker"):
        assert AccessEntry.objects.count() == 0
    with rls.acting_for([], actor="audit"):
        assert AccessEntry.objects.count() == 2

"""What PostgreSQL itself refuses about plans, also for raw SQL by the runtime role (P2, R-041)."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from careplans.enums import Decision, MeasureKind, VersionStatus, Zone
from careplans.models import Approval, Measure, PlanVersion, Schedule, Threshold
from tests.factories.careplans import add_schedule, approve, make_draft, propose
from tests.factories.clock import NOW

UNTIL = NOW + timedelta(days=180)
DAHL_APPROVES = "UPDATE careplans_planversion SET status='APPROVED', approved_at=%s, approved_by_id=%s, valid_until=%s"


@contextmanager
def refused(match: str):
    """The database refuses, and the test goes on."""
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        yield


def sql(statement: str, *values) -> int:
    """Run it as the runtime role; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


@pytest.fixture
def draft(world) -> PlanVersion:
    """Per's version 2, still a draft."""
    version = make_draft(world.per, world.kari)
    add_schedule(version)
    return version


@pytest.fixture
def proposal(draft) -> PlanVersion:
    """The same, sent to the doctor."""
    return propose(draft)


class TestAnApprovedVersion:
    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("what_matters", "Noe annet"),
            ("habitual_state", "Noe annet"),
            ("number", 9),
            ("approved_at", NOW - timedelta(days=300)),
            ("valid_until", NOW + timedelta(days=9000)),
            ("sent_at", NOW),
            ("created_at", NOW),
        ],
    )
    def test_it_never_changes(self, world, column, value):
        with refused("cannot be changed|never changes"):
            sql(f"UPDATE careplans_planversion SET {column}=%s WHERE id=%s", value, world.per_plan.pk)

    def test_it_is_never_credited_to_another_doctor(self, world):
        with refused("never changes"):
            sql("UPDATE careplans_planversion SET approved_by_id=%s WHERE id=%s", world.kari.pk, world.per_plan.pk)

    @pytest.mark.parametrize("status", ["DRAFT", "PROPOSED", "RETURNED", "WITHDRAWN"])
    def test_it_never_goes_back(self, world, status):
        with refused("never changes"):
            sql("UPDATE careplans_planversion SET status=%s WHERE id=%s", status, world.per_plan.pk)

    def test_it_is_never_deleted(self, world):
        with refused("Cannot delete"):
            sql("DELETE FROM careplans_planversion WHERE id=%s", world.per_plan.pk)

    def test_it_can_only_be_superseded_with_a_time(self, world):
        with refused("version_superseded_pair"):
            sql("UPDATE careplans_planversion SET status='SUPERSEDED' WHERE id=%s", world.per_plan.pk)
        update = "UPDATE careplans_planversion SET status='SUPERSEDED', superseded_at=%s WHERE id=%s"
        assert sql(update, NOW, world.per_plan.pk) == 1

    def test_a_superseded_version_stays_so(self, world):
        sql(
            "UPDATE careplans_planversion SET status='SUPERSEDED', superseded_at=%s WHERE id=%s", NOW, world.per_plan.pk
        )
        with refused("never changes"):
            sql("UPDATE careplans_planversion SET superseded_at=%s WHERE id=%s", UNTIL, world.per_plan.pk)
        with refused("never changes"):
            sql("UPDATE careplans_planversion SET status='APPROVED', superseded_at=NULL WHERE id=%s", world.per_plan.pk)


CONTENT = [
    ("careplans_threshold", "yellow_low", Decimal(70)),
    ("careplans_schedule", "grace_minutes", 5),
    ("careplans_measure", "text", "Noe annet"),
]


class TestContentIsFrozen:
    @pytest.mark.parametrize(("table", "column", "value"), CONTENT)
    @pytest.mark.parametrize("stage", ["proposal", "approved"])
    def test_it_refuses_update_and_delete(self, world, proposal, table, column, value, stage):
        version = proposal if stage == "proposal" else world.per_plan
        assert sql(f"SELECT 1 FROM {table} WHERE version_id=%s", version.pk) > 0
        with refused("can no longer be changed"):
            sql(f"UPDATE {table} SET {column}=%s WHERE version_id=%s", value, version.pk)
        with refused("can no longer be changed"):
            sql(f"DELETE FROM {table} WHERE version_id=%s", version.pk)

    @pytest.mark.parametrize("stage", ["proposal", "approved"])
    def test_it_refuses_additions(self, world, proposal, stage):
        version = proposal if stage == "proposal" else world.per_plan
        keys = {"version": version, "municipality_id": version.municipality_id}
        with refused("can no longer be changed"):
            Threshold.objects.create(kind="BAND", quantity="glucose", yellow_low=Decimal(4), **keys)
        with refused("can no longer be changed"):
            Schedule.objects.create(type_id="pulse", weekdays=[0], times=["08:00"], **keys)
        with refused("can no longer be changed"):
            Measure.objects.create(zone=Zone.RED, kind=MeasureKind.OWN, position=9, text="Hvil.", **keys)

    @pytest.mark.parametrize("table", ["careplans_threshold", "careplans_schedule", "careplans_measure"])
    def test_a_draft_can_still_be_written(self, draft, table):
        assert sql(f"UPDATE {table} SET id=id WHERE version_id=%s", draft.pk) >= 1
        assert sql(f"DELETE FROM {table} WHERE version_id=%s", draft.pk) >= 1

    def test_a_limit_cannot_be_moved_from_a_draft_into_an_approved_version(self, world, draft):
        with refused("can no longer be changed"):
            sql("UPDATE careplans_threshold SET version_id=%s WHERE version_id=%s", world.per_plan.pk, draft.pk)

    def test_a_limit_cannot_be_moved_out_of_an_approved_version(self, world, draft):
        """The trigger looks at the version a row comes from as well as the one it goes to."""
        sql("DELETE FROM careplans_threshold WHERE version_id=%s", draft.pk)
        with refused("can no longer be changed"):
            sql("UPDATE careplans_threshold SET version_id=%s WHERE version_id=%s", draft.pk, world.per_plan.pk)


class TestLimits:
    @pytest.mark.parametrize(
        "limits",
        [
            {"red_low": 90, "yellow_low": 88},
            {"red_low": 88, "yellow_low": 88},
            {"red_low": 88},
            {"yellow_high": 120, "red_high": 100},
            {"red_high": 100},
            {"yellow_low": 100, "yellow_high": 90},
            {"yellow_low": 90, "yellow_high": 90},
        ],
    )
    def test_inverted_overlapping_or_gaping_limits_are_refused(self, draft, limits):
        columns, values = ", ".join(limits), ", ".join("%s" for _ in limits)
        with refused("threshold_limits_ordered"):
            sql(
                "INSERT INTO careplans_threshold (id, municipality_id, version_id, kind, quantity, item,"
                f" yellow_answers, red_answers, green_answers, {columns})"
                f" VALUES (gen_random_uuid(), %s, %s, 'BAND', 'glucose', '', '{{}}', '{{}}', '{{}}', {values})",
                draft.municipality_id,
                draft.pk,
                *limits.values(),
            )

    def test_inverting_an_existing_limit_is_refused(self, draft):
        with refused("threshold_limits_ordered"):
            sql("UPDATE careplans_threshold SET yellow_low=1 WHERE version_id=%s AND quantity='spo2'", draft.pk)

    def test_two_bands_of_one_quantity_are_refused(self, draft):
        with refused("threshold_one_band"):
            Threshold.objects.create(
                version=draft,
                municipality_id=draft.municipality_id,
                kind="BAND",
                quantity="spo2",
                yellow_low=Decimal(92),
            )

    @pytest.mark.parametrize(("n", "m"), [(0, 3), (4, 3), (2, None), (None, 2)])
    def test_an_impossible_count_is_refused(self, draft, n, m):
        with refused("threshold_n_of_m"):
            Threshold.objects.create(
                version=draft,
                municipality_id=draft.municipality_id,
                kind="REPEATED",
                quantity="spo2",
                yellow_low=Decimal(92),
                n=n,
                m=m,
            )


class TestSteps:
    def test_a_version_starts_as_a_draft(self, world):
        with refused("starts as a draft"):
            PlanVersion.objects.create(
                plan=world.per_plan.plan,
                patient=world.per,
                municipality=world.a,
                number=2,
                what_matters="Gå tur.",
                status=VersionStatus.PROPOSED,
                created_at=NOW,
                created_by=world.kari,
                sent_at=NOW,
                sent_by=world.kari,
            )

    def test_a_draft_cannot_be_approved_without_having_been_sent(self, world, draft):
        with refused("no step from DRAFT to APPROVED"):
            sql(
                DAHL_APPROVES + ", sent_at=%s, sent_by_id=%s WHERE id=%s",
                NOW, world.dahl.pk, UNTIL, NOW, world.kari.pk, draft.pk,
            )  # fmt: skip

    def test_two_approved_versions_are_refused(self, world, proposal):
        with refused("version_one_approved"):
            sql(DAHL_APPROVES + " WHERE id=%s", NOW, world.dahl.pk, UNTIL, proposal.pk)

    @pytest.mark.parametrize("column", ["approved_at", "approved_by_id", "valid_until"])
    def test_an_approval_needs_who_when_and_until(self, world, proposal, column):
        sql(
            "UPDATE careplans_planversion SET status='SUPERSEDED', superseded_at=%s WHERE id=%s", NOW, world.per_plan.pk
        )
        values = {"approved_at": NOW, "approved_by_id": world.dahl.pk, "valid_until": UNTIL} | {column: None}
        with refused("version_approval_complete"):
            sql(DAHL_APPROVES + " WHERE id=%s", *values.values(), proposal.pk)

    def test_an_approval_that_ends_before_it_starts_is_refused(self, world, proposal):
        sql(
            "UPDATE careplans_planversion SET status='SUPERSEDED', superseded_at=%s WHERE id=%s", NOW, world.per_plan.pk
        )
        with refused("version_approval_complete"):
            sql(DAHL_APPROVES + " WHERE id=%s", NOW, world.dahl.pk, NOW, proposal.pk)

    def test_a_proposal_needs_who_sent_it_and_when(self, draft):
        with refused("version_sent_pair"):
            sql("UPDATE careplans_planversion SET status='PROPOSED', sent_at=%s WHERE id=%s", NOW, draft.pk)

    def test_a_proposal_can_no_longer_be_rewritten(self, proposal):
        with refused("a sent plan version cannot be changed"):
            sql("UPDATE careplans_planversion SET what_matters='Noe annet' WHERE id=%s", proposal.pk)

    @pytest.mark.parametrize("end", ["RETURNED", "WITHDRAWN"])
    def test_a_returned_or_withdrawn_version_is_final(self, world, proposal, end):
        sql("UPDATE careplans_planversion SET status=%s WHERE id=%s", end, proposal.pk)
        for status in {"DRAFT", "PROPOSED", "RETURNED", "WITHDRAWN"} - {end}:
            with refused(f"no step from {end}|version_sent_pair"):
                sql("UPDATE careplans_planversion SET status=%s WHERE id=%s", status, proposal.pk)

    @pytest.mark.parametrize("make", [make_draft, lambda *people: propose(make_draft(*people))])
    def test_only_one_version_is_open_at_a_time(self, world, draft, make):
        with refused("version_one_open_proposal"):
            make(world.per, world.kari)

    def test_a_plan_must_say_what_matters(self, draft):
        with refused("version_says_what_matters"):
            sql("UPDATE careplans_planversion SET what_matters='' WHERE id=%s", draft.pk)


class TestTheDecision:
    def test_it_is_never_changed_or_deleted(self, world):
        with refused("Cannot update or delete"):
            sql("UPDATE careplans_approval SET name='En annen' WHERE version_id=%s", world.per_plan.pk)
        with refused("Cannot update or delete"):
            sql("DELETE FROM careplans_approval WHERE version_id=%s", world.per_plan.pk)

    @pytest.mark.parametrize(
        ("fields", "constraint"),
        [
            ({"decision": Decision.APPROVED, "hpr_number": ""}, "approval_has_hpr"),
            ({"decision": Decision.APPROVED, "hpr_number": "12A"}, "approval_has_hpr"),
            ({"decision": Decision.RETURNED, "hpr_number": "1234567"}, "approval_return_has_question"),
        ],
    )
    def test_it_needs_an_hpr_number_and_a_return_needs_a_question(self, world, proposal, fields, constraint):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            Approval.objects.create(
                version=proposal,
                municipality_id=proposal.municipality_id,
                decided_at=NOW,
                decided_by=world.dahl,
                name="Anne Dahl",
                content_sha256="0" * 64,
                **fields,
            )

    @pytest.mark.parametrize(
        ("written", "refusal"),
        [
            ("", "a decision names the content"),
            ("ABC", "approval_hash_is_sha256"),
            ("g" * 64, "approval_hash_is_sha256"),
        ],
    )
    def test_it_names_the_content_that_was_decided(self, world, proposal, written, refusal):
        with refused(refusal):
            Approval.objects.create(
                version=proposal, municipality_id=proposal.municipality_id, decision=Decision.APPROVED, decided_at=NOW,
                decided_by=world.dahl, name="Anne Dahl", hpr_number="1234567", content_sha256=written,
            )  # fmt: skip

    def test_there_is_one_per_version(self, world):
        with refused("unique"):
            sql(
                "INSERT INTO careplans_approval SELECT gen_random_uuid(), decision, decided_at, hpr_number, name,"
                " question, decided_by_id, municipality_id, version_id, content_sha256 FROM careplans_approval"
                " WHERE version_id=%s",
                world.per_plan.pk,
            )


def test_every_change_of_a_version_is_in_the_change_log(world, proposal):
    approve(proposal, world.dahl)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT before->>'status', after->>'status' FROM audit_changeentry WHERE row_id=%s ORDER BY at",
            [str(proposal.pk)],
        )
        assert cursor.fetchall() == [(None, "DRAFT"), ("DRAFT", "PROPOSED"), ("PROPOSED", "APPROVED")]

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import organisations.models

# Whose administrator gave the role, first of all one whose municipality has the agreement; for those whom the operator
# set in, the municipality that has had an agreement longest. The others give their own.
PARTY = """
    SET CONSTRAINTS ALL IMMEDIATE;
    UPDATE accounts_membership m SET party_id = COALESCE(
        (
            SELECT a.authority_id FROM accounts_membership a
            LEFT JOIN organisations_agreement g ON g.partner_id = m.partner_id AND g.party_id = a.authority_id
            WHERE a.user_id = m.given_by_id AND a.role = 'MUNICIPAL_ADMINISTRATOR'
            ORDER BY g.id IS NULL, a.valid_from, a.id LIMIT 1
        ),
        (
            SELECT g.party_id FROM organisations_agreement g
            WHERE g.partner_id = m.partner_id ORDER BY g.valid_from, g.party_id LIMIT 1
        )
    ) WHERE m.partner_id IS NOT NULL;
    DO $$ DECLARE nobodys uuid; BEGIN
        SELECT id INTO nobodys FROM accounts_membership WHERE partner_id IS NOT NULL AND party_id IS NULL LIMIT 1;
        IF nobodys IS NOT NULL THEN
            RAISE EXCEPTION 'membership %: its partner has no agreement with any municipality; make one first', nobodys;
        END IF;
    END $$;
    SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_pairing"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("organisations", "0005_agreements_withdrawn"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_support_is_short",
        ),
        migrations.AddField(
            model_name="membership",
            name="party",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.municipality",
            ),
        ),
        migrations.RunSQL(PARTY, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="devicecredential",
            trigger=pgtrigger.compiler.Trigger(
                name="stays_revoked",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."revoked_at" IS NOT NULL AND (OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."revoked_by_id" IS DISTINCT FROM (NEW."revoked_by_id")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="fe79358e46dcd4be88353ea4590c46c51a24cb3b",
                    operation="UPDATE",
                    pgid="pgtrigger_stays_revoked_46e35",
                    table="accounts_devicecredential",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="membership",
            trigger=pgtrigger.compiler.Trigger(
                name="support_pauses",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"role\" = 'SUPPORT')",
                    func="\n            IF EXISTS (\n                SELECT 1 FROM accounts_membership m\n                WHERE m.user_id = NEW.user_id AND m.party_id = NEW.party_id AND m.role = NEW.role\n                AND m.valid_until >= m.valid_from\n                AND m.valid_from <= NEW.valid_until + 1 AND m.valid_until >= NEW.valid_from - 1\n            ) THEN\n                RAISE EXCEPTION 'membership: support of one person pauses for a day';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="5f170ff9c54952f75d31298cd034d0c20e2a95df",
                    operation="INSERT",
                    pgid="pgtrigger_support_pauses_b703e",
                    table="accounts_membership",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                expressions=[
                    ("user", "="),
                    ("role", "="),
                    ("service", "="),
                    (
                        organisations.models.DateRange(
                            "valid_from",
                            "valid_until",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
                name="membership_service_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                expressions=[
                    ("user", "="),
                    ("role", "="),
                    ("practice", "="),
                    (
                        organisations.models.DateRange(
                            "valid_from",
                            "valid_until",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
                name="membership_practice_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                expressions=[
                    ("user", "="),
                    ("role", "="),
                    ("authority", "="),
                    (
                        organisations.models.DateRange(
                            "valid_from",
                            "valid_until",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
                name="membership_authority_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                expressions=[
                    ("user", "="),
                    ("role", "="),
                    ("community", "="),
                    (
                        organisations.models.DateRange(
                            "valid_from",
                            "valid_until",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
                name="membership_community_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                ),
                expressions=[
                    ("user", "="),
                    ("role", "="),
                    ("partner", "="),
                    ("party", "="),
                    (
                        organisations.models.DateRange(
                            "valid_from",
                            "valid_until",
                            django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                        ),
                        "&&",
                    ),
                ],
                name="membership_partner_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("partner__isnull", True), ("party__isnull", True)),
                    models.Q(("partner__isnull", False), ("party__isnull", False)),
                    _connector="OR",
                ),
                name="membership_partner_names_party",
            ),
        ),
        AddConstraintNotValid(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "SUPPORT"), _negated=True),
                    models.Q(
                        ("given_by__isnull", False),
                        ("valid_until__isnull", False),
                        (
                            "valid_until__lte",
                            django.db.models.expressions.CombinedExpression(
                                models.F("valid_from"), "+", models.Value(datetime.timedelta(days=6))
                            ),
                        ),
                    ),
                    _connector="OR",
                ),
                name="membership_support_is_short",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("username"), name="user_name_once_in_any_case"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=models.Q(("hpr_number", ""), _negated=True),
                fields=("hpr_number",),
                name="user_hpr_number_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.LessThanOrEqual(
                    django.db.models.functions.text.Length(
                        django.db.models.functions.text.Concat("first_name", "last_name")
                    ),
                    199,
                ),
                name="user_name_fits_the_log",
            ),
        ),
    ]

import datetime

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import organisations.models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_english"),
    ]

    operations = [
        migrations.CreateModel(
            name="Position",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("percent", models.PositiveSmallIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
                ("registered_at", models.DateTimeField()),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="positions", to="accounts.membership"
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__gte", 1), ("percent__lte", 100)), name="position_percent_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            (
                                "valid_until__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("valid_from"), "-", models.Value(datetime.timedelta(days=1))
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="position_ends_after_start",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        expressions=[
                            ("membership", "="),
                            (
                                organisations.models.DateRange(
                                    "valid_from",
                                    "valid_until",
                                    django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True),
                                ),
                                "&&",
                            ),
                        ],
                        name="position_once_at_a_time",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="position",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="2bf6849c6e59395b02292df579d6c2fb9b4f1d5c",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_c87cd",
                    table="accounts_position",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="position",
            trigger=pgtrigger.compiler.Trigger(
                name="record_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE old_row jsonb; new_row jsonb;",
                    func="\n            IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF old_row IS DISTINCT FROM new_row THEN\n                INSERT INTO audit_changeentry (at, actor, table_name, row_id, municipality_id, operation, before, after)\n                VALUES (\n                    clock_timestamp(), COALESCE(current_setting('dho.actor', true), ''), TG_TABLE_NAME,\n                    COALESCE(new_row, old_row)->>'id', (COALESCE(new_row, old_row)->>'municipality_id')::int,\n                    TG_OP, old_row, new_row\n                );\n            END IF;\n            RETURN NULL;\n        ",
                    hash="f3eb460c5234f2e7ebb5292ebd2fc678b88a6b81",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_record_changes_9a22c",
                    table="accounts_position",
                    when="AFTER",
                ),
            ),
        ),
    ]

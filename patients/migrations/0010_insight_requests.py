import datetime

import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

from dho.lib.rls import EnableRowSecurity, SameMunicipality


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0007_agreements_held"),
        ("patients", "0009_final_states"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="InsightRequest",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("asked_on", models.DateField()),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("LETTER", "brev"),
                            ("IN_PERSON", "oppmøte"),
                            ("PHONE", "telefon"),
                            ("DIGITAL", "digital melding"),
                        ],
                        max_length=10,
                    ),
                ),
                ("registered_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="insightrequest",
            name="municipality",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.municipality"
            ),
        ),
        migrations.AddField(
            model_name="insightrequest",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="insight_requests", to="patients.patient"
            ),
        ),
        migrations.AddField(
            model_name="insightrequest",
            name="registered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="insightrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["LETTER", "IN_PERSON", "PHONE", "DIGITAL"])),
                name="insight_request_channel_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="insightrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "asked_on__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("registered_at"), "+", models.Value(datetime.timedelta(seconds=7200))
                        ),
                    )
                ),
                name="insight_request_not_ahead",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="insightrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="712a770d45efca757877b3b23b17c0a10b3f2974",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_4f809",
                    table="patients_insightrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="insightrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="record_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE old_row jsonb; new_row jsonb;",
                    func="\n            IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF old_row IS DISTINCT FROM new_row THEN\n                INSERT INTO audit_changeentry (at, actor, table_name, row_id, municipality_id, operation, before, after)\n                VALUES (\n                    clock_timestamp(), COALESCE(current_setting('dho.actor', true), ''), TG_TABLE_NAME,\n                    COALESCE(new_row, old_row)->>'id', (COALESCE(new_row, old_row)->>'municipality_id')::int,\n                    TG_OP, old_row, new_row\n                );\n            END IF;\n            RETURN NULL;\n        ",
                    hash="8e641e35b94668ed27ca1c661dd7939875c77274",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_record_changes_7fe83",
                    table="patients_insightrequest",
                    when="AFTER",
                ),
            ),
        ),
        EnableRowSecurity("patients_insightrequest"),
        SameMunicipality("patients_insightrequest", "patient_id", "patients_patient"),
    ]

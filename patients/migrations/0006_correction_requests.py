import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

from dho.lib.rls import EnableRowSecurity, SameMunicipality


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0004_agreements_carried_over"),
        ("patients", "0005_handover_and_sharing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("what", models.TextField()),
                ("received_at", models.DateTimeField()),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[("", "Venter på svar"), ("ACCEPTED", "Rettet"), ("REFUSED", "Avslått")],
                        default="",
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.municipality"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correction_requests",
                        to="patients.patient",
                    ),
                ),
                (
                    "received_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what", ""), _negated=True), name="correction_says_what"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("decision", ""),
                                ("reason", ""),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("decision__in", ["ACCEPTED", "REFUSED"]),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_decided_completely",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="correctionrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="15f1e011367616324e999f76f121098db891faf6",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_212fc",
                    table="patients_correctionrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="correctionrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="record_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE old_row jsonb; new_row jsonb;",
                    func="\n            IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF old_row IS DISTINCT FROM new_row THEN\n                INSERT INTO audit_changeentry (at, actor, table_name, row_id, municipality_id, operation, before, after)\n                VALUES (\n                    clock_timestamp(), COALESCE(current_setting('dho.actor', true), ''), TG_TABLE_NAME,\n                    COALESCE(new_row, old_row)->>'id', (COALESCE(new_row, old_row)->>'municipality_id')::int,\n                    TG_OP, old_row, new_row\n                );\n            END IF;\n            RETURN NULL;\n        ",
                    hash="ef9aee7ab3468082717fe0ecead36e5af2f3b844",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_record_changes_5ded8",
                    table="patients_correctionrequest",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="correctionrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="decision_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."decided_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="122576924baee944643096a0b143b1ae8d8943e8",
                    operation="UPDATE",
                    pgid="pgtrigger_decision_is_final_54ce2",
                    table="patients_correctionrequest",
                    when="BEFORE",
                ),
            ),
        ),
        EnableRowSecurity("patients_correctionrequest"),
        SameMunicipality("patients_correctionrequest", "patient_id", "patients_patient"),
    ]

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patients", "0008_home_address"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="accessblock",
            trigger=pgtrigger.compiler.Trigger(
                name="lifted_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."lifted_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="a1a8b7e2942e7d03332cf4496eeb32f80a8b4dda",
                    operation="UPDATE",
                    pgid="pgtrigger_lifted_is_final_49e3d",
                    table="patients_accessblock",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="carerelation",
            trigger=pgtrigger.compiler.Trigger(
                name="ended_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."ended_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="44870899f6e373270236a02a0f7dc0ee86b6837e",
                    operation="UPDATE",
                    pgid="pgtrigger_ended_is_final_99bca",
                    table="patients_carerelation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="emergencyaccess",
            trigger=pgtrigger.compiler.Trigger(
                name="review_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."reviewed_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="13bf77690c553a44224fe2e54e4cd79a250b1d24",
                    operation="UPDATE",
                    pgid="pgtrigger_review_is_final_d4787",
                    table="patients_emergencyaccess",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="handover",
            trigger=pgtrigger.compiler.Trigger(
                name="answer_is_final",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"answer\" IN ('DECLINED', 'WITHDRAWN') OR OLD.\"moved_at\" IS NOT NULL OR (NEW.\"answer\" IN ('', 'DECLINED') AND OLD.\"answer\" = 'ACCEPTED'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ae5d3cb879f7c066d512de2f9d151e9b18ba7f96",
                    operation="UPDATE",
                    pgid="pgtrigger_answer_is_final_1e82d",
                    table="patients_handover",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="accessblock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)), fields=("patient", "user"), name="block_of_user_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="accessblock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("patient", "service"),
                name="block_of_service_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="accessblock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("patient", "practice"),
                name="block_of_practice_once",
            ),
        ),
    ]

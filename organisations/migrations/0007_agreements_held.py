import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0006_registry"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="agreement",
            trigger=pgtrigger.compiler.Trigger(
                name="end_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF OLD.valid_until < GREATEST((now() AT TIME ZONE 'Europe/Oslo')::date, OLD.valid_from)\n                AND NEW IS DISTINCT FROM OLD THEN\n                RAISE EXCEPTION 'agreement: what has ended stands';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="7863957ce3b3fe3cecf3355e0fe9a49a75b6a4e8",
                    operation="UPDATE",
                    pgid="pgtrigger_end_stands_df19b",
                    table="organisations_agreement",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.CheckConstraint(
                condition=models.Q(("controller", models.F("party"))), name="agreement_party_is_controller"
            ),
        ),
    ]

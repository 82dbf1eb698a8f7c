import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_partners_and_people"),
        ("audit", "0002_security"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.CreateModel(
            name="SecondFactor",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("mfa.authenticator",),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="secondfactor",
            trigger=pgtrigger.compiler.Trigger(
                name="record_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE old_row jsonb; new_row jsonb;",
                    func="\n            IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - ('{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[] || '{data,last_used_at}'::text[]); END IF;\n            IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - ('{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[] || '{data,last_used_at}'::text[]); END IF;\n            IF old_row IS DISTINCT FROM new_row THEN\n                INSERT INTO audit_changeentry (at, actor, table_name, row_id, municipality_id, operation, before, after)\n                VALUES (\n                    clock_timestamp(), COALESCE(current_setting('dho.actor', true), ''), TG_TABLE_NAME,\n                    COALESCE(new_row, old_row)->>'id', (COALESCE(new_row, old_row)->>'municipality_id')::int,\n                    TG_OP, old_row, new_row\n                );\n            END IF;\n            RETURN NULL;\n        ",
                    hash="332ff0e414506a45297b0b8c66484682f1914b06",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_record_changes_2c3c8",
                    table="mfa_authenticator",
                    when="AFTER",
                ),
            ),
        ),
    ]

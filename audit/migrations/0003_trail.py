import django.contrib.postgres.fields
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.db import migrations, models

from dho.lib.rls import EnableRowSecurity, Setting

# Sealing and verifying read every entry, also refusals that belong to nobody's municipality. Only for reading.
SEALING = """
    CREATE POLICY sealing ON audit_accessentry FOR SELECT USING ((SELECT current_setting('dho.actor', true)) = 'audit')
"""
# What stood here before the seals is sealed by the first round.
BEFORE = """
    SELECT set_config('dho.actor', 'audit', true);
    INSERT INTO audit_unsealedentry (entry_id, at) SELECT id, clock_timestamp() FROM audit_accessentry;
    SELECT set_config('dho.actor', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_security"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditReview",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                ("municipality_id", models.IntegerField()),
                ("entry_id", models.UUIDField()),
                ("pattern", models.CharField(max_length=30)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("LAWFUL", "Innsynet var i orden"),
                            ("ASKED", "Lederen er spurt og skal svare"),
                            ("BREACH", "Innsynet var ikke i orden"),
                        ],
                        max_length=10,
                    ),
                ),
                ("note", models.CharField(max_length=1000)),
                ("reviewed_at", models.DateTimeField()),
                ("reviewed_by", models.UUIDField()),
                ("reviewer_name", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("day", models.DateField()),
                ("sequence", models.PositiveIntegerField()),
                ("sealed_at", models.DateTimeField()),
                ("entry_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                (
                    "digests",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None),
                ),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="UnsealedEntry",
            fields=[
                ("entry_id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="accessentry",
            name="address",
            field=models.CharField(blank=True, max_length=45),
        ),
        migrations.AddField(
            model_name="accessentry",
            name="basis",
            field=models.CharField(
                choices=[
                    ("HEALTH_CARE", "Helsehjelp"),
                    ("ADMINISTRATION", "Administrasjon av tjenesten"),
                    ("EMERGENCY", "Nødtilgang"),
                    ("INSIGHT", "Innsyn for pasienten"),
                    ("CONTROL", "Kontroll av hvem som har sett i journalen"),
                    ("OWN", "Pasienten selv"),
                    ("AUTOMATIC", "Automatisk behandling"),
                ],
                default="HEALTH_CARE",
                max_length=20,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="accessentry",
            name="request_id",
            field=models.CharField(blank=True, max_length=32),
        ),
        migrations.AddField(
            model_name="changeentry",
            name="purpose",
            field=models.CharField(db_default=Setting(models.Value("dho.purpose")), max_length=20),
        ),
        migrations.AddField(
            model_name="changeentry",
            name="request_id",
            field=models.CharField(db_default=Setting(models.Value("dho.request")), max_length=32),
        ),
        migrations.AlterField(
            model_name="accessentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("OPEN_PATIENT", "Åpnet pasient"),
                    ("OPEN_QUEUE", "Åpnet arbeidskø"),
                    ("OPEN_EXPLANATION", "Åpnet forklaring"),
                    ("OPEN_PLAN", "Åpnet plan"),
                    ("LIST_PATIENTS", "Åpnet pasientliste"),
                    ("SEARCH_PATIENTS", "Søkte etter pasient"),
                    ("LIST_PLANS", "Åpnet planer til godkjenning"),
                    ("PRINT_PLAN", "Skrev ut plan"),
                    ("DECIDE_PLAN", "Tok stilling til plan"),
                    ("CLAIM", "Tok saken"),
                    ("HANDLE", "Behandlet sak"),
                    ("OPEN_DEVICES", "Åpnet enheter"),
                    ("ISSUE_DEVICE", "Ga enhet tilgang"),
                    ("REVOKE_DEVICE", "Sperret enhet"),
                    ("READ_READINGS", "Hentet målinger til enheten"),
                    ("READ_PLAN", "Hentet planen til enheten"),
                    ("READ_QUESTIONNAIRES", "Hentet skjemaer til enheten"),
                    ("SEND", "Sendte inn fra enheten"),
                    ("READ_LOG", "Åpnet innsynsloggen"),
                    ("REVIEW_LOG", "Kontrollerte innsynsloggen"),
                    ("PRINT_LOG", "Skrev ut hvem som har sett i journalen"),
                    ("EXPORT", "Hentet ut alt om pasienten"),
                    ("CORRECT", "Behandlet krav om retting"),
                ],
                max_length=40,
            ),
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(fields=["municipality_id", "at", "id"], name="access_by_municipality"),
        ),
        migrations.AddIndex(
            model_name="accessentry",
            index=models.Index(fields=["municipality_id", "actor_id", "at"], name="access_by_person"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accessentry",
            trigger=pgtrigger.compiler.Trigger(
                name="await_seal",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="INSERT INTO audit_unsealedentry (entry_id, at) VALUES (NEW.id, clock_timestamp()); RETURN NULL;",
                    hash="b9838d248c281c16c831677e0ce6cc1e9ea1e0c2",
                    operation="INSERT",
                    pgid="pgtrigger_await_seal_1eaa3",
                    table="audit_accessentry",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="accessentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "basis__in",
                        ["HEALTH_CARE", "ADMINISTRATION", "EMERGENCY", "INSIGHT", "CONTROL", "OWN", "AUTOMATIC"],
                    )
                ),
                name="access_basis_known",
            ),
        ),
        migrations.AddIndex(
            model_name="auditreview",
            index=models.Index(fields=["municipality_id", "entry_id"], name="review_by_entry"),
        ),
        migrations.AddConstraint(
            model_name="auditreview",
            constraint=models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="review_has_note"),
        ),
        migrations.AddConstraint(
            model_name="auditreview",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["LAWFUL", "ASKED", "BREACH"])), name="review_outcome_known"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditreview",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="07c945464bf9a541c4cdaacd30525e1ce88d4a16",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_79591",
                    table="audit_auditreview",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.UniqueConstraint(fields=("day", "sequence"), name="seal_in_order_of_the_day"),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.UniqueConstraint(fields=("previous",), name="seal_chain_never_forks"),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.CheckConstraint(
                condition=models.Q(("entry_ids__len", models.F("digests__len"))), name="seal_digest_of_each_entry"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="auditseal",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="58497631d50c091587f7dcd41f2a458611cec2af",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_3a3ab",
                    table="audit_auditseal",
                    when="BEFORE",
                ),
            ),
        ),
        EnableRowSecurity("audit_auditreview"),
        migrations.RunSQL(SEALING, "DROP POLICY sealing ON audit_accessentry"),
        migrations.RunSQL(BEFORE, migrations.RunSQL.noop),
    ]

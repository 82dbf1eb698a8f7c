import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0009_running"),
        ("patients", "0011_pathway"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="enrolment",
            trigger=pgtrigger.compiler.Trigger(
                name="active_on_a_plan",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.\"basis\" = '' AND NEW.\"status\" = 'ACTIVE' AND OLD.\"status\" = 'TRIAL')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update of \"status\" rows from % table', TG_TABLE_NAME;",
                    hash="4c4dbad0f1227598d0fa069008488f522c02aae4",
                    operation='UPDATE OF "status"',
                    pgid="pgtrigger_active_on_a_plan_f2715",
                    table="patients_enrolment",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("started_on__isnull", True), ("started_on__gte", models.F("allocated_on")), _connector="OR"
                ),
                name="enrolment_starts_after_allocation",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("trial_ends_on__isnull", True), ("trial_ends_on__gt", models.F("started_on")), _connector="OR"
                ),
                name="enrolment_trial_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True), ("ended_on__gte", models.F("allocated_on")), _connector="OR"
                ),
                name="enrolment_ends_after_allocation",
            ),
        ),
    ]

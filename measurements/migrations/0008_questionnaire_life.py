import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from measurements.data.symptom_sets import DAILY, EVERY_DAY
from measurements.data.wordings import FIRST_ITEMS, FIRST_TITLES


def translate(apps, schema_editor):
    """The first forms in nynorsk and English, and how often they propose to be answered."""
    questionnaire = apps.get_model("measurements", "Questionnaire")
    for form in questionnaire.objects.filter(version=1, code__in=FIRST_TITLES):
        form.texts = FIRST_TITLES[form.code]
        for name, value in EVERY_DAY.items() if form.code in DAILY else ():
            setattr(form, name, value)
        form.save(update_fields=["texts", *EVERY_DAY])
        for item in form.items.filter(code__in=FIRST_ITEMS[form.code]):
            item.texts = FIRST_ITEMS[form.code][item.code]
            item.save(update_fields=["texts"])


class Migration(migrations.Migration):
    dependencies = [
        ("measurements", "0007_systems"),
        ("organisations", "0007_agreements_held"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="questionnaire",
            name="immutable",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="questionnaireitem",
            name="immutable",
        ),
        migrations.RemoveConstraint(
            model_name="questionnaire",
            name="questionnaire_one_current",
        ),
        migrations.RemoveConstraint(
            model_name="questionnaireitem",
            name="item_position_unique",
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="activated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="activated_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="authority",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.municipality",
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="bands",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="created_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="created_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="grace_minutes",
            field=models.PositiveIntegerField(default=120),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="higher_is",
            field=models.CharField(
                choices=[
                    ("WORSE", "Høyere poengsum betyr mer plager"),
                    ("BETTER", "Høyere poengsum betyr mindre plager"),
                ],
                default="WORSE",
                max_length=6,
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="retired_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="retired_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="service",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.followupservice",
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="status",
            field=models.CharField(
                choices=[("DRAFT", "Utkast"), ("ACTIVE", "I bruk"), ("RETIRED", "Ikke i bruk lenger")],
                default="DRAFT",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="texts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="times",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TimeField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="questionnaire",
            name="weekdays",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="questionnaireitem",
            name="counts",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="questionnaireitem",
            name="decimals",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="questionnaireitem",
            name="scale",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="questionnaireitem",
            name="shown_if",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="questionnaireitem",
            name="texts",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="questionnaireitem",
            name="unit",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
        # What was in use stays so; then `current` is made anew, from the one truth.
        migrations.RunSQL(
            "UPDATE measurements_questionnaire SET status = CASE WHEN current THEN 'ACTIVE' ELSE 'RETIRED' END",
            migrations.RunSQL.noop,
        ),
        # Before the triggers stand: it is the same content, in two more languages, with a proposal of when.
        migrations.RunPython(translate, migrations.RunPython.noop),
        migrations.RemoveField(model_name="questionnaire", name="current"),
        migrations.AddField(
            model_name="questionnaire",
            name="current",
            field=models.GeneratedField(
                db_persist=True, expression=models.Q(("status", "ACTIVE")), output_field=models.BooleanField()
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="questionnaire",
            trigger=pgtrigger.compiler.Trigger(
                name="identity",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."authority_id" IS DISTINCT FROM (NEW."authority_id") OR OLD."code" IS DISTINCT FROM (NEW."code") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."service_id" IS DISTINCT FROM (NEW."service_id") OR OLD."version" IS DISTINCT FROM (NEW."version"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="59ea10065b830cdc40b53848f35e65d11448719a",
                    operation="UPDATE",
                    pgid="pgtrigger_identity_dbe02",
                    table="measurements_questionnaire",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="questionnaire",
            trigger=pgtrigger.compiler.Trigger(
                name="immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NOT (OLD."status" = \'DRAFT\') AND (OLD."title" IS DISTINCT FROM (NEW."title") OR OLD."bands" IS DISTINCT FROM (NEW."bands") OR OLD."higher_is" IS DISTINCT FROM (NEW."higher_is") OR OLD."weekdays" IS DISTINCT FROM (NEW."weekdays") OR OLD."times" IS DISTINCT FROM (NEW."times") OR OLD."grace_minutes" IS DISTINCT FROM (NEW."grace_minutes") OR OLD."texts" IS DISTINCT FROM (NEW."texts") OR OLD."activated_at" IS DISTINCT FROM (NEW."activated_at") OR OLD."activated_by_id" IS DISTINCT FROM (NEW."activated_by_id")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b584736334b48a178cbe14892f480691d93d2816",
                    operation="UPDATE",
                    pgid="pgtrigger_immutable_d863c",
                    table="measurements_questionnaire",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="questionnaire",
            trigger=pgtrigger.compiler.Trigger(
                name="one_way",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.\"status\" = 'RETIRED' OR (NEW.\"status\" = 'DRAFT' AND OLD.\"status\" = 'ACTIVE') OR (NEW.\"status\" = 'RETIRED' AND OLD.\"status\" = 'DRAFT'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4e98cac686ef8d030ae65453041b25e08eac124c",
                    operation="UPDATE",
                    pgid="pgtrigger_one_way_d73ad",
                    table="measurements_questionnaire",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="questionnaire",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT (OLD.\"status\" = 'DRAFT'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="4b0d0068e0b728a8222b440647c41c3c3e0cdaad",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_be5ee",
                    table="measurements_questionnaire",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="questionnaire",
            trigger=pgtrigger.compiler.Trigger(
                name="record_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE old_row jsonb; new_row jsonb;",
                    func="\n            IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF old_row IS DISTINCT FROM new_row THEN\n                INSERT INTO audit_changeentry (at, actor, table_name, row_id, municipality_id, operation, before, after)\n                VALUES (\n                    clock_timestamp(), COALESCE(current_setting('dho.actor', true), ''), TG_TABLE_NAME,\n                    COALESCE(new_row, old_row)->>'id', (COALESCE(new_row, old_row)->>'authority_id')::int,\n                    TG_OP, old_row, new_row\n                );\n            END IF;\n            RETURN NULL;\n        ",
                    hash="8485ae841e7cd3744602fd1874476e61e03541d6",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_record_changes_daa2c",
                    table="measurements_questionnaire",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="questionnaireitem",
            trigger=pgtrigger.compiler.Trigger(
                name="frozen_with_version",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE state text;",
                    func="\n            IF TG_OP <> 'INSERT' THEN SELECT status INTO state FROM measurements_questionnaire WHERE id = OLD.questionnaire_id FOR SHARE; \n        IF state IS DISTINCT FROM 'DRAFT' THEN\n            RAISE EXCEPTION 'pgtrigger: the questionnaire is % and can no longer be changed', state;\n        END IF;\n     END IF;\n            IF TG_OP <> 'DELETE' THEN SELECT status INTO state FROM measurements_questionnaire WHERE id = NEW.questionnaire_id FOR SHARE; \n        IF state IS DISTINCT FROM 'DRAFT' THEN\n            RAISE EXCEPTION 'pgtrigger: the questionnaire is % and can no longer be changed', state;\n        END IF;\n     END IF;\n            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;\n            RETURN NEW;\n        ",
                    hash="3a86fb8a9a2b397abda03a4f569c327364d6ef27",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_frozen_with_version_a57d5",
                    table="measurements_questionnaireitem",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "ACTIVE")), fields=("code",), name="questionnaire_one_active"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "DRAFT")), fields=("code",), name="questionnaire_one_draft"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("code", "="),
                    (
                        django.db.models.functions.comparison.Coalesce(
                            django.db.models.functions.comparison.Cast("service", models.TextField()),
                            django.db.models.functions.comparison.Cast("authority", models.TextField()),
                            models.Value(""),
                        ),
                        "<>",
                    ),
                ],
                name="questionnaire_code_of_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(("service__isnull", True), ("authority__isnull", True), _connector="OR"),
                name="questionnaire_at_most_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["DRAFT", "ACTIVE", "RETIRED"])), name="questionnaire_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="questionnaire_has_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("times__len", 0), ("weekdays__len", 0)),
                    models.Q(
                        ("times__len__gt", 0),
                        ("weekdays__contained_by", [0, 1, 2, 3, 4, 5, 6]),
                        ("weekdays__len__gt", 0),
                    ),
                    _connector="OR",
                ),
                name="questionnaire_schedule_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("created_at__isnull", False), ("created_by__isnull", False)),
                    models.Q(("created_at__isnull", True), ("created_by__isnull", True)),
                    _connector="OR",
                ),
                name="questionnaire_created_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("activated_at__isnull", False),
                        ("activated_by__isnull", False),
                        models.Q(("status", "DRAFT"), _negated=True),
                    ),
                    models.Q(("activated_at__isnull", True), ("activated_by__isnull", True)),
                    _connector="OR",
                ),
                name="questionnaire_activated_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retired_at__isnull", False), ("retired_by__isnull", False), ("status", "RETIRED")),
                    models.Q(("retired_at__isnull", True), ("retired_by__isnull", True)),
                    _connector="OR",
                ),
                name="questionnaire_retired_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaire",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("authority__isnull", True), ("service__isnull", True)),
                    models.Q(
                        ("created_at__isnull", False),
                        models.Q(("status", "DRAFT"), ("activated_at__isnull", False), _connector="OR"),
                        models.Q(
                            models.Q(("status", "RETIRED"), _negated=True),
                            ("retired_at__isnull", False),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="questionnaire_own_steps_told",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireitem",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                fields=("questionnaire", "position"),
                name="item_position_unique",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["choice", "boolean", "number", "text"])), name="item_kind_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireitem",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("text", ""), _negated=True), models.Q(("code", ""), _negated=True)),
                name="item_has_text_and_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind", "number"),
                        ("maximum__isnull", False),
                        ("minimum__isnull", False),
                        ("minimum__lt", models.F("maximum")),
                    ),
                    models.Q(
                        models.Q(("kind", "number"), _negated=True),
                        ("maximum__isnull", True),
                        ("minimum__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="item_number_has_ordered_limits",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["choice", "boolean"]), ("options", []), _connector="OR"),
                name="item_options_are_of_a_choice",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionnaireitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counts", False), ("scale", False)),
                    models.Q(("decimals", 0), ("kind", "number"), ("maximum", 10), ("minimum", 0), ("scale", True)),
                    _connector="OR",
                ),
                name="item_scale_is_0_to_10",
            ),
        ),
    ]

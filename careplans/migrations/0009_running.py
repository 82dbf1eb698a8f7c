from datetime import UTC, datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

from dho.lib.rls import EnableRowSecurity, SameMunicipality

# What a municipality begins with, until it writes its own.
ROUTINES = {
    "ALLOCATION": (
        "Før tildeling",
        "",
        [
            "Tilstanden kan følges med målinger og spørsmål på avstand",
            "Personen er motivert",
            "Oppfølging på avstand er faglig forsvarlig",
            "Det er nytte å vente for personen",
            "Tjenesten gjør ikke personen utrygg",
            "Personen kan samtykke og følge en plan",
            "Personen kan bruke enkel teknologi, eller har noen som hjelper",
            "Forventet nytte er skrevet ned",
        ],
    ),
    "HOME_VISIT": (
        "Hjemmebesøk",
        "",
        [
            "Kartlagt helse, hverdag og hva som er viktig for personen",
            "Kartlagt bolig, strøm og dekning",
            "Avklart hvem som er pårørende, og hva de kan hjelpe med",
            "Gått gjennom hva tjenesten er, og at den ikke er en nødtjeneste",
            "Avtalt når personen måler, og når tjenesten ser på målingene",
        ],
    ),
    "TRAINING": (
        "Opplæring",
        "",
        [
            "Vist måleutstyret og nettbrettet",
            "Personen har målt og svart på skjemaet selv",
            "Personen vet hva fargene betyr, og hva som er egne tiltak",
            "Personen vet hvem de ringer i åpningstiden og ellers",
        ],
    ),
    "EQUIPMENT": (
        "Utlevering av utstyr",
        "",
        [
            "Utstyret er rengjort og virker",
            "Serienummeret er registrert på pasienten",
            "Nettbrettet er koblet til pasienten",
            "Avtalt hvordan utstyret leveres tilbake",
        ],
    ),
    "EVALUATION": (
        "Evaluering",
        "",
        [
            "Spurt om oppfølgingen gjør personen utrygg",
            "Sett etter tegn til helseangst",
            "Gått gjennom målingene og varslene i perioden",
            "Avtalt hvor ofte personen måler videre",
        ],
    ),
    "ENDING": (
        "Avslutning",
        "",
        [
            "Personen og pårørende vet at ingen ser på målingene lenger",
            "Fastlegen har fått beskjed",
            "Utstyret er levert tilbake eller avtalt hentet",
            "Dokumentert i journalen",
        ],
    ),
    "ALLOCATION_GUIDE": (
        "Kartlegging og tildeling",
        (
            "Hjemkommunen vurderer og tildeler. Sykehus og fastlege henviser.\n\n"
            "Spør alltid: Kan oppfølgingen gjøre deg utrygg? Svarer personen ja, tildeler dere ikke tjenesten.\n\n"
            "Diagnosen avgjør ikke. Se på behovet, nytten og om personen kan ta del i oppfølgingen."
        ),
        [],
    ),
    "PLAN_GUIDE": (
        "Egenbehandlingsplanen",
        (
            "Begynn med hva som er viktig for personen. Bruk personens egne ord.\n\n"
            "Skriv kjennetegn og tiltak for hver farge. Legen godkjenner grensene og de medisinske tiltakene.\n\n"
            "Gå gjennom planen sammen med personen, og avtal når dere ser på den igjen."
        ),
        [],
    ),
}


def add_routines(apps, schema_editor):
    """The first version of each, with no owner."""
    model = apps.get_model("careplans", "Routine")
    for kind, (title, text, items) in ROUTINES.items():
        model.objects.create(
            kind=kind, number=1, title=title, text=text, items=items, created_at=datetime(2026, 11, 25, tzinfo=UTC)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("careplans", "0008_ladder"),
        ("organisations", "0009_running"),
        ("patients", "0012_running"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Routine",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ALLOCATION", "Sjekkliste for tildeling"),
                            ("HOME_VISIT", "Sjekkliste for hjemmebesøk"),
                            ("TRAINING", "Sjekkliste for opplæring"),
                            ("EQUIPMENT", "Sjekkliste for utstyr"),
                            ("EVALUATION", "Sjekkliste for evaluering"),
                            ("ENDING", "Sjekkliste for avslutning"),
                            ("ALLOCATION_GUIDE", "Veileder for kartlegging og tildeling"),
                            ("PLAN_GUIDE", "Veileder for egenbehandlingsplanen"),
                        ],
                        max_length=20,
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField(blank=True)),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), blank=True, default=list, size=None
                    ),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="routines",
                        to="organisations.municipality",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CaseTask",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("HOME_VISIT", "Hjemmebesøk: kartlegging og opplæring"),
                            ("GP_DIALOGUE", "Dialog med fastlege og andre i kommunen"),
                            ("SERVICE_DIALOGUE", "Dialog med oppfølgingstjenesten"),
                            ("DOCUMENT", "Dokumentere i journalen"),
                            ("REPORT", "Rapportere gevinster"),
                            ("RECEIVE", "Ta imot kandidaten og vurdere vilkårene"),
                            ("TRAINING", "Opplæring av pasienten"),
                            ("RELATIVES", "Opplæring av pårørende"),
                            ("EQUIPMENT", "Utlevere utstyr"),
                            ("INFORMATION", "Gi skriftlig informasjon"),
                            ("GUIDANCE", "Veiledning etter planen"),
                            ("RETURN", "Utstyr ved avslutning"),
                            ("OTHER", "Annet"),
                        ],
                        max_length=20,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=200)),
                ("due_on", models.DateField()),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("NURSE", "sykepleier"),
                            ("HEALTH_WORKER", "annet helsepersonell"),
                            ("SERVICE_LEADER", "leder"),
                            ("HOME_NURSE", "hjemmesykepleier"),
                            ("GROUP_HOME_STAFF", "boligpersonell"),
                            ("SPECIALIST", "sykehuslege"),
                            ("HOSPITAL_NURSE", "sykepleier på sykehus"),
                            ("GP", "fastlege"),
                            ("GP_OFFICE_NURSE", "sykepleier på legekontor"),
                            ("COORDINATOR", "koordinator"),
                            ("CASE_HANDLER", "saksbehandler"),
                            ("MUNICIPAL_LEADER", "leder i kommunen"),
                            ("ECONOMY", "økonomimedarbeider"),
                            ("MUNICIPAL_ADMINISTRATOR", "administrator"),
                            ("PRIVACY_OFFICER", "personvernombud"),
                            ("COMMUNITY_COORDINATOR", "koordinator i helsefellesskap"),
                            ("LOGISTICS", "utstyrslager"),
                            ("SUPPORT", "leverandørstøtte"),
                            ("ANALYST", "analytiker"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "ticked",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("note", models.TextField(blank=True)),
                ("created_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="patients.enrolment"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
                (
                    "plan_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="careplans.planversion",
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "checklist",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="careplans.routine"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                ("id", models.UUIDField(default=uuid_utils.compat.uuid7, primary_key=True, serialize=False)),
                (
                    "kind",
                    models.CharField(
                        choices=[("TRIAL", "Etter prøveperioden"), ("RECURRING", "Jevnlig evaluering")], max_length=10
                    ),
                ),
                ("held_on", models.DateField()),
                ("participants", models.CharField(max_length=300)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("CONTINUE", "Fortsette"), ("ADJUST", "Justere"), ("END", "Avslutte")], max_length=10
                    ),
                ),
                ("makes_insecure", models.BooleanField()),
                ("health_anxiety", models.BooleanField()),
                ("benefit", models.TextField(blank=True)),
                ("frequency", models.CharField(blank=True, max_length=300)),
                ("note", models.TextField(blank=True)),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Ikke avgjort"),
                            ("EBP", "Egenbehandlingsplan"),
                            ("OTHER", "Annen behandlingsplan"),
                        ],
                        max_length=5,
                    ),
                ),
                ("other_plan", models.CharField(blank=True, max_length=300)),
                ("trial_until", models.DateField(blank=True, null=True)),
                ("next_on", models.DateField(blank=True, null=True)),
                ("registered_at", models.DateTimeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="evaluations", to="patients.enrolment"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
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
                "indexes": [models.Index(fields=["enrolment", "held_on"], name="evaluation_by_course")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("participants", ""), _negated=True), name="evaluation_has_participants"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("health_anxiety", False), ("makes_insecure", False)),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="evaluation_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome", "END"),
                            ("trial_until__isnull", False),
                            models.Q(("next_on__isnull", False), models.Q(("frequency", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="evaluation_says_what_next",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_on__isnull", True), ("next_on__gt", models.F("held_on")), _connector="OR"
                        ),
                        name="evaluation_next_is_later",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="evaluation",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="15c9f6a0edd869c5a3ebd27ce53159987e3d8085",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_f2f81",
                    table="careplans_evaluation",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="routine",
            constraint=models.UniqueConstraint(
                fields=("owner", "kind", "number"), name="routine_number_unique", nulls_distinct=False
            ),
        ),
        migrations.AddConstraint(
            model_name="routine",
            constraint=models.CheckConstraint(
                condition=models.Q(("title", ""), _negated=True), name="routine_has_title"
            ),
        ),
        migrations.AddConstraint(
            model_name="routine",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("text", ""), _negated=True), ("items__len__gt", 0), _connector="OR"),
                name="routine_says_something",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routine",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="85789311c3677aafa63404518893ea0afe3150a5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_e69b8",
                    table="careplans_routine",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="casetask",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)),
                fields=["enrolment", "due_on"],
                name="task_open_by_course",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("created_by__isnull", True)),
                fields=("enrolment", "kind", "due_on"),
                name="task_made_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("done_at__isnull", True), ("done_by__isnull", True)),
                    models.Q(("done_at__isnull", False), ("done_by__isnull", False)),
                    _connector="OR",
                ),
                name="task_done_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "OTHER"), _negated=True), models.Q(("title", ""), _negated=True), _connector="OR"
                ),
                name="task_other_has_title",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casetask",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="8764274009b58fada2908c5509c00ebdb82969e0",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_ee6db",
                    table="careplans_casetask",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casetask",
            trigger=pgtrigger.compiler.Trigger(
                name="record_changes",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE old_row jsonb; new_row jsonb;",
                    func="\n            IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - '{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]; END IF;\n            IF old_row IS DISTINCT FROM new_row THEN\n                INSERT INTO audit_changeentry (at, actor, table_name, row_id, municipality_id, operation, before, after)\n                VALUES (\n                    clock_timestamp(), COALESCE(current_setting('dho.actor', true), ''), TG_TABLE_NAME,\n                    COALESCE(new_row, old_row)->>'id', (COALESCE(new_row, old_row)->>'municipality_id')::int,\n                    TG_OP, old_row, new_row\n                );\n            END IF;\n            RETURN NULL;\n        ",
                    hash="2b6cae1ddd1d5ba942d651f025f33803ca6ec21a",
                    operation="INSERT OR UPDATE OR DELETE",
                    pgid="pgtrigger_record_changes_98735",
                    table="careplans_casetask",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="casetask",
            trigger=pgtrigger.compiler.Trigger(
                name="done_stands",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."done_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="38f958c2fbfa1adcc4f5a2a7787373e843337851",
                    operation="UPDATE",
                    pgid="pgtrigger_done_stands_64fba",
                    table="careplans_casetask",
                    when="BEFORE",
                ),
            ),
        ),
        *[
            operation
            for table in ("careplans_casetask", "careplans_evaluation")
            for operation in (
                EnableRowSecurity(table),
                SameMunicipality(table, "patient_id", "patients_patient"),
                SameMunicipality(table, "enrolment_id", "patients_enrolment"),
            )
        ],
        migrations.RunPython(add_routines, migrations.RunPython.noop),
    ]

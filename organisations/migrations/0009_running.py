import django.db.models.deletion
from django.db import migrations, models

# The sources' two figures: one nurse in a full position follows up about eighty, and two nurses in forty per cent of a
# position together follow up about fifty, which is 125 for a full one (S-06).
FIGURES = [
    (
        "FULL_TIME_80",
        80,
        "Én sykepleier i full stilling følger opp om lag 80 pasienter (Ullensaker, 2025)",
        "2025-01-01",
    ),
    (
        "PART_TIME_50",
        125,
        "Sykepleiere i til sammen 40 % stilling følger opp rundt 50 pasienter (Ullensaker, 2023)",
        "2023-01-01",
    ),
]


def add_figures(apps, schema_editor):
    """The planning figures that a service chooses between."""
    model = apps.get_model("organisations", "PlanningFigure")
    for code, patients, found, valid_from in FIGURES:
        model.objects.create(code=code, patients_per_position=patients, found=found, valid_from=valid_from)


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0008_minimum_of_a_trial"),
    ]

    operations = [
        migrations.AddField(
            model_name="followupservice",
            name="evaluation_weeks",
            field=models.PositiveSmallIntegerField(db_default=12, default=12),
        ),
        migrations.CreateModel(
            name="PlanningFigure",
            fields=[
                ("code", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("patients_per_position", models.PositiveSmallIntegerField()),
                ("found", models.CharField(max_length=200)),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gte", models.F("valid_from")), _connector="OR"
                        ),
                        name="planning_figure_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("patients_per_position__gt", 0)), name="planning_figure_is_positive"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="followupservice",
            name="planning_figure",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="organisations.planningfigure",
            ),
        ),
        migrations.AddConstraint(
            model_name="followupservice",
            constraint=models.CheckConstraint(
                condition=models.Q(("evaluation_weeks__gte", 1), ("evaluation_weeks__lte", 104)),
                name="service_evaluates",
            ),
        ),
        migrations.RunPython(add_figures, migrations.RunPython.noop),
    ]

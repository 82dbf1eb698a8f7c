from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_security"),
        ("organisations", "0002_facts"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="membership",
            name="membership_role_fits_organisation",
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("NURSE", "sykepleier"),
                    ("GP", "fastlege"),
                    ("COORDINATOR", "koordinator"),
                    ("MUNICIPAL_ADMINISTRATOR", "administrator"),
                    ("SERVICE_LEADER", "leder"),
                    ("PRIVACY_OFFICER", "personvernombud"),
                ],
                max_length=30,
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("authority__isnull", True),
                        ("practice__isnull", True),
                        ("role__in", ["NURSE", "SERVICE_LEADER"]),
                        ("service__isnull", False),
                    ),
                    models.Q(
                        ("authority__isnull", True),
                        ("practice__isnull", False),
                        ("role", "GP"),
                        ("service__isnull", True),
                    ),
                    models.Q(
                        ("authority__isnull", False),
                        ("practice__isnull", True),
                        ("role__in", ["COORDINATOR", "MUNICIPAL_ADMINISTRATOR", "PRIVACY_OFFICER"]),
                        ("service__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="membership_role_fits_organisation",
            ),
        ),
    ]

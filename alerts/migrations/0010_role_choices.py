from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0002_security"),
    ]

    operations = [
        migrations.AlterField(
            model_name="handling",
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
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_positions"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="devicecredential",
            name="credential_revoked_by_and_why",
        ),
        migrations.AlterField(
            model_name="devicecredential",
            name="revoked_why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("STAFF", "Sperret"),
                    ("LOST", "Nettbrettet er mistet"),
                    ("RETURNED", "Levert tilbake"),
                    ("REUSED", "En brukt nøkkel ble brukt igjen. Noen kan ha kopiert den."),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="devicecredential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True), ("revoked_why", "")),
                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", True), ("revoked_why", "REUSED")),
                    models.Q(
                        ("revoked_at__isnull", False),
                        ("revoked_by__isnull", False),
                        ("revoked_why__in", ["STAFF", "LOST", "RETURNED"]),
                    ),
                    _connector="OR",
                ),
                name="credential_revoked_by_and_why",
            ),
        ),
    ]

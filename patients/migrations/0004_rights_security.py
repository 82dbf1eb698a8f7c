from django.db import migrations

from dho.lib.rls import EnableRowSecurity, SameMunicipality

TABLES = ["carerelation", "handover", "accessblock", "emergencyaccess"]


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_rights")]

    operations = [
        operation
        for table in TABLES
        for operation in (
            EnableRowSecurity(f"patients_{table}"),
            SameMunicipality(f"patients_{table}", "patient_id", "patients_patient"),
        )
    ]

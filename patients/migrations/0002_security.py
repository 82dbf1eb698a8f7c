from django.db import migrations

from dho.lib.rls import EnableRowSecurity, SameMunicipality


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial"), ("accounts", "0002_security")]

    operations = [
        EnableRowSecurity("patients_patient"),
        EnableRowSecurity("patients_relative"),
        EnableRowSecurity("patients_enrolment"),
        SameMunicipality("patients_relative", "patient_id", "patients_patient"),
        SameMunicipality("patients_enrolment", "patient_id", "patients_patient"),
        # The accounts app lies below this one, so its column becomes a foreign key here.
        SameMunicipality("accounts_devicecredential", "patient_id", "patients_patient"),
    ]

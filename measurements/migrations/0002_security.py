from django.db import migrations

from dho.lib.rls import EnableRowSecurity, SameMunicipality


class Migration(migrations.Migration):
    dependencies = [("measurements", "0001_initial"), ("patients", "0002_security")]

    operations = [
        EnableRowSecurity("measurements_reading"),
        EnableRowSecurity("measurements_readingstatement"),
        EnableRowSecurity("measurements_questionnaireresponse"),
        EnableRowSecurity("measurements_refusedsubmission"),
        SameMunicipality("measurements_reading", "patient_id", "patients_patient"),
        SameMunicipality("measurements_readingstatement", "reading_id", "measurements_reading"),
        SameMunicipality("measurements_questionnaireresponse", "patient_id", "patients_patient"),
        SameMunicipality("measurements_refusedsubmission", "patient_id", "patients_patient"),
    ]

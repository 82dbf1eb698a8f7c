from django.db import migrations

from dho.lib.rls import EnableRowSecurity, SameMunicipality


class Migration(migrations.Migration):
    dependencies = [("careplans", "0001_initial"), ("patients", "0002_security")]

    operations = [
        EnableRowSecurity("careplans_plan"),
        EnableRowSecurity("careplans_planversion"),
        EnableRowSecurity("careplans_threshold"),
        EnableRowSecurity("careplans_schedule"),
        EnableRowSecurity("careplans_measure"),
        EnableRowSecurity("careplans_approval"),
        SameMunicipality("careplans_plan", "patient_id", "patients_patient"),
        SameMunicipality("careplans_planversion", "plan_id", "careplans_plan"),
        SameMunicipality("careplans_planversion", "patient_id", "patients_patient"),
        SameMunicipality("careplans_threshold", "version_id", "careplans_planversion"),
        SameMunicipality("careplans_schedule", "version_id", "careplans_planversion"),
        SameMunicipality("careplans_measure", "version_id", "careplans_planversion"),
        SameMunicipality("careplans_approval", "version_id", "careplans_planversion"),
    ]

from django.db import migrations

from dho.lib.rls import EnableRowSecurity, SameMunicipality


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0001_initial"),
        ("careplans", "0002_security"),
        ("measurements", "0002_security"),
    ]

    operations = [
        # What the row trigger of the queue draws `change` from: it rises over all services and never repeats.
        migrations.RunSQL(
            "CREATE SEQUENCE alerts_queueentry_change",
            "DROP SEQUENCE alerts_queueentry_change",
            elidable=False,
        ),
        EnableRowSecurity("alerts_alert"),
        EnableRowSecurity("alerts_assessment"),
        EnableRowSecurity("alerts_queueentry"),
        EnableRowSecurity("alerts_handling"),
        EnableRowSecurity("alerts_delivery"),
        EnableRowSecurity("alerts_expectation"),
        SameMunicipality("alerts_alert", "patient_id", "patients_patient"),
        SameMunicipality("alerts_alert", "handling_id", "alerts_handling"),
        SameMunicipality("alerts_assessment", "patient_id", "patients_patient"),
        SameMunicipality("alerts_assessment", "reading_id", "measurements_reading"),
        SameMunicipality("alerts_assessment", "response_id", "measurements_questionnaireresponse"),
        SameMunicipality("alerts_assessment", "plan_version_id", "careplans_planversion"),
        SameMunicipality("alerts_assessment", "alert_id", "alerts_alert"),
        SameMunicipality("alerts_queueentry", "patient_id", "patients_patient"),
        SameMunicipality("alerts_queueentry", "alert_id", "alerts_alert"),
        SameMunicipality("alerts_handling", "patient_id", "patients_patient"),
        SameMunicipality("alerts_delivery", "alert_id", "alerts_alert"),
        SameMunicipality("alerts_expectation", "patient_id", "patients_patient"),
    ]

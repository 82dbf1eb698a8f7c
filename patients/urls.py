"""Addresses of patients: the list, devices, access, emergency access, and who has looked."""

from django.urls import path

from patients.views import access, access_matrix, access_steps, agreements, devices, emergencies, insight, log
from patients.views.emergency import emergency
from patients.views.list import patients

urlpatterns = [
    path("avtaler/", agreements.agreements, name="agreements"),
    path("avtaler/ny/", agreements.new, name="agreement-new"),
    path("avtaler/<uuid:agreement_id>/", agreements.agreement, name="agreement"),
    path("avtaler/<uuid:agreement_id>/endre/", agreements.change, name="agreement-change"),
    path("avtaler/<uuid:agreement_id>/avslutt/", agreements.end, name="agreement-end"),
    path("tilganger/", access_matrix.matrix, name="access-matrix"),
    path("tilganger/csv/", access_matrix.as_csv, name="access-matrix-csv"),
    path("pasienter/", patients, name="patients"),
    path("innsyn/logg/", log.access_log, name="access-log"),
    path("pasienter/<uuid:patient_id>/innsyn/", log.patient_log, name="patient-log"),
    path("pasienter/<uuid:patient_id>/innsyn/pdf/", log.patient_log_pdf, name="patient-log-pdf"),
    path("pasienter/<uuid:patient_id>/alt/", insight.export_page, name="patient-export"),
    path("pasienter/<uuid:patient_id>/alt/json/", insight.export_json, name="patient-export-json"),
    path("pasienter/<uuid:patient_id>/alt/pdf/", insight.export_pdf, name="patient-export-pdf"),
    path("pasienter/<uuid:patient_id>/innsynskrav/", insight.insight_requests, name="insight-requests"),
    path("pasienter/<uuid:patient_id>/retting/", insight.corrections, name="corrections"),
    path("pasienter/<uuid:patient_id>/retting/<uuid:request_id>/", insight.decide, name="correction-decide"),
    path("pasienter/<uuid:patient_id>/enheter/", devices.devices, name="devices"),
    path("pasienter/<uuid:patient_id>/enheter/ny/", devices.issue, name="device-issue"),
    path("pasienter/<uuid:patient_id>/enheter/<uuid:credential_id>/sperr/", devices.revoke, name="device-revoke"),
    path("pasienter/<uuid:patient_id>/tilgang/", access.page, name="access"),
    path("pasienter/<uuid:patient_id>/tilgang/del/", access_steps.share, name="access-share"),
    path(
        "pasienter/<uuid:patient_id>/tilgang/del/<uuid:relation_id>/avslutt/",
        access_steps.unshare,
        name="access-unshare",
    ),
    path("pasienter/<uuid:patient_id>/tilgang/overfor/", access_steps.propose, name="handover-propose"),
    path(
        "pasienter/<uuid:patient_id>/tilgang/overfor/<uuid:handover_id>/trekk/",
        access_steps.withdraw,
        name="handover-withdraw",
    ),
    path("pasienter/<uuid:patient_id>/tilgang/sperr/", access_steps.block, name="access-block"),
    path("pasienter/<uuid:patient_id>/tilgang/sperr/<uuid:block_id>/opphev/", access_steps.lift, name="access-lift"),
    path("nodtilgang/", emergency, name="emergency"),
    path("nodtilganger/", emergencies.emergencies, name="emergencies"),
    path("nodtilganger/<uuid:emergency_id>/", emergencies.review, name="emergency-review"),
]

"""Addresses of the list of patients, of one patient's devices, and of who has looked."""

from django.urls import path

from patients.views import devices, insight, log
from patients.views.list import patients

urlpatterns = [
    path("pasienter/", patients, name="patients"),
    path("innsyn/logg/", log.access_log, name="access-log"),
    path("pasienter/<uuid:patient_id>/innsyn/", log.patient_log, name="patient-log"),
    path("pasienter/<uuid:patient_id>/innsyn/pdf/", log.patient_log_pdf, name="patient-log-pdf"),
    path("pasienter/<uuid:patient_id>/alt/", insight.export_page, name="patient-export"),
    path("pasienter/<uuid:patient_id>/alt/json/", insight.export_json, name="patient-export-json"),
    path("pasienter/<uuid:patient_id>/alt/pdf/", insight.export_pdf, name="patient-export-pdf"),
    path("pasienter/<uuid:patient_id>/retting/", insight.corrections, name="corrections"),
    path("pasienter/<uuid:patient_id>/retting/<uuid:request_id>/", insight.decide, name="correction-decide"),
    path("pasienter/<uuid:patient_id>/enheter/", devices.devices, name="devices"),
    path("pasienter/<uuid:patient_id>/enheter/ny/", devices.issue, name="device-issue"),
    path("pasienter/<uuid:patient_id>/enheter/<uuid:credential_id>/sperr/", devices.revoke, name="device-revoke"),
]

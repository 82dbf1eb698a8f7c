"""Addresses of the list of patients and of one patient's devices."""

from django.urls import path

from patients.views import access_matrix, agreements, devices
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
    path("pasienter/<uuid:patient_id>/enheter/", devices.devices, name="devices"),
    path("pasienter/<uuid:patient_id>/enheter/ny/", devices.issue, name="device-issue"),
    path("pasienter/<uuid:patient_id>/enheter/<uuid:credential_id>/sperr/", devices.revoke, name="device-revoke"),
]

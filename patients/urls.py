"""Addresses of the list of patients and of one patient's devices."""

from django.urls import path

from patients.views import devices
from patients.views.list import patients

urlpatterns = [
    path("pasienter/", patients, name="patients"),
    path("pasienter/<uuid:patient_id>/enheter/", devices.devices, name="devices"),
    path("pasienter/<uuid:patient_id>/enheter/ny/", devices.issue, name="device-issue"),
    path("pasienter/<uuid:patient_id>/enheter/<uuid:credential_id>/sperr/", devices.revoke, name="device-revoke"),
]

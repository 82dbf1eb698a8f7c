"""Addresses of the list of patients, of one patient's devices and access, and of emergency access."""

from django.urls import path

from patients.views import access, access_steps, devices, emergencies
from patients.views.emergency import emergency
from patients.views.list import patients

urlpatterns = [
    path("pasienter/", patients, name="patients"),
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

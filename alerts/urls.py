"""Addresses of the queue, handovers, the patient page and the explanations."""

from django.urls import path

from alerts.views import curves, doctor, explanation, handovers, log_review, patient, queue

urlpatterns = [
    path("arbeidsko/", queue.page, name="queue"),
    path("arbeidsko/liste/", queue.fragment, name="queue-list"),
    path("arbeidsko/<uuid:patient_id>/ta/", queue.take, name="queue-claim"),
    path("arbeidsko/<uuid:patient_id>/slipp/", queue.let_go, name="queue-release"),
    path("arbeidsko/<uuid:patient_id>/ferdig/", queue.done, name="queue-done"),
    path("arbeidsko/<uuid:patient_id>/angre/", queue.take_back, name="queue-undo"),
    path("pasienter/<uuid:patient_id>/", patient.page, name="patient"),
    path("pasienter/<uuid:patient_id>/kurver/", curves.curves, name="patient-curves"),
    path("pasienter/<uuid:patient_id>/legekontakt/", doctor.contact, name="doctor-contact"),
    path("innsyn/kontroll/", log_review.unusual, name="log-review"),
    path("innsyn/kontroll/<uuid:entry_id>/<str:pattern>/", log_review.review, name="log-review-one"),
    path("overforinger/", handovers.page, name="handovers"),
    path("overforinger/<uuid:handover_id>/svar/", handovers.answer, name="handover-answer"),
    path("vurderinger/<uuid:assessment_id>/", explanation.page, name="explanation"),
]

"""Addresses of the queue, handovers, the patient page, the explanations, guidance and cooperation with hospitals."""

from django.urls import path

from alerts.views import (
    activities,
    agenda,
    doctor,
    ending,
    explanation,
    guidance,
    handovers,
    log_review,
    meetings,
    outpatient,
    patient,
    queue,
)

urlpatterns = [
    path("forlop/<uuid:enrolment_id>/avslutt/", ending.end, name="course-end"),
    path("arbeidsko/", queue.page, name="queue"),
    path("arbeidsko/liste/", queue.fragment, name="queue-list"),
    path("arbeidsko/<uuid:patient_id>/ta/", queue.take, name="queue-claim"),
    path("arbeidsko/<uuid:patient_id>/slipp/", queue.let_go, name="queue-release"),
    path("arbeidsko/<uuid:patient_id>/ferdig/", queue.done, name="queue-done"),
    path("arbeidsko/<uuid:patient_id>/angre/", queue.take_back, name="queue-undo"),
    path("pasienter/<uuid:patient_id>/", patient.page, name="patient"),
    path("pasienter/<uuid:patient_id>/legekontakt/", doctor.contact, name="doctor-contact"),
    path("innsyn/kontroll/", log_review.unusual, name="log-review"),
    path("innsyn/kontroll/<uuid:entry_id>/<str:pattern>/", log_review.review, name="log-review-one"),
    path("overforinger/", handovers.page, name="handovers"),
    path("overforinger/<uuid:handover_id>/svar/", handovers.answer, name="handover-answer"),
    path("veiledning/", guidance.page, name="guidance"),
    path("veiledning/ny/", guidance.new, name="guidance-new"),
    path("veiledning/<uuid:card_id>/", guidance.card, name="guidance-card"),
    path("moter/", meetings.page, name="meetings"),
    path("moter/<uuid:meeting_id>/", meetings.meeting, name="meeting"),
    path("moter/sak/<uuid:item_id>/", agenda.page, name="meeting-item"),
    path("hastetimer/", outpatient.page, name="outpatient"),
    path("hastetimer/<uuid:slot_id>/", outpatient.one, name="outpatient-one"),
    path("pasienter/<uuid:patient_id>/hastetime/", outpatient.new, name="outpatient-new"),
    path("aktiviteter/", activities.page, name="activities"),
    path("aktiviteter/liste.csv", activities.as_csv, name="activities-csv"),
    path("aktiviteter/<uuid:activity_id>/rett/", activities.correct, name="activity-correct"),
    path("pasienter/<uuid:patient_id>/aktivitet/", activities.new, name="activity-new"),
    path("kontaktpunkt/", activities.contact_point, name="contact-point"),
    path("vurderinger/<uuid:assessment_id>/", explanation.page, name="explanation"),
]

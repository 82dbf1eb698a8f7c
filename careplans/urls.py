"""Addresses of the plan pages."""

from django.urls import path

from careplans.views import approval, editor, paper, plan_of_patient, recording, sending, taking_over, templates

urlpatterns = [
    path("planer/", approval.plans, name="plans"),
    path("planer/pasient/<uuid:patient_id>/", plan_of_patient.plan_of_patient, name="plan-patient"),
    path("planer/pasient/<uuid:patient_id>/ny/", plan_of_patient.begin, name="plan-begin"),
    path("planer/pasient/<uuid:patient_id>/overta/", taking_over.take_over, name="plan-take-over"),
    path("planer/pasient/<uuid:patient_id>/sammenlign/", plan_of_patient.compare, name="plan-compare"),
    path("planer/<uuid:version_id>/", approval.decide, name="plan-decide"),
    path("planer/<uuid:version_id>/utskrift/", paper.print_page, name="plan-print"),
    path("planer/<uuid:version_id>/pdf/", paper.pdf, name="plan-pdf"),
    path("planer/<uuid:version_id>/rediger/", editor.edit, name="plan-edit"),
    path("planer/<uuid:version_id>/endre/", plan_of_patient.change, name="plan-change"),
    path("planer/<uuid:version_id>/trekk/", plan_of_patient.take_back, name="plan-withdraw"),
    path("planer/<uuid:version_id>/send/", sending.send, name="plan-send"),
    path("planer/<uuid:version_id>/forhandsvisning/", sending.preview, name="plan-preview"),
    path("planer/<uuid:version_id>/gjennomgang/", recording.meeting, name="plan-meeting"),
    path("planer/<uuid:version_id>/enighet/", recording.acceptance, name="plan-acceptance"),
    path("planer/<uuid:version_id>/eksport/", taking_over.export, name="plan-export"),
    path("planmaler/", templates.templates, name="plan-templates"),
    path("planmaler/<uuid:template_version_id>/", templates.template, name="plan-template"),
    path("planmaler/<uuid:template_version_id>/steg/", templates.template_step, name="plan-template-step"),
]

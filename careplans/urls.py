"""Addresses of the plan pages."""

from django.urls import path

from careplans.views import approval, curves, ladder, paper, routine

urlpatterns = [
    path("planer/", approval.plans, name="plans"),
    path("planer/<uuid:version_id>/", approval.decide, name="plan-decide"),
    path("planer/<uuid:version_id>/utskrift/", paper.print_page, name="plan-print"),
    path("planer/<uuid:version_id>/pdf/", paper.pdf, name="plan-pdf"),
    path("planer/venter/", ladder.waiting, name="plans-waiting"),
    path("planer/<uuid:version_id>/paminnelse/", ladder.reminder, name="plan-remind"),
    path("planer/<uuid:version_id>/telefon/", ladder.call, name="plan-call"),
    path("kurver/<uuid:report_id>/", curves.report, name="curve-report"),
    path("kurver/<uuid:report_id>/pdf/", curves.pdf, name="curve-report-pdf"),
    path("legeoppgaver/", routine.tasks, name="gp-tasks"),
    path("legeoppgaver/<uuid:patient_id>/sett/", routine.look, name="gp-look"),
    path("pasienter/<uuid:patient_id>/fastlege/", routine.routine, name="gp-routine"),
]

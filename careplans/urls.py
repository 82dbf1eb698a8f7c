"""Addresses of the plan pages, and of the courses."""

from django.urls import path

from careplans.views import approval, board, caseload, course, paper, routines

urlpatterns = [
    path("planer/", approval.plans, name="plans"),
    path("planer/<uuid:version_id>/", approval.decide, name="plan-decide"),
    path("planer/<uuid:version_id>/utskrift/", paper.print_page, name="plan-print"),
    path("planer/<uuid:version_id>/pdf/", paper.pdf, name="plan-pdf"),
    path("forlop/", board.courses, name="courses"),
    path("forlop/rutiner/", routines.routines, name="routines"),
    path("forlop/rutiner/<slug:routine_kind>/", routines.routine, name="routine"),
    path("forlop/<uuid:enrolment_id>/", course.course, name="course"),
    path("forlop/<uuid:enrolment_id>/prove/", course.trial, name="course-trial"),
    path("forlop/<uuid:enrolment_id>/evaluering/", course.evaluation, name="course-evaluation"),
    path("forlop/<uuid:enrolment_id>/pause/", course.pause, name="course-pause"),
    path("forlop/<uuid:enrolment_id>/pause/<uuid:pause_id>/", course.pause_end, name="course-pause-end"),
    path("forlop/<uuid:enrolment_id>/oppgaver/ny/", course.task_new, name="course-task-new"),
    path("forlop/<uuid:enrolment_id>/oppgaver/<uuid:task_id>/", course.task, name="course-task"),
    path("tjenester/belastning/", caseload.caseload, name="caseload"),
]

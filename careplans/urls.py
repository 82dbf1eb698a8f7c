"""Addresses of the plan pages."""

from django.urls import path

from careplans.views import approval, ladder, paper, questionnaires, questions, recount, routine

urlpatterns = [
    path("planer/", approval.plans, name="plans"),
    path("planer/<uuid:version_id>/", approval.decide, name="plan-decide"),
    path("planer/<uuid:version_id>/tell/", recount.recount, name="plan-recount"),
    path("planer/<uuid:version_id>/utskrift/", paper.print_page, name="plan-print"),
    path("planer/<uuid:version_id>/pdf/", paper.pdf, name="plan-pdf"),
    path("planer/venter/", ladder.waiting, name="plans-waiting"),
    path("planer/<uuid:version_id>/paminnelse/", ladder.reminder, name="plan-remind"),
    path("planer/<uuid:version_id>/telefon/", ladder.call, name="plan-call"),
    path("legeoppgaver/", routine.tasks, name="gp-tasks"),
    path("legeoppgaver/<uuid:patient_id>/sett/", routine.look, name="gp-look"),
    path("pasienter/<uuid:patient_id>/fastlege/", routine.routine, name="gp-routine"),
    path("skjemaer/", questionnaires.questionnaires, name="questionnaires"),
    path("skjemaer/nytt/", questionnaires.new, name="questionnaire-new"),
    path("skjemaer/<int:questionnaire_id>/", questionnaires.questionnaire, name="questionnaire"),
    path("skjemaer/<int:questionnaire_id>/endre/", questionnaires.change, name="questionnaire-change"),
    path("skjemaer/<int:questionnaire_id>/sporsmal/nytt/<slug:item_type>/", questions.add, name="question-new"),
    path("skjemaer/<int:questionnaire_id>/sporsmal/<slug:item_code>/", questions.change, name="question"),
    path("skjemaer/<int:questionnaire_id>/sporsmal/<slug:item_code>/flytt/", questions.move, name="question-move"),
    path("skjemaer/<int:questionnaire_id>/sporsmal/<slug:item_code>/fjern/", questions.remove, name="question-remove"),
    path("skjemaer/<int:questionnaire_id>/ta-i-bruk/", questionnaires.take_into_use, name="questionnaire-activate"),
    path("skjemaer/<int:questionnaire_id>/avslutt/", questionnaires.take_out_of_use, name="questionnaire-retire"),
    path("skjemaer/<int:questionnaire_id>/ny-versjon/", questionnaires.version, name="questionnaire-version"),
    path("skjemaer/<int:questionnaire_id>/slett/", questionnaires.throw_away, name="questionnaire-discard"),
    path("planer/<uuid:version_id>/pasientens/", paper.patients_print_page, name="plan-patients-print"),
    path("planer/<uuid:version_id>/pasientens/pdf/", paper.patients_pdf, name="plan-patients-pdf"),
]

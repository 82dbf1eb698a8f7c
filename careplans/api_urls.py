"""Addresses under /api/v1/ that have to do with the plan."""

from django.urls import path

from careplans.api import PlanView, QuestionnairesView

urlpatterns = [
    path("plan/", PlanView.as_view(), name="api-plan"),
    path("questionnaires/", QuestionnairesView.as_view(), name="api-questionnaires"),
]

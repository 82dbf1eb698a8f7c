"""Addresses under /api/v1/ for the forms of the plan."""

from django.urls import path

from careplans.api import QuestionnairesView

urlpatterns = [
    path("questionnaires/", QuestionnairesView.as_view(), name="api-questionnaires"),
]

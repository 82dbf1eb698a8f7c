"""The address under /api/v1/ that tells a device its patient's plan."""

from django.urls import path

from tablet.api import PlanView

urlpatterns = [path("plan/", PlanView.as_view(), name="api-plan")]

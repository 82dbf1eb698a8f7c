"""Addresses under /api/v1/ that have to do with measurements, and the interface's own pages."""

from django.urls import path

from measurements.api import BatchView, ReadingsView, ResponsesView
from measurements.views import interface, schema

urlpatterns = [
    path("", interface, name="api"),
    path("schema/", schema, name="api-schema"),
    path("readings/", ReadingsView.as_view(), name="api-readings"),
    path("readings/batch/", BatchView.as_view(), name="api-readings-batch"),
    path("questionnaire-responses/", ResponsesView.as_view(), name="api-responses"),
]

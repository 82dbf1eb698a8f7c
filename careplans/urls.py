"""Addresses of the plan pages."""

from django.urls import path

from careplans import views

urlpatterns = [
    path("planer/", views.plans, name="plans"),
    path("planer/<uuid:version_id>/", views.decide, name="plan-decide"),
    path("planer/<uuid:version_id>/utskrift/", views.print_page, name="plan-print"),
    path("planer/<uuid:version_id>/pdf/", views.pdf, name="plan-pdf"),
]

"""Addresses of the plan pages."""

from django.urls import path

from careplans.views import approval, ending, paper

urlpatterns = [
    path("planer/", approval.plans, name="plans"),
    path("planer/utloper/", ending.page, name="plans-ending"),
    path("planer/<uuid:version_id>/", approval.decide, name="plan-decide"),
    path("planer/<uuid:version_id>/utskrift/", paper.print_page, name="plan-print"),
    path("planer/<uuid:version_id>/pdf/", paper.pdf, name="plan-pdf"),
]

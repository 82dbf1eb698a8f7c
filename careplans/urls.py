"""Addresses of the plan pages."""

from django.urls import path

from careplans.views import approval, paper

urlpatterns = [
    path("planer/", approval.plans, name="plans"),
    path("planer/<uuid:version_id>/", approval.decide, name="plan-decide"),
    path("planer/<uuid:version_id>/utskrift/", paper.print_page, name="plan-print"),
    path("planer/<uuid:version_id>/pdf/", paper.pdf, name="plan-pdf"),
    path("planer/<uuid:version_id>/pasientens/", paper.patients_print_page, name="plan-patients-print"),
    path("planer/<uuid:version_id>/pasientens/pdf/", paper.patients_pdf, name="plan-patients-pdf"),
]

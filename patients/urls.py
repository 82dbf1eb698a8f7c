"""Addresses of the list of patients."""

from django.urls import path

from patients import views

urlpatterns = [path("pasienter/", views.patients, name="patients")]

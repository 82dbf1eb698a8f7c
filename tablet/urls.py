"""Addresses of the patient's own pages. All lie under /min/, so that nothing of the staff's is reached from them."""

from django.urls import path

from tablet.views import login, own

urlpatterns = [
    path("min/", own.home, name="citizen-home"),
    path("min/logg-inn/", login.sign_in, name="citizen-login"),
    path("min/logg-inn/idporten/", login.to_idporten, name="idporten"),
    path("min/logg-inn/idporten/svar/", login.from_idporten, name="idporten-answer"),
    path("min/velg/", login.choose_patient, name="citizen-choose"),
]

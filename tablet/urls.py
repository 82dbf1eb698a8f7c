"""Addresses of the patient's own pages, and of sending in for a patient as staff.

The patient's own all lie under /min/, and so do all addresses that a citizen reaches.
"""

from django.urls import path

from tablet.views import log, login, on_behalf, own, plan, readings, relatives

urlpatterns = [
    path("min/", own.home, name="citizen-home"),
    path("min/logg-inn/", login.sign_in, name="citizen-login"),
    path("min/logg-inn/idporten/", login.to_idporten, name="idporten"),
    path("min/logg-inn/idporten/svar/", login.from_idporten, name="idporten-answer"),
    path("min/velg/", login.choose_patient, name="citizen-choose"),
    path("min/maling/", readings.measure, name="citizen-measure"),
    path("min/maling/sendt/<uuid:client_id>/", readings.measure_sent, name="citizen-measure-sent"),
    path("min/maling/<slug:type_code>/", readings.measure_type, name="citizen-measure-type"),
    path("min/malinger/", readings.readings, name="citizen-readings"),
    path("min/plan/", plan.plan, name="citizen-plan"),
    path("min/plan/pdf/", plan.plan_pdf, name="citizen-plan-pdf"),
    path("min/innsyn/", log.log, name="citizen-log"),
    path("min/innsyn/pdf/", log.log_pdf, name="citizen-log-pdf"),
    path("min/parorende/", relatives.relatives, name="citizen-relatives"),
    path("min/parorende/ny/", relatives.give, name="citizen-authority-give"),
    path("min/parorende/<uuid:authority_id>/trekk/", relatives.withdraw, name="citizen-authority-withdraw"),
    path("beboere/", on_behalf.residents, name="residents"),
    path("pasienter/<uuid:patient_id>/maling/", on_behalf.measure, name="measure"),
    path("pasienter/<uuid:patient_id>/maling/sendt/<uuid:client_id>/", on_behalf.measure_sent, name="measure-sent"),
    path("pasienter/<uuid:patient_id>/maling/<slug:type_code>/", on_behalf.measure_type, name="measure-type"),
]

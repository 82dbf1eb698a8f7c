"""Addresses of the tablet's own door: being paired, and the PIN. What lies behind is under /min/ (`tablet.urls`)."""

from django.urls import path

from tablet.views import pairing

urlpatterns = [
    path("nettbrett/", pairing.start, name="tablet"),
    path("nettbrett/koble/", pairing.connect, name="tablet-connect"),
    path("nettbrett/kode/", pairing.code, name="tablet-code"),
    path("nettbrett/pin/", pairing.enter_pin, name="tablet-pin"),
    path("nettbrett/pin/ny/", pairing.choose_pin, name="tablet-pin-new"),
    path("nettbrett/las/", pairing.leave, name="tablet-lock"),
]

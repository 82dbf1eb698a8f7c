"""Addresses under /api/v1/oauth/. The metadata document and allauth's pages for people are not offered."""

from django.urls import path

from accounts.api import DeviceCodeView, TokenView

urlpatterns = [
    path("oauth/device/", DeviceCodeView.as_view(), name="api-oauth-device"),
    path("oauth/token/", TokenView.as_view(), name="api-oauth-token"),
]

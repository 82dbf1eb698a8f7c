"""Addresses of signing in and of the person's own page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views
from audit.logged import logs_nothing

urlpatterns = [
    path("", views.home, name="home"),
    path("logg-inn/", views.Login.as_view(), name="login"),
    path("logg-ut/", logs_nothing("Ends the session; no patient.")(LogoutView.as_view()), name="logout"),
    path("rolle/", views.choose_role, name="choose-role"),
    path("profil/", views.profile, name="profile"),
]

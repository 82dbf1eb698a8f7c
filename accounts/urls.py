"""Addresses of signing in and of the person's own page."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import own, people
from audit.logged import logs_nothing

urlpatterns = [
    path("", own.home, name="home"),
    path("logg-inn/", own.Login.as_view(), name="login"),
    path("logg-ut/", logs_nothing("Ends the session; no patient.")(LogoutView.as_view()), name="logout"),
    path("rolle/", own.choose_role, name="choose-role"),
    path("profil/", own.profile, name="profile"),
    path("personer/", people.people, name="people"),
    path("personer/ny/", people.new, name="person-new"),
    path("personer/<uuid:user_id>/", people.person, name="person"),
    path("personer/roller/<uuid:membership_id>/avslutt/", people.end, name="membership-end"),
]

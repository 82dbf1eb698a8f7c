"""Addresses of signing in and of the person's own pages.

Of allauth's addresses only those we use are here, under the names it looks for itself (`account_…`, `mfa_…`). No
sign-up, no password by mail, no connecting of accounts.
"""

from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts.views import identity, login, own, people, second_factor, sessions, systems
from audit.logged import logs_nothing

urlpatterns = [
    path("", own.home, name="home"),
    path("logg-inn/", login.PasswordLogin.as_view(), name="login"),
    path("logg-inn/", login.PasswordLogin.as_view(), name="account_login"),
    path("logg-inn/kode/", login.EnterCode.as_view(), name="mfa_authenticate"),
    path("logg-inn/helseid/", login.to_helseid, name="helseid"),
    path("logg-inn/helseid/svar/", login.from_helseid, name="helseid-answer"),
    path("logg-ut/", logs_nothing("Ends the session; no patient.")(LogoutView.as_view()), name="logout"),
    path("sprak/", own.choose_language, name="language"),
    path("okt/", sessions.this_session, name="session"),
    path("rolle/", own.choose_role, name="choose-role"),
    path("profil/", own.profile, name="profile"),
    path("profil/adresse/", identity.own_address, name="own-address"),
    path("profil/innlogginger/", sessions.own_sessions, name="sessions"),
    path("profil/innlogginger/alle/avslutt/", sessions.end_all_sessions, name="sessions-end-all"),
    path("profil/innlogginger/<int:session_id>/avslutt/", sessions.end_session, name="session-end"),
    path("profil/to-trinn/", second_factor.overview, name="mfa_index"),
    path("profil/to-trinn/app/", second_factor.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("profil/to-trinn/app/fjern/", second_factor.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("profil/to-trinn/nokkel/", second_factor.AddKey.as_view(), name="mfa_add_webauthn"),
    path("profil/to-trinn/nokkel/<int:pk>/fjern/", second_factor.RemoveKey.as_view(), name="mfa_remove_webauthn"),
    path("profil/to-trinn/koder/", second_factor.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("profil/to-trinn/koder/nye/", second_factor.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("profil/bekreft/", second_factor.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("profil/bekreft/kode/", second_factor.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("systemer/", systems.systems, name="systems"),
    path("systemer/nytt/", systems.new, name="system-new"),
    path("systemer/<uuid:system_id>/hemmelighet/", systems.renew, name="system-renew"),
    path("systemer/<uuid:system_id>/trekk/", systems.withdraw, name="system-withdraw"),
    path("personer/", people.people, name="people"),
    path("personer/ny/", people.new, name="person-new"),
    path("personer/<uuid:user_id>/", people.person, name="person"),
    path("personer/<uuid:user_id>/fodselsnummer/", identity.national_id, name="person-national-id"),
    path("personer/<uuid:user_id>/adresse/", identity.address, name="person-address"),
    path("personer/roller/<uuid:membership_id>/avslutt/", people.end, name="membership-end"),
]

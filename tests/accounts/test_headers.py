"""What every answer tells the browser to refuse, on real answers of the product."""

import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.signing_in import sign_in
from tests.factories.accounts import let_in, make_app
from tests.journeys.stack import ROOT

PAGES = ["login", "queue", "profile", "sessions", "mfa_index", "accessibility"]


@pytest.fixture(params=PAGES)
def answer(request, as_kari):
    if request.param == "login":
        return Client().get(reverse("login"))
    return as_kari.get(reverse(request.param))


def test_no_inline_script_no_other_origin(answer):
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy


def test_no_frame_around_us(answer):
    assert answer["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_no_address_of_ours_leaves_with_a_link(answer):
    assert answer["Referrer-Policy"] == "same-origin"


def test_no_camera_microphone_or_place(answer):
    policy = answer["Permissions-Policy"]
    assert {"camera=()", "microphone=()", "geolocation=()"} <= set(policy.split(", "))
    # Passkeys need it.
    assert "publickey" not in policy


def test_no_guessing_of_content_types(answer):
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_form_without_the_token_is_refused(world):
    browser = let_in(Client(enforce_csrf_checks=True), world.kari)
    assert browser.post(reverse("profile"), {"shortcuts_enabled": "on"}).status_code == 403
    assert Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "kari"}).status_code == 403


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(world, client):
    client.get(reverse("login"))
    make_app(world.kari)
    sign_in(client, world.kari)
    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert (bool(cookie["httponly"]), cookie["samesite"]) == (True, "Lax")


BEHIND_TLS = """
import django
django.setup()
from django.test import Client
with_tls = Client(headers={"Host": "dho.example.no", "X-Forwarded-Proto": "https"})
page = with_tls.get("/logg-inn/")
plain = Client(headers={"Host": "dho.example.no"}).get("/logg-inn/")
print(page.status_code, page["Strict-Transport-Security"], bool(page.cookies["csrftoken"]["secure"]))
print(plain.status_code, plain["Location"])
from django.conf import settings
print(settings.SESSION_COOKIE_SECURE, settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN)
"""


def test_behind_tls_cookies_are_secure_and_browsers_are_told_to_stay_there(committed_db):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dho.settings",
        "DHO_BASE_URL": "https://dho.example.no",
        "DHO_TRUSTED_PROXIES": "2",
        "DHO_ALLOWED_HOSTS": "dho.example.no",
    }
    ran = subprocess.run(
        [sys.executable, "-c", BEHIND_TLS], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.stdout.splitlines() == [
        "200 max-age=31536000; includeSubDomains; preload True",
        "301 https://dho.example.no/logg-inn/",
        "True False",
    ], ran.stderr


def test_in_production_helseid_without_a_key_is_refused_with_the_name_of_the_variable():
    environment = {**os.environ, "DHO_PRODUCTION": "1", "DHO_HELSEID_URL": "https://helseid.example.no"}
    ran = subprocess.run(
        [sys.executable, "-c", "import dho.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Set DHO_HELSEID_KEY" in ran.stderr


def test_https_without_the_number_of_proxies_is_refused_with_the_name_of_the_variable():
    environment = {**os.environ, "DHO_BASE_URL": "https://dho.example.no", "DHO_TRUSTED_PROXIES": "0"}
    ran = subprocess.run(
        [sys.executable, "-c", "import dho.settings"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Set DHO_TRUSTED_PROXIES" in ran.stderr

"""What a person does to sign in, as a browser sends it."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories.accounts import PASSWORD, code_of


def send_password(browser: Client, username: str = "kari", password: str = PASSWORD, **data):
    """Post the login form."""
    return browser.post(reverse("login"), {"username": username, "password": password, **data})


def send_code(browser: Client, code: str):
    """Post the second step."""
    return browser.post(reverse("mfa_authenticate"), {"code": code})


def sign_in(browser: Client, user: User, **data):
    """Both steps, right; the answer to the second."""
    send_password(browser, user.username, **data)
    return send_code(browser, code_of(user))

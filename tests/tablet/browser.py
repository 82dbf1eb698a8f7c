"""The tablet's own browser, and the nurse who confirms its code."""

import re
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from accounts.services import pair_device
from tests.database import see_everything
from tests.factories.clock import NOW

COOKIE = "dho_nettbrett"
TABLET = "Mozilla/5.0 (Linux; Android 14; SM-X210) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


class TabletBrowser(Client):
    """A browser that is locked to /nettbrett/: cookies, forms and links are all it has."""

    def __init__(self) -> None:
        super().__init__(headers={"user-agent": TABLET})
        self.waited = timedelta()

    def connect(self) -> str:
        """Press «Koble til nettbrettet»; the code that is shown."""
        answer = self.post("/nettbrett/koble/", follow=True)
        first, second = re.findall(r'pair-code__half">(\w+)<', answer.text)
        return f"{first}-{second}"

    def wait(self, **extra):
        """Ask whether the code has been confirmed, a little later than the last time."""
        self.waited += timedelta(seconds=6)
        with time_machine.travel(timezone.now() + self.waited, tick=False):
            return self.get("/nettbrett/kode/", **extra)

    def choose(self, pin: str = "2846", again: str | None = None):
        """Choose a PIN."""
        return self.post("/nettbrett/pin/ny/", {"pin": pin, "again": pin if again is None else again})

    def open(self, pin: str = "2846"):
        """Type the PIN."""
        return self.post("/nettbrett/pin/", {"pin": pin})

    def lock(self):
        """Press «Lås»."""
        return self.post("/nettbrett/las/")

    def home(self):
        """The patient's first page."""
        return self.get("/min/")

    @property
    def token(self) -> str:
        return self.cookies[COOKIE].value


def pair(world, browser: TabletBrowser, *, patient=None, label="Nettbrett 14"):
    """A nurse confirms the code that the browser shows; the pairing."""
    code = browser.connect()
    see_everything()
    made = pair_device(patient=patient or world.per, code=code, label=label, by=world.actor(world.kari), now=NOW)
    browser.wait()
    see_everything()
    return made


def paired_and_open(world, **fields) -> tuple[TabletBrowser, object]:
    """A tablet in daily use."""
    browser = TabletBrowser()
    made = pair(world, browser, **fields)
    assert browser.choose().status_code == 302
    see_everything()
    return browser, made

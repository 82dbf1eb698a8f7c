"""A live product for the journeys: real gunicorn, a real worker and beat, a real browser."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.models import User
from alerts import services
from alerts.queries.invariants import find_breaches
from bench.lab import wait_until
from tests import database
from tests.browser.unpack import UNPACKED
from tests.factories.accounts import PASSWORD, code_of, make_app
from tests.factories.world import World, make_world
from tests.journeys.stack import ROOT, Stack

# Playwright's synchronous interface runs an event loop in this thread, which makes Django suspect async code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="module")
def extra_environment() -> dict[str, str]:
    """What a module's product needs beside the database; a module may have its own."""
    return {}


@pytest.fixture(scope="module")
def stack(
    template_database, django_db_setup, django_db_blocker, tmp_path_factory, extra_environment
) -> Iterator[Stack]:
    """Web, worker and beat on a database of the module's own; the test's own connection works on it too."""
    name = f"{template_database}_live"
    with django_db_blocker.unblock():
        database.copy_database(template_database, name)
        stack = Stack({"DATABASE_URL": database.url_of(name), **extra_environment}, tmp_path_factory.mktemp("stack"))
        with database.working_on(name):
            stack.start("web", "worker", "beat", "watch")
            yield stack
            stack.stop()
        database.drop_database(name)


@pytest.fixture(scope="module")
def live(stack) -> World:
    """The personas, committed in the live product's database."""
    with transaction.atomic():
        database.see_everything()
        world = make_world()
    # Ninety days of a plan arrive in one instant, as after an outage. The watch looks twice a minute, and leaves out a
    # patient whom the worker is busy with; the promises below are checked sooner than that.
    wait_until(_has_caught_up, 60)
    return world


def _has_caught_up() -> bool:
    now = timezone.now()
    services.keep_expectations(now=now)
    services.examine_deadlines(now=now)
    return find_breaches(now=now) == []


@pytest.fixture(autouse=True)
def promises_hold(request) -> Iterator[None]:
    """After every journey the five promises are checked on what it left behind."""
    yield
    if "stack" in request.fixturenames:
        assert find_breaches(now=timezone.now()) == []


def chromium() -> str:
    """The machine's Chromium, or where it has none the headless one that script/setup --dev unpacked."""
    return shutil.which("chromium") or str(UNPACKED / "chromium")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for all browser tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


def watch(page: Page, origin: str) -> list[str]:
    """Collect what no page may do: console errors, refused content, requests that leave the origin, 404s."""
    faults: list[str] = []
    # A refused form answers 4xx on purpose; the browser writes that to the console as well.
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text
            else None
        ),
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if not request.url.startswith(origin) else None)
    page.on(
        "response",
        lambda answer: (
            faults.append(f"404 {answer.url}") if answer.status == 404 and "/static/" in answer.url else None
        ),
    )
    return faults


@pytest.fixture
def page(browser, stack) -> Iterator[Page]:
    """A browser page at the live product that must stay free of faults."""
    context = browser.new_context(base_url=stack.url, locale="nb-NO", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    faults = watch(page, stack.url)
    yield page
    context.close()
    assert faults == []


def sign_in(page: Page, username: str) -> None:
    """Through the login page and the page of the code, as a person does."""
    page.goto("/logg-inn/")
    enter(page, username)


def enter(page: Page, username: str) -> None:
    """The same, from the login page where one already is."""
    user = User.objects.get(username=username)
    if not Authenticator.objects.filter(user=user).exists():
        make_app(user)
    page.get_by_label("Brukernavn").fill(username)
    page.get_by_label("Passord").fill(PASSWORD)
    page.get_by_role("button", name="Logg inn").click()
    page.get_by_label("Engangskode").fill(code_of(user))
    page.get_by_role("button", name="Logg inn").click()
    page.wait_for_url(lambda url: "/logg-inn/" not in url)


AXE = Path(ROOT / "node_modules" / "axe-core" / "axe.min.js")
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and best practice on the page as it stands."""
    page.evaluate(AXE.read_text())
    # Half-way through fading in, every colour is too pale.
    page.wait_for_function("() => document.getAnimations().every(each => each.playState !== 'running')")
    result = page.evaluate("tags => axe.run(document, {runOnly: tags})", AXE_TAGS)
    return [f"{found['id']}: {node['html'][:160]}" for found in result["violations"] for node in found["nodes"]]

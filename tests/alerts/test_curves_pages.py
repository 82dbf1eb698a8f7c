"""«Kurver til fastlegen»: the nurse sends, the doctor opens, and both see that it was done."""

from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from careplans.models import CurveReport, DoctorNotice
from dho.lib.pdf import can_make_pdf
from tests.alerts.services.test_doctor import RED, YELLOW, Course
from tests.careplans.gp import browser_of, plain
from tests.database import see_everything
from tests.factories.clock import NOW


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def address(world) -> str:
    course = Course(world)
    course.measures(YELLOW, -48)
    course.measures(RED, -24)
    return reverse("patient-curves", args=[world.per.pk])


def sent(browser, address, way="PLATFORM") -> str:
    assert browser.post(address, {"way": way}).status_code == 302
    return reverse("curve-report", args=[CurveReport.objects.get().pk])


def test_it_says_that_nothing_is_sent(as_kari, address):
    text = plain(as_kari.get(address))
    assert "Ingen kurver er sendt om denne pasienten." in text
    assert "Det er ikke avtalt at kurver skal sendes med faste mellomrom." in text


def test_the_nurse_sends_and_sees_that_the_doctor_has_opened(as_kari, as_dahl, address):
    report = sent(as_kari, address)
    assert "18.11.2026 kl. 10.00</a> av Kari Nordmann. Fastlegen har ikke åpnet dem." in plain(as_kari.get(address))
    as_kari.get(report)
    tasks = as_dahl.get(reverse("gp-tasks"))
    assert f'href="{report}"' in tasks.text
    text = plain(as_dahl.get(report))
    for expected in (
        "Gule vurderinger i perioden: 1. Røde: 1.", "Plan versjon 1 gjaldt da kurvene ble sendt.",
        "siste 84 %", "Siste 28 dager: 2 målinger", "Ingen tiltak i perioden.",
        "Fastlegen er ikke ansvarlig for å følge dem mellom avtalte tidspunkter.",
    ):  # fmt: skip
        assert expected in text
    assert '<svg class="curve"' in as_dahl.get(report).text
    assert "Ingen nye kurver er sendt til deg." in plain(as_dahl.get(reverse("gp-tasks")))
    assert "Åpnet 18.11.2026 kl. 10.00 av Anne Dahl." in plain(as_kari.get(address))


def test_paper_is_said_and_gives_the_doctor_no_task(as_kari, as_dahl, address):
    sent(as_kari, address, "PAPER")
    assert "Sendt på papir." in plain(as_kari.get(address))
    assert "Ingen nye kurver er sendt til deg." in plain(as_dahl.get(reverse("gp-tasks")))


@pytest.mark.parametrize("way", ["", "DUE"])
def test_a_way_that_is_none_is_refused_in_words(as_kari, address, way):
    page = as_kari.post(address, {"way": way})
    assert (page.status_code, CurveReport.objects.exists()) == (422, False)
    assert "ds-validation-message" in page.text


def test_without_a_doctor_it_is_refused_at_the_field(as_kari, world, address):
    type(world.per).objects.filter(pk=world.per.pk).update(gp=None)
    page = as_kari.post(address, {"way": "PLATFORM"})
    assert (page.status_code, CurveReport.objects.exists()) == (422, False)
    assert "Pasienten har ingen lege på plattformen som kan få kurvene. Send dem på papir." in plain(page)


def test_a_notice_that_did_not_arrive_stands_beside_the_report(as_kari, address):
    failed = "Varselet til legen kom ikke fram. Ring legekontoret."
    sent(as_kari, address)
    assert failed not in plain(as_kari.get(address))
    see_everything()
    DoctorNotice.objects.update(state="FAILED")
    assert failed in plain(as_kari.get(address))


def test_the_pdf(as_kari, address):
    page = as_kari.get(reverse("curve-report-pdf", args=[sent(as_kari, address).split("/")[-2]]))
    if can_make_pdf():
        assert (page.status_code, page["Content-Type"], page.content[:5]) == (200, "application/pdf", b"%PDF-")
        assert page["Content-Disposition"] == 'inline; filename="kurver-2026-11-18.pdf"'
    else:
        assert page.status_code == 503


def test_others_do_not_find_them(as_kari, as_ola, world, address):
    report = sent(as_kari, address)
    others = [as_ola, browser_of(world.nils.gp)]
    assert [browser.get(report).status_code for browser in others] == [404, 404]
    assert [browser.post(address, {"way": "PLATFORM"}).status_code for browser in others] == [404, 404]


def test_the_doctor_does_not_send(as_dahl, address):
    assert as_dahl.get(address).status_code == 404

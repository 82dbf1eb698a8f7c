"""The plan on paper: print page and PDF, and what happens where the machine cannot make a PDF."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from audit.models import AccessEntry
from careplans.enums import MeasureKind, VersionStatus, Zone
from careplans.models import Measure, PlanVersion
from careplans.services import return_with_question, withdraw
from dho.lib import pdf
from tests.factories.accounts import let_in
from tests.factories.careplans import add_schedule, approve, make_draft, propose
from tests.factories.clock import NOW

needs_pango = pytest.mark.skipif(not pdf.can_make_pdf(), reason="WeasyPrint needs Pango: script/setup --system")


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """The pages take their own time; the personas live on one fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def proposal(world) -> PlanVersion:
    """Per's version 2, sent to GP Dahl."""
    draft = make_draft(world.per, world.kari)
    add_schedule(draft)
    return propose(draft)


@pytest.fixture
def no_pango(monkeypatch) -> Iterator[None]:
    """A machine on which the libraries cannot be found."""
    monkeypatch.setattr(pdf, "LIBRARIES", ("no-such-library-1.0",))
    pdf.can_make_pdf.cache_clear()
    yield
    pdf.can_make_pdf.cache_clear()


def paper(version) -> str:
    return reverse("plan-print", args=[version.pk])


def file(version) -> str:
    return reverse("plan-pdf", args=[version.pk])


def plain(text: str) -> str:
    """Text with runs of white space as one space."""
    return " ".join(text.replace("\u00a0", " ").split())


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


class TestThePrintPage:
    def test_it_shows_the_whole_plan_and_where_the_paper_comes_from(self, as_dahl, world):
        text = plain(as_dahl.get(paper(world.per_plan)).text)
        for expected in (
            "AASEN, Per, født 14.03.1948",
            "Egenbehandlingsplan, versjon 1",
            "Godkjent av Anne Dahl (HPR 1234567) 20.08.2026 kl. 11.00.",
            "Å kunne gå tur med hunden hver dag.",
            "gul under 88 · rød under 86 %",
            "hver dag kl. 08.00 med frist 2 t",
            "Gul – begynnende forverring",
            "Bruk leppepust og hvil.",
            "telefon 62 80 00 00",
            "legevakt 116 117",
            "følger ikke med på målingene fortløpende",
            "Utskrift fra DHO 18.11.2026 kl. 10.00",
        ):
            assert expected in text
        assert "IKKE GODKJENT" not in text

    def test_the_patients_name_stands_where_browsers_repeat_it(self, as_dahl, world):
        assert '<thead><tr><td class="sheet__who">AASEN, Per' in as_dahl.get(paper(world.per_plan)).text

    def test_whatever_is_not_approved_says_so(self, as_kari, world, proposal):
        def says() -> bool:
            return "IKKE GODKJENT" in as_kari.get(paper(proposal)).text

        assert says()
        withdraw(version=proposal, by=world.actor(world.kari), now=NOW)
        assert says()
        proposal = make_draft(world.per, world.kari)
        assert says()
        propose(proposal)
        return_with_question(version=proposal, question="Hvorfor?", by=world.actor(world.dahl), now=NOW)
        assert says()

    def test_whatever_no_longer_holds_says_so(self, as_dahl, world, proposal):
        approve(proposal, world.dahl, now=NOW)
        assert "GJELDER IKKE LENGER" in as_dahl.get(paper(world.per_plan)).text
        assert "GJELDER IKKE LENGER" not in as_dahl.get(paper(proposal)).text
        proposal.refresh_from_db()
        with time_machine.travel(proposal.valid_until + timedelta(minutes=1), tick=False):
            as_later = browser_of(world.dahl)
            assert "GJELDER IKKE LENGER" in as_later.get(paper(proposal)).text

    def test_printing_is_logged(self, as_dahl, world):
        as_dahl.get(paper(world.per_plan))
        entry = AccessEntry.objects.get(object_id=str(world.per_plan.pk))
        assert (entry.action, entry.allowed, entry.actor_id) == ("PRINT_PLAN", True, world.dahl.pk)

    @pytest.mark.parametrize("address", [paper, file])
    @pytest.mark.parametrize("person", ["ola", "siri", "ness", "eva"])
    def test_it_is_hidden_from_those_without_right(self, world, address, person):
        assert browser_of(getattr(world, person)).get(address(world.per_plan)).status_code == 404

    @pytest.mark.parametrize("address", [paper, file])
    def test_it_asks_for_login_and_takes_no_post(self, client, as_dahl, world, address):
        assert client.get(address(world.per_plan)).url.startswith(reverse("login"))
        assert as_dahl.post(address(world.per_plan)).status_code == 405

    @pytest.mark.parametrize("address", [paper, file])
    def test_the_doctor_gets_no_draft(self, as_dahl, world, address):
        assert as_dahl.get(address(make_draft(world.per, world.kari))).status_code == 404


@needs_pango
class TestThePdf:
    def test_it_has_name_birth_date_and_number_on_each_page(self, as_dahl, world):
        draft = make_draft(world.per, world.kari)
        for position in range(60):
            Measure.objects.create(
                version=draft,
                municipality_id=draft.municipality_id,
                zone=Zone.YELLOW,
                kind=MeasureKind.OWN,
                position=100 + position,
                text=f"Eget tiltak nummer {position + 1}: hvil og mål på nytt.",
            )
        answer = as_dahl.get(file(propose(draft)))
        assert (answer["Content-Type"], answer["Cache-Control"].count("no-store")) == ("application/pdf", 1)
        pages = [plain(page.extract_text()) for page in PdfReader(BytesIO(answer.content)).pages]
        assert len(pages) > 1
        for number, text in enumerate(pages, 1):
            assert "AASEN, Per, født 14.03.1948" in text
            assert f"Side {number} av {len(pages)}" in text
        assert "IKKE GODKJENT" in pages[0]
        assert "Eget tiltak nummer 60" in " ".join(pages)
        assert "Utskrift fra DHO 18.11.2026 kl. 10.00" in pages[-1]

    def test_no_name_stands_in_the_file_name_or_the_title(self, as_dahl, world):
        answer = as_dahl.get(file(world.per_plan))
        assert answer["Content-Disposition"] == 'inline; filename="egenbehandlingsplan-versjon-1.pdf"'
        assert PdfReader(BytesIO(answer.content)).metadata.title == "Egenbehandlingsplan"

    def test_an_approved_plan_says_by_whom(self, as_dahl, world):
        text = plain(PdfReader(BytesIO(as_dahl.get(file(world.per_plan)).content)).pages[0].extract_text())
        assert "Godkjent av Anne Dahl (HPR 1234567) 20.08.2026 kl. 11.00." in text
        assert "IKKE GODKJENT" not in text

    def test_what_is_written_in_a_plan_cannot_make_the_server_fetch_anything(self, as_dahl, world):
        draft = make_draft(world.per, world.kari)
        PlanVersion.objects.filter(pk=draft.pk, status=VersionStatus.DRAFT).update(
            what_matters='<img src="http://127.0.0.1:9/x"><link rel="attachment" href="file:///etc/hostname">'
        )
        content = as_dahl.get(file(propose(PlanVersion.objects.get(pk=draft.pk)))).content
        reader = PdfReader(BytesIO(content))
        assert dict(reader.attachments) == {}
        assert 'src="http://127.0.0.1:9/x"' in plain(reader.pages[0].extract_text())


class TestAMachineWithoutPango:
    def test_the_pages_say_so_and_offer_the_print_page(self, as_dahl, proposal, no_pango):
        page = as_dahl.get(reverse("plan-decide", args=[proposal.pk]))
        assert "PDF kan ikke lages på denne maskinen." in page.text
        assert paper(proposal) in page.text
        assert file(proposal) not in page.text
        assert file(proposal) not in as_dahl.get(paper(proposal)).text

    @pytest.mark.parametrize("error", ["OSError", "ImportError"])
    def test_a_failing_import_gives_a_page_with_the_way_out(self, as_dahl, proposal, monkeypatch, tmp_path, error):
        """What WeasyPrint does on such a machine: its import raises, here from a module that stands in its place."""
        (tmp_path / "weasyprint.py").write_text(f"raise {error}('cannot load library')\n")
        for name in [name for name in sys.modules if name.split(".")[0] == "weasyprint"]:
            monkeypatch.delitem(sys.modules, name)
        monkeypatch.syspath_prepend(tmp_path)
        page = as_dahl.get(file(proposal))
        assert page.status_code == 503
        assert "PDF kan ikke lages på denne maskinen" in page.text
        assert paper(proposal) in page.text
        assert as_dahl.get(paper(proposal)).status_code == 200

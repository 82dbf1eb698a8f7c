"""The patient's plan on paper: PDF/UA, on two pages, readable without colour, in the patient's language (R-053)."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import User
from audit.models import AccessEntry
from careplans.models import Measure, PlanVersion
from dho.lib import pdf
from patients.models import Patient
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.careplans import approve, make_draft, propose
from tests.factories.citizens import let_in_citizen, own_citizen, own_user
from tests.factories.clock import NOW
from tests.factories.faces import full_draft, full_plan

needs_pango = pytest.mark.skipif(not pdf.can_make_pdf(), reason="WeasyPrint needs Pango: script/setup --system")


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def plan(world) -> PlanVersion:
    return full_plan(world.per, world.kari, world.dahl, now=NOW - timedelta(days=1))


def file(browser, version, **query) -> PdfReader:
    answer = browser.get(reverse("plan-patients-pdf", args=[version.pk]), query)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return PdfReader(BytesIO(answer.content))


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def pages(reader: PdfReader) -> list[str]:
    return [plain(page.extract_text()) for page in reader.pages]


def headings(reader: PdfReader) -> list[str]:
    """The bookmarks, all levels in one row."""

    def flat(outline):
        for each in outline:
            yield from flat(each) if isinstance(each, list) else [plain(each.title)]

    return list(flat(reader.outline))


@needs_pango
class TestTheFile:
    def test_it_is_tagged_with_language_and_title_and_has_bookmarks(self, as_kari, plan):
        reader = file(as_kari, plan)
        root = reader.trailer["/Root"]
        assert root["/MarkInfo"]["/Marked"] == True  # noqa: E712 - pypdf's own boolean
        assert "/StructTreeRoot" in root
        assert (root["/Lang"], reader.metadata.title) == ("nb", "Min plan")
        assert root["/ViewerPreferences"]["/DisplayDocTitle"] == True  # noqa: E712
        assert b"pdfuaid" in root["/Metadata"].get_data()
        assert headings(reader)[:3] == ["Min plan", "Hva er viktig for deg?", "Mål"]
        assert "Hvem du ringer" in headings(reader)

    def test_a_usual_plan_has_two_pages_with_name_birth_date_and_number_on_each(self, as_kari, plan):
        found = pages(file(as_kari, plan))
        assert len(found) <= 2
        for number, text in enumerate(found, 1):
            assert "AASEN, Per, født 14.03.1948" in text
            assert f"Side {number} av {len(found)}" in text

    def test_the_zones_are_told_apart_by_a_mark_and_a_word(self, as_kari, plan):
        text = " ".join(pages(file(as_kari, plan)))
        for told in ("● Grønn – som vanlig", "▲ Gul – begynnende forverring", "■ Rød – akutt forverring"):
            assert told in text

    def test_it_says_whom_to_ring(self, as_kari, plan):
        text = " ".join(pages(file(as_kari, plan)))
        assert "DHO Solør–Odal: 62 80 00 00, åpent hverdager kl. 08.00–15.30" in text
        assert "Legevakten, når det ikke kan vente: 116 117" in text
        assert "Ved fare for liv: 113" in text

    def test_large_type_is_larger_and_says_the_same(self, as_kari, plan):
        small, large = file(as_kari, plan), file(as_kari, plan, stor="1")
        assert len(large.pages) > len(small.pages)
        assert sizes(large) > sizes(small)
        for text in pages(large):
            assert "AASEN, Per, født 14.03.1948" in text

    def test_it_is_in_the_language_that_the_patient_has_chosen(self, as_kari, world, plan):
        User.objects.filter(pk=own_user(world.per).pk).update(language="en")
        reader = file(as_kari, plan)
        text = " ".join(pages(reader))
        assert (reader.trailer["/Root"]["/Lang"], reader.metadata.title) == ("en", "My plan")
        assert "AASEN, Per, born 14.03.1948" in text
        assert f"Page 1 of {len(reader.pages)}" in text
        assert "What matters to you?" in text
        assert "The plan is written in Norwegian." in text

    @pytest.mark.parametrize(("said", "language"), [("nynorsk", "nn"), ("Engelsk", "en"), ("polsk", "nb")])
    def test_a_patient_who_has_not_signed_in_gets_what_staff_have_registered(
        self, as_kari, world, plan, said, language
    ):
        see_everything()
        Patient.objects.filter(pk=world.per.pk).update(language=said)
        assert file(as_kari, plan).trailer["/Root"]["/Lang"] == language

    def test_staff_may_ask_for_another_language(self, as_kari, plan):
        assert file(as_kari, plan, sprak="nn").metadata.title == "Planen min"
        assert file(as_kari, plan, sprak="se").metadata.title == "Min plan"

    def test_a_long_plan_still_has_the_name_on_every_page(self, as_kari, world):
        draft = full_draft(world.per, world.kari)
        for position in range(80):
            Measure.objects.create(
                version=draft, municipality_id=draft.municipality_id, zone="YELLOW", kind="OWN",
                position=100 + position, text=f"Tiltak nummer {position + 1}: hvil, og mål på nytt.",
            )  # fmt: skip
        found = pages(file(as_kari, approve(draft, world.dahl)))
        assert len(found) > 2
        assert [("AASEN, Per" in text, f"Side {n} av {len(found)}" in text) for n, text in enumerate(found, 1)] == [
            (True, True)
        ] * len(found)

    def test_the_patient_gets_the_same_and_no_name_stands_in_the_file_name(self, world, plan):
        browser = let_in_citizen(Client(), own_citizen(world.per))
        answer = browser.get(reverse("citizen-plan-pdf"))
        assert answer["Content-Disposition"] == 'inline; filename="min-plan-versjon-2.pdf"'
        assert pages(PdfReader(BytesIO(answer.content))) == pages(file(let_in(Client(), world.kari), plan))


def sizes(reader: PdfReader) -> float:
    """The largest letters of the first page."""
    found: list[float] = []
    reader.pages[0].extract_text(visitor_text=lambda text, cm, tm, font, size: found.append(size * abs(tm[0] * cm[0])))
    return max(found)


class TestTheDoors:
    @pytest.mark.parametrize("door", ["plan-patients-print", "plan-patients-pdf"])
    def test_only_the_version_in_force_is_given_out(self, as_kari, world, plan, door):
        for version in (world.per_plan, draft := make_draft(world.per, world.kari), propose(draft)):
            page = as_kari.get(reverse(door, args=[version.pk]))
            assert page.status_code == 404
            assert "Denne versjonen gjelder ikke nå" in page.text
            assert "hunden" not in page.text

    @pytest.mark.parametrize("door", ["plan-patients-print", "plan-patients-pdf"])
    @pytest.mark.parametrize("person", ["ola", "siri", "ness", "eva"])
    def test_it_is_hidden_from_those_without_right(self, world, plan, door, person):
        browser = let_in(Client(), getattr(world, person))
        assert browser.get(reverse(door, args=[plan.pk])).status_code == 404

    def test_printing_is_logged(self, as_kari, world, plan):
        as_kari.get(reverse("plan-patients-print", args=[plan.pk]))
        entry = AccessEntry.objects.get(object_id=str(plan.pk))
        assert (entry.action, entry.allowed, entry.actor_id) == ("PRINT_PLAN", True, world.kari.pk)

    def test_the_print_page_offers_the_languages_and_the_files(self, as_kari, plan):
        page = as_kari.get(reverse("plan-patients-print", args=[plan.pk]), {"sprak": "en"})
        assert "What matters to you?" in page.text
        assert '<html lang="nb"' in page.text
        assert 'href="?sprak=en" lang="en" aria-current="true"' in page.text

    def test_the_page_of_the_plan_leads_to_it_only_while_it_is_in_force(self, as_kari, world, plan):
        address = reverse("plan-patients-print", args=[plan.pk])
        assert address in as_kari.get(reverse("plan-decide", args=[plan.pk])).text
        old = reverse("plan-patients-print", args=[world.per_plan.pk])
        assert old not in as_kari.get(reverse("plan-decide", args=[world.per_plan.pk])).text

    def test_a_machine_without_pango_offers_the_print_page(self, as_kari, world, plan, monkeypatch):
        monkeypatch.setattr(pdf, "LIBRARIES", ("no-such-library-1.0",))
        pdf.can_make_pdf.cache_clear()
        monkeypatch.setattr("careplans.paper.make_pdf", _cannot)
        page = as_kari.get(reverse("plan-patients-pdf", args=[plan.pk]))
        assert (page.status_code, reverse("plan-patients-print", args=[plan.pk]) in page.text) == (503, True)
        browser = let_in_citizen(Client(), own_citizen(world.per))
        own = browser.get(reverse("citizen-plan-pdf"))
        assert (own.status_code, "Skriv ut planen fra nettleseren i stedet." in own.text) == (503, True)
        assert reverse("citizen-plan-pdf") not in browser.get(reverse("citizen-plan")).text
        pdf.can_make_pdf.cache_clear()


def _cannot(*args, **kwargs):
    raise pdf.PdfUnavailable

"""A leader makes a questionnaire in a real browser: branching, version 2, and old answers that stay right."""

import os
from pathlib import Path

import pytest
import requests
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from bench.lab import wait_until
from measurements.models import Questionnaire, QuestionnaireResponse
from tests import database
from tests.factories.accounts import token_of
from tests.factories.questionnaires import make_form
from tests.journeys.conftest import sign_in
from tests.journeys.test_admin_browser import looks_right
from tests.measurements.tablet import RESPONSES, response

pytestmark = [pytest.mark.browser]

MOST_TABS = 120


def reach(page: Page, wanted: Locator) -> None:
    """By the Tab key alone, from where the focus is."""
    for _ in range(MOST_TABS):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} cannot be reached with Tab on {page.url}")


def press(page: Page, wanted: Locator) -> None:
    """Reach it and press Enter."""
    reach(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, label: str, text: str) -> None:
    """Into the field, in place of what stood there."""
    reach(page, page.get_by_label(label, exact=True))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(text)


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name).first


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def add(page: Page, item_type: str) -> None:
    press(page, page.get_by_role("list", name="Legg til et spørsmål").get_by_role("link", name=item_type, exact=True))


def send(stack, live, version: int, **answers) -> None:
    """Per's tablet answers that version, and it is judged."""
    body = response(questionnaire="sar_pa_foten", version=version, answers=answers)
    headers = {"Authorization": f"Bearer {token_of(live.per_tablet)}"}
    answer = requests.post(stack.url + RESPONSES, json=body, headers=headers, timeout=10)
    assert answer.status_code == 201, answer.text
    wait_until(lambda: _judged(body["id"]), 30)


def _judged(client_id: str) -> bool:
    with transaction.atomic():
        database.see_everything()
        return QuestionnaireResponse.objects.get(client_id=client_id).assessed_at is not None


def seen(page: Page, name: str) -> None:
    """The page is without fault, wide and narrow; pictures of it where somebody wants to look."""
    folder = os.environ.get("DHO_SCREENSHOTS")
    for width in (1440, 390) if folder else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(Path(folder or "") / f"{name}-{width}.png"), full_page=True)
    looks_right(page)


def test_a_leader_makes_a_form_by_keyboard_and_old_answers_stay_right(page: Page, live, stack, browser):
    sign_in(page, "eva")
    press(page, link(page, "Skjemaer"))
    seen(page, "forms-list-empty")
    press(page, link(page, "Lag et skjema"))
    press(page, button(page, "Lag utkastet"))
    expect(page.get_by_role("link", name="Navn på skjemaet: fyll inn feltet.")).to_be_visible()
    seen(page, "forms-new-error")
    write(page, "Navn på skjemaet", "Sår på foten")
    press(page, button(page, "Lag utkastet"))
    seen(page, "forms-draft-empty")

    add(page, "Valg")
    write(page, "Spørsmålet", "Hvordan ser såret ut?")
    write(page, "Svar 1", "Som i går")
    press(page, button(page, "Lagre spørsmålet"))
    expect(page.get_by_role("link", name="Svar 2: et valg trenger minst to svar.")).to_be_visible()
    expect(page.get_by_label("Spørsmålet", exact=True)).to_have_value("Hvordan ser såret ut?")
    seen(page, "forms-question-error")
    write(page, "Svar 2", "Verre")
    write(page, "Poeng for svar 2", "2")
    press(page, button(page, "Lagre spørsmålet"))

    add(page, "Ja/nei")
    write(page, "Spørsmålet", "Lukter det av såret?")
    write(page, "Poeng for ja", "3")
    reach(page, page.get_by_role("group", name="«Hvordan ser såret ut?» er besvart med").get_by_label("Verre"))
    page.keyboard.press("Space")
    seen(page, "forms-question-branching")
    press(page, button(page, "Lagre spørsmålet"))
    expect(page.get_by_text("Vises bare hvis «Hvordan ser såret ut?» er besvart med «Verre»")).to_be_visible()

    press(page, link(page, "Endre navn, poeng og tider"))
    for field, text in (("Fra", "0"), ("Til", "1"), ("Beskrivelse", "Rolig")):
        write(page, f"{field} (rad 1)", text)
    press(page, button(page, "Lagre"))
    told = "Poengsummen: beskrivelsene må dekke alle summer fra 0 til 5."
    expect(page.get_by_role("link", name=told)).to_be_visible()
    seen(page, "forms-head-error")
    write(page, "Fra (rad 2)", "2")
    write(page, "Til (rad 2)", "5")
    write(page, "Beskrivelse (rad 2)", "Verre sår")
    press(page, button(page, "Lagre"))
    seen(page, "forms-draft")

    press(page, link(page, "Ta i bruk …"))
    seen(page, "forms-activate")
    press(page, button(page, "Ta i bruk nå"))
    expect(page.get_by_text("Sår på foten, versjon 1, er tatt i bruk.")).to_be_visible()
    seen(page, "forms-active")
    send(stack, live, 1, hvordan_ser_saret_ut="som_i_gar")
    send(stack, live, 1, hvordan_ser_saret_ut="verre", lukter_det_av_saret=True)

    press(page, button(page, "Lag ny versjon"))
    press(page, page.get_by_role("link", name="Endre «Hvordan ser såret ut?»"))
    write(page, "Spørsmålet", "Hvordan ser såret ut i dag?")
    press(page, button(page, "Lagre spørsmålet"))
    press(page, link(page, "Ta i bruk …"))
    expect(page.get_by_text("Versjon 1 går ut av bruk med en gang.")).to_be_visible()
    seen(page, "forms-activate-second")
    press(page, button(page, "Ta i bruk nå"))
    send(stack, live, 2, hvordan_ser_saret_ut="som_i_gar")
    press(page, link(page, "Til skjemaene"))
    seen(page, "forms-list")

    kari = browser.new_context(base_url=stack.url, locale="nb-NO").new_page()
    sign_in(kari, "kari")
    kari.goto(reverse("patient", args=[live.per.pk]))
    rows = kari.get_by_role("row").filter(has_text="Sår på foten: svarene")
    expect(rows).to_have_count(3)
    for row in rows.all():
        row.get_by_text("Sår på foten: svarene").click()
    rows_told = sorted(" | ".join(row.locator("dl").inner_text().split("\n")) for row in rows.all())
    assert rows_told == [
        "Hvordan ser såret ut i dag? | Som i går | Lukter det av såret? | Ikke spurt, ut fra svarene før",
        "Hvordan ser såret ut? | Som i går | Lukter det av såret? | Ikke spurt, ut fra svarene før",
        "Hvordan ser såret ut? | Verre | Lukter det av såret? | Ja",
    ]
    expect(rows.filter(has_text="Verre sår")).to_have_count(1)
    kari.context.close()

    page.goto(reverse("questionnaires"))
    press(page, link(page, "Sår på foten"))
    press(page, link(page, "Ta ut av bruk …"))
    seen(page, "forms-retire")
    press(page, button(page, "Ta ut av bruk nå"))
    expect(page.get_by_text("Sår på foten er ikke i bruk lenger.")).to_be_visible()


def test_everything_works_without_javascript(live, stack, browser):
    with transaction.atomic():
        database.see_everything()
        form = make_form(live.joint, live.eva, code="uten_js", title="Uten JavaScript", status="DRAFT")
    context = browser.new_context(base_url=stack.url, locale="nb-NO", java_script_enabled=False)
    page = context.new_page()
    sign_in(page, "eva")
    page.goto(reverse("questionnaire", args=[form.pk]))
    page.get_by_role("button", name="Flytt opp «Worry?»").click()
    page.get_by_role("button", name="Ta ut «Degrees?»").click()
    expect(page.get_by_text("«Degrees?» er tatt ut.")).to_be_visible()
    page.get_by_role("link", name="Endre «Colour?»").click()
    expect(page.get_by_label("Some")).to_be_checked()
    page.get_by_label("Some").uncheck()
    page.get_by_role("button", name="Lagre spørsmålet").click()
    with transaction.atomic():
        database.see_everything()
        found = Questionnaire.objects.get(pk=form.pk)
        assert [item.code for item in found.items.all()] == ["cough", "colour", "worry", "blood", "note"]
        assert found.items.get(code="colour").shown_if == {"item": "cough", "answers": ["much"]}
    page.get_by_role("link", name="Ta i bruk …").click()
    page.get_by_role("button", name="Ta i bruk nå").click()
    expect(page.get_by_text("Uten JavaScript, versjon 1, er tatt i bruk.")).to_be_visible()
    context.close()

"""Every address × everyone who acts outside the staff: the patient, a relative as far as the authority goes, nobody.

The doors of the patient's own pages come from `tablet.urls`; a new one without a row here fails. All the others are the
staff's, and no citizen gets in there, also when the person works there.
"""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from patients.enums import Scope
from tablet.urls import urlpatterns
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership
from tests.factories.care import block
from tests.factories.citizens import give_authority, let_in_citizen, own_citizen, own_user, relative_citizen
from tests.factories.clock import NOW
from tests.rules.test_doors import DOORS, GONE, IN, LOGIN, doors, red_per, without_token

__all__ = ["red_per"]
# What citizens share with staff: the session itself, and what is the same for everyone.
SHARED = {
    "logout",
    "session",
    "sessions",
    "session-end",
    "sessions-end-all",
    "accessibility",
    "language",
    "api",
    "api-schema",
} | {
    # A tablet's own door, and where machines fetch their keys: whoever is signed in makes no difference there.
    "tablet",
    "tablet-connect",
    "tablet-code",
    "tablet-pin",
    "tablet-pin-new",
    "tablet-lock",
    "api-oauth-device",
    "api-oauth-token",
}
PEOPLE = ["patient", "relative", "see_only", "submit_only", "log_only"]


def only(*allowed, code=IN):
    """Those named get in; to the others it does not exist."""
    return {person: code if person in allowed else GONE for person in PEOPLE}


OWN = {
    "citizen-home": ("get", only(*PEOPLE)),
    # Signed in already.
    "citizen-login": ("get", only(*PEOPLE, code=LOGIN)),
    "idporten": ("get", only()),
    "idporten-answer": ("get", only()),
    # With one to choose it goes straight on.
    "citizen-choose": ("get", only(*PEOPLE, code=LOGIN)),
    "citizen-measure": ("get", only("patient", "relative", "submit_only")),
    "citizen-measure-type": ("get", only("patient", "relative", "submit_only")),
    # What Per has sent himself.
    "citizen-measure-sent": ("get", only("patient")),
    "citizen-readings": ("get", only("patient", "relative", "see_only")),
    "citizen-plan": ("get", only("patient", "relative", "see_only")),
    "citizen-plan-pdf": ("get", only("patient", "relative", "see_only")),
    "citizen-log": ("get", only("patient", "relative", "log_only")),
    "citizen-log-pdf": ("get", only("patient", "relative", "log_only")),
    "citizen-relatives": ("get", only("patient")),
    "citizen-authority-give": ("get", only("patient")),
    "citizen-authority-withdraw": ("post", only("patient", code=LOGIN)),
}
# The doors of the app that are the staff's.
ON_BEHALF = {"residents", "measure", "measure-type", "measure-sent"}
SCOPES = {
    "relative": [Scope.SEE, Scope.SUBMIT, Scope.READ_LOG],
    "see_only": [Scope.SEE],
    "submit_only": [Scope.SUBMIT],
    "log_only": [Scope.READ_LOG],
}
# Ask for the patient: whoever is no citizen is sent to sign in.
ASK_WHO = [name for name in OWN if name not in ("citizen-login", "idporten", "idporten-answer", "citizen-choose")]


@pytest.fixture
def own(world, red_per):
    """The arguments that lead to what is Per's."""
    with time_machine.travel(NOW, tick=False):
        yield red_per


def citizen(world, person):
    """Per himself, or his daughter with that much authority."""
    see_everything()
    if person == "patient":
        return own_citizen(world.per)
    return relative_citizen(give_authority(world.per, scopes=SCOPES[person]))


def ask(browser, name, places):
    arguments = next(found for door, found in doors() if door == name)
    method = OWN[name][0] if name in OWN else DOORS[name][0]
    return getattr(browser, method)(reverse(name, kwargs={each: places[each] for each in arguments}))


def test_every_own_page_is_in_the_matrix():
    assert {entry.name for entry in urlpatterns} == set(OWN) | ON_BEHALF
    # So that nothing of the staff's is reached by an address of the patient's own, and the other way round.
    assert {entry.name for entry in urlpatterns if str(entry.pattern).startswith("min/")} == set(OWN)


@pytest.mark.parametrize("person", PEOPLE)
def test_every_own_page_lets_in_exactly_those_it_should(world, own, person):
    browser = let_in_citizen(Client(), citizen(world, person))
    got = {name: ask(browser, name, own).status_code for name in OWN}
    got = {name: IN if name.endswith("-pdf") and code == 503 else code for name, code in got.items()}
    assert got == {name: expected[person] for name, (_, expected) in OWN.items()}


@pytest.mark.parametrize("person", ["patient", "relative"])
def test_no_page_of_the_staff_lets_a_citizen_in(world, own, person):
    """Also not a citizen who is a nurse of the service that follows the patient up."""
    acting = citizen(world, person)
    make_membership(acting.user, Role.NURSE, service=world.joint)
    browser = let_in_citizen(Client(), acting)
    got = {}
    for name in set(DOORS) - set(OWN) - SHARED:
        answer = ask(browser, name, own)
        # Only the login pages and the first page send on: to the own pages.
        if answer.status_code == LOGIN and answer.url == reverse("citizen-home"):
            continue
        got[name] = answer.status_code
        assert "Aasen" not in answer.text
    assert {name: code for name, code in got.items() if code not in (401, 403, 404)} == {}


@pytest.mark.parametrize("name", ASK_WHO)
def test_staff_and_nobody_are_sent_to_the_sign_in(world, own, name):
    answers = []
    for person in ("nobody", "kari"):
        browser = Client()
        if person == "kari":
            let_in(browser, world.kari)
        answers.append(ask(browser, name, own))
    assert {answer.status_code for answer in answers} == {LOGIN}
    assert {answer.url.partition("?")[0] for answer in answers} == {reverse("citizen-login")}


def test_staff_who_are_patients_themselves_get_in_with_idporten_only(world, own):
    user = own_user(world.per)
    make_membership(user, Role.NURSE, service=world.joint)
    browser = let_in(Client(), user)
    assert ask(browser, "citizen-home", own).url.startswith(reverse("citizen-login"))
    assert browser.get(reverse("queue")).status_code == 200


def withdrawn(authority):
    type(authority).objects.filter(pk=authority.pk).update(withdrawn_at=NOW, withdrawn_by=authority.given_by)


def dead(authority):
    type(authority.patient).objects.filter(pk=authority.patient_id).update(deceased_on=NOW.date())


def moved(authority):
    type(authority.patient).objects.filter(pk=authority.patient_id).update(moved_on=NOW.date())


def blocked(authority):
    block(authority.patient, authority.given_by, user=relative_citizen(authority).user)


ENDS = [withdrawn, dead, moved, blocked]


@pytest.mark.parametrize("name", ASK_WHO)
@pytest.mark.parametrize("ending", ENDS)
def test_a_relative_whose_authority_has_ended_is_out_at_once(world, own, ending, name):
    acting = citizen(world, "relative")
    browser = let_in_citizen(Client(), acting)
    assert browser.get(reverse("citizen-home")).status_code == 200
    see_everything()
    ending(acting.authority)
    answer = ask(browser, name, own)
    assert (answer.status_code, answer.url) == (LOGIN, reverse("citizen-choose"))
    told = browser.get(reverse("citizen-choose"))
    assert told.status_code == 403
    assert "Per" not in without_token(told)


@pytest.mark.parametrize("days", [-1, 181])
def test_an_authority_holds_on_its_own_days_only(world, own, days):
    see_everything()
    authority = give_authority(world.per, valid_from=NOW.date())
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        browser = let_in_citizen(Client(), relative_citizen(authority))
        assert browser.get(reverse("citizen-home")).url == reverse("citizen-choose")


def test_a_session_that_names_somebody_elses_record_opens_nothing(world, own):
    """The choice in the session is ours, and is asked anew all the same."""
    acting = citizen(world, "relative")
    browser = let_in_citizen(Client(), acting)
    session = browser.session
    for patient in (world.solveig, world.nils, world.per):
        session["concern"] = {"municipality": patient.municipality_id, "patient": str(patient.pk), "authority": ""}
        session.save()
        assert browser.get(reverse("citizen-home")).url == reverse("citizen-choose")

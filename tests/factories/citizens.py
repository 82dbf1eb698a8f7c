"""Patients and relatives who sign in with ID-porten, and the authorities they hold."""

from datetime import timedelta

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts import sessions
from accounts.models import User
from accounts.services.citizens import user_of_citizen
from dho.lib.encryption import blind_index
from patients.citizens import Citizen
from patients.enums import GIVEN_TO_RELATIVES, Consent
from patients.models import Patient, RelativeAuthority
from tablet.access import choose
from tests.factories.accounts import BACKEND
from tests.factories.clock import NOW

TONES_ID = "15817012345"


def own_user(patient: Patient) -> User:
    """The person behind the patient."""
    names = patient.given_name, patient.family_name
    return user_of_citizen(national_id_index=patient.national_id_index, names=names)


def give_authority(patient: Patient, *, by: User | None = None, now=NOW, **fields) -> RelativeAuthority:
    """Tone's authority for all that can be given, from a month ago and for some months more."""
    national_id = fields.pop("national_id", TONES_ID)
    fields.setdefault("name", "Tone Aasen")
    fields.setdefault("relation", "datter")
    fields.setdefault("scopes", list(GIVEN_TO_RELATIVES))
    fields.setdefault("valid_from", now.date() - timedelta(days=30))
    fields.setdefault("valid_until", now.date() + timedelta(days=180))
    fields.setdefault("consent", Consent.OWN)
    return RelativeAuthority.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        national_id_index=blind_index(national_id),
        given_at=now,
        given_by=by or own_user(patient),
        **fields,
    )


def own_citizen(patient: Patient, **fields) -> Citizen:
    """The patient in person."""
    return Citizen(patient, user=own_user(patient), **fields)


def relative_citizen(authority: RelativeAuthority, **fields) -> Citizen:
    """The relative who holds the authority."""
    given, _, family = authority.name.rpartition(" ")
    user = user_of_citizen(national_id_index=authority.national_id_index, names=(given, family))
    return Citizen(authority.patient, user=user, authority=authority, **fields)


def let_in_citizen(browser: Client, citizen: Citizen) -> Client:
    """The browser as after ID-porten and the choice of whom it concerns."""
    browser.force_login(citizen.user, backend=BACKEND)
    request = HttpRequest()
    request.session, request.user = browser.session, citizen.user
    sessions.begin(request.session, now=timezone.now())
    record_authentication(request, citizen.user, method="socialaccount", provider=sessions.CITIZENS)
    choose(request, citizen)
    request.session.save()
    return browser

"""A plan that was approved elsewhere becomes a draft here: never more than a draft (R-044, R-051).

Content crosses between municipalities in two lawful ways only: by a person who has access to both places by the
ordinary rules, or in a file that the old place hands over. Either way the patient has said yes to it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import VersionStatus
from careplans.models import PlanVersion
from careplans.services.as_json import Unreadable, as_json, from_json, legible
from careplans.services.content import PlanContent, content_of
from careplans.services.drafting import create_draft
from careplans.services.refusals import NotYours
from careplans.services.writing import initiator_of
from patients.access import own_patients
from patients.models import Patient

FORMAT: Final = "dho-egenbehandlingsplan-1"
_APPROVED: Final = (VersionStatus.APPROVED, VersionStatus.SUPERSEDED)


def exported(version: PlanVersion, *, now: datetime) -> dict[str, Any]:
    """The version as a file: what it says, whose approval it had, and the birth date that the receiver checks."""
    return {
        "format": FORMAT,
        "exported_at": now.isoformat(),
        "municipality": version.municipality.name,
        "number": version.number,
        "status": version.status,
        "approved_on": timezone.localdate(version.approved_at).isoformat() if version.approved_at else None,
        "birth_date": version.patient.birth_date.isoformat(),
        "content": as_json(content_of(version)),
    }


def elsewhere(patient: Patient, *, by: Actor, now: datetime) -> QuerySet[PlanVersion]:
    """Approved versions of the same person in another municipality, that this person may read by the ordinary rules."""
    readable = own_patients(by, now=now, permission=Permission.SEE_PLAN).exclude(pk=patient.pk)
    same = readable.filter(national_id_index=patient.national_id_index).exclude(national_id_index=None)
    return (
        PlanVersion.objects.filter(patient__in=same.values("pk"), status__in=_APPROVED)
        .select_related("municipality", "patient")
        .order_by("-approved_at")
    )


@transaction.atomic
def take_over_version(*, patient: Patient, source: PlanVersion, by: Actor, now: datetime) -> PlanVersion:
    """A draft here with what an approved version elsewhere says; the patient has agreed to it.

    Raises NotYours unless the person may read there and write here, VersionIsOpen, PlanProblems.
    """
    found = elsewhere(patient, by=by, now=now).filter(pk=source.pk).first()
    if found is None:
        raise NotYours
    return _draft(patient, content_of(found), _whence(found.municipality.name, found.number), by=by, now=now)


@transaction.atomic
def take_over_file(*, patient: Patient, said: Any, by: Actor, now: datetime) -> PlanVersion:
    """A draft here with what the file says. Raises NotYours, Unreadable, VersionIsOpen, PlanProblems.

    The birth date must be the patient's: a file for another person must not become this patient's plan.
    """
    if not isinstance(said, Mapping) or said.get("format") != FORMAT:
        raise Unreadable([gettext("Filen er ikke en plan fra dette systemet.")])
    if said.get("birth_date") != patient.birth_date.isoformat():
        raise Unreadable([gettext("Planen i filen gjelder en person med en annen fødselsdato.")])
    if said.get("status") not in _APPROVED:
        raise Unreadable([gettext("Planen i filen har aldri vært godkjent, og kan ikke tas over.")])
    content = from_json(said.get("content"))
    where, number = _place(said.get("municipality", "")), said.get("number")
    return _draft(patient, content, _whence(where, number if isinstance(number, int) else 0), by=by, now=now)


def _draft(patient: Patient, content: PlanContent, whence: str, *, by: Actor, now: datetime) -> PlanVersion:
    """The review date and how it is anchored belong to the old place; who began it here is this person's role."""
    content = replace(content, review_on=None, anchoring="", initiator=initiator_of(by))
    return create_draft(patient=patient, content=content, by=by, now=now, taken_over_from=whence)


def _place(said: Any) -> str:
    """The municipality as the file names it. Raises Unreadable."""
    try:
        return str(legible(said))[:100]
    except ValidationError:
        raise Unreadable([gettext("Kommunen i filen kan ikke leses.")]) from None


def _whence(where: str, number: int) -> str:
    # Stored, so in bokmål whoever writes it (ADR 21).
    return f"{where}, versjon {number}"[:200]

"""What surrounds the rows: undo on offer, and the fingerprint that the poll compares."""

import hashlib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import quote_etag
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor, ActorRequest
from alerts.access import patients_with_case
from alerts.board import Choice
from alerts.enums import HandlingAction
from alerts.queries.queue_state import QueueState
from alerts.queries.work import TOO_LONG
from alerts.services.casework import UNDO_WITHIN
from dho.lib.numbers import since_nb

UNDO, LOOK = "undo", "queue-look"
# A list that stays open the whole day is one look for each hour.
LOOK_LASTS = timedelta(hours=1)
UNDO_WORDS = {HandlingAction.CLAIM: _("Du tok saken til"), HandlingAction.DONE: _("Du lukket saken til")}

# The jobs that the nurse leans on: in words, and how long a round may take before the list is not to be trusted.
STANDING_JOBS: Final = {
    "assess": (_("Vurderingen av målinger"), TOO_LONG),
    "dispatch": (_("Utsendingen av varsler"), TOO_LONG),
    "cases": (_("Flyttingen av saker mellom tjenester"), TOO_LONG),
    "expectations": (_("Kontrollen av målinger som mangler"), timedelta(minutes=5)),
}


@dataclass(frozen=True, slots=True)
class Undo:
    """The nurse's own last act, while it can be taken back."""

    patient_id: UUID
    text: str
    seconds: int


def offer_undo(session: MutableMapping[str, Any], patient_id: UUID, action: HandlingAction, *, now: datetime) -> None:
    """Remember the act for 30 seconds. The session is read in every request anyway, so the offer costs no query."""
    until = (now + UNDO_WITHIN).isoformat()
    session[UNDO] = {"patient_id": str(patient_id), "action": str(action), "until": until}


def forget_undo(session: MutableMapping[str, Any]) -> None:
    """Nothing to take back any more."""
    session.pop(UNDO, None)


def undo_on_offer(session: Mapping[str, Any], *, by: Actor, now: datetime) -> Undo | None:
    """The act of the last 30 seconds, with the patient's name; the service checks again when it is used."""
    offered = session.get(UNDO)
    if not offered or (left := datetime.fromisoformat(offered["until"]) - now) <= timedelta(0):
        return None
    patient = patients_with_case(by, now=now).filter(pk=offered["patient_id"]).first()
    if patient is None:
        return None
    words = UNDO_WORDS[HandlingAction(offered["action"])]
    return Undo(patient_id=patient.pk, text=f"{words} {patient.name}.", seconds=int(left.total_seconds()) + 1)


def begin_look(session: MutableMapping[str, Any], by: Actor, *, now: datetime) -> None:
    """Remember that this look at the queue stands in the log. The session is read in every request anyway."""
    session[LOOK] = [_reach(by), now.isoformat()]


def still_looking(session: Mapping[str, Any], by: Actor, *, now: datetime) -> bool:
    """Whether a poll belongs to a look of the last hour, by the same person in the same place."""
    where, since = session.get(LOOK, ("", ""))
    return where == _reach(by) and now - datetime.fromisoformat(since) < LOOK_LASTS


def _reach(by: Actor) -> str:
    return f"{by.membership_id} {sorted(by.municipality_ids)}"


def alarms(state: QueueState, *, now: datetime) -> list[str]:
    """What stands still, in words. Empty means that the list can be trusted."""
    found = []
    if state.unassessed:
        found.append(gettext("Nye målinger har ventet i mer enn 60 sekunder på å bli vurdert."))
    if state.undelivered:
        found.append(gettext("Varsler til tjenesten har ventet i mer enn 60 sekunder på å bli sendt."))
    for name, (what, patience) in STANDING_JOBS.items():
        at = state.beats.get(name)
        if at is None:
            found.append(gettext("%(what)s har ikke startet.") % {"what": what})
        elif now - at > patience:
            found.append(
                gettext("%(what)s har stått stille siden %(since)s.") % {"what": what, "since": since_nb(at, now=now)}
            )
    return found


def etag(request: ActorRequest, by: Actor, state: QueueState, *, choice: Choice, now: datetime) -> str:
    """Changes when the list would look different: a row, the minute, filter, alarm, what can be undone, language."""
    undo = request.session.get(UNDO)
    offered = undo if undo and datetime.fromisoformat(undo["until"]) > now else None
    seen = (
        (state.rows, state.latest, state.total),
        now.replace(second=0, microsecond=0),
        choice,
        sorted(by.municipality_ids),
        str(by.user.pk),
        alarms(state, now=now),
        offered,
        get_language(),
    )
    return quote_etag(hashlib.sha256(repr(seen).encode()).hexdigest()[:20])


def to_documentation(request: ActorRequest, patient_id: UUID) -> HttpResponse:
    """To the part of the patient's page that asks for outcome and note; htmx is told where to go."""
    address = reverse("patient", args=[patient_id]) + "#behandling"
    if "HX-Request" in request.headers:
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    return redirect(address)

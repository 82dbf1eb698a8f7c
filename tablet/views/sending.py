"""Sending in a measurement, the same three steps for all who do: what to measure, the number, and what happens now.

Who sends is settled at the door: `tablet.views.readings` for the patient's own pages, `tablet.views.on_behalf` for the
staff of a group home.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.actor import Actor
from audit.enums import Action
from audit.services import Refused as NotFound
from careplans.queries.own import own_types
from measurements.names import name_of
from measurements.refusals import Refused
from measurements.services import store_typed
from patients.citizens import Citizen
from patients.enums import Scope
from patients.models import Patient
from patients.queries import deciding_doctor
from tablet import queries
from tablet.forms import ENTER_AGAIN, ReadingForm


@dataclass(frozen=True, slots=True)
class Sending:
    """Somebody who has been let in to send for this patient, and where the steps lie."""

    request: HttpRequest
    patient: Patient
    by: Citizen | Actor
    now: datetime
    # The page frame, the prefix of the doors' names, and what their addresses need.
    frame: str
    doors: str
    where: dict[str, Any]
    # What is logged when a step is refused that does not concern the sender.
    looking: Action

    def address(self, step: str = "", **more: Any) -> str:
        """Where a step lies: "" the choice, "-type" the number, "-sent" what happens now."""
        return reverse(self.doors + step, kwargs=self.where | more)

    def refused(self, object_id: str) -> NotFound:
        """The same 404 as for what does not exist, logged."""
        return NotFound(self.looking, patient_id=self.patient.pk, object_id=object_id)

    def render(self, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
        """A step's page."""
        common = {"frame": self.frame, "patient": self.patient, "start": self.address(), "by": self.by}
        promise = queries.promise_to(self.patient, now=self.now)
        return render(self.request, template, common | {"promise": promise} | context, status=status)


def show_types(sending: Sending) -> HttpResponse:
    """What there is to measure, each with the latest of today."""
    rows = [
        (each, sending.address("-type", type_code=each.kind.pk))
        for each in queries.today_of(sending.patient, now=sending.now)
    ]
    # Whoever may only send is not shown what others have sent.
    sees = isinstance(sending.by, Citizen) and sending.by.may(Scope.SEE)
    doctor = deciding_doctor(queries.open_course(sending.patient))
    return sending.render("tablet/measure.html", rows=rows, shows_latest=sees, doctor=doctor)


def take_reading(sending: Sending, type_code: str) -> HttpResponse:
    """The number. What cannot be true is asked about once; then it is stored all the same, and a nurse sees it."""
    kind = next((each for each in own_types(sending.patient.pk, at=sending.now) if each.pk == type_code), None)
    if kind is None or queries.promise_to(sending.patient, now=sending.now) is None:
        raise sending.refused(type_code)
    name = name_of(kind)
    form = ReadingForm(sending.request.POST if sending.request.method == "POST" else None, kind=kind)
    if not form.is_bound or not form.is_valid():
        return sending.render("tablet/reading.html", form=form, name=name, status=422 if form.is_bound else 200)
    if form.is_doubtful:
        return sending.render("tablet/reading.html", form=form, name=name, asking=True)
    outcome = store_typed(patient=sending.patient, typed=form.typed, by=sending.by, now=sending.now)
    if isinstance(outcome, Refused):
        # The page was sent once before with another number.
        form.add_error(None, ENTER_AGAIN)
        return sending.render("tablet/reading.html", form=form, name=name, status=409)
    return redirect(sending.address("-sent", client_id=form.cleaned_data["client_id"]))


def show_sent(sending: Sending, client_id: UUID) -> HttpResponse:
    """What was received, who looks at it and when, and what to do until then."""
    sender = sending.by.user or sending.by.device if isinstance(sending.by, Citizen) else sending.by.user
    assert sender is not None  # noqa: S101 - a citizen is one or the other
    sent = queries.sent_reading(sending.patient, client_id, sender=sender)
    if sent is None:
        raise sending.refused(str(client_id))
    return sending.render("tablet/sent.html", sent=sent)

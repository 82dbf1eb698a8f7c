"""The open cases of some patients: their alerts and queue rows, changed together and written together.

Whoever changes an alert or a queue row of a patient first holds that patient's row (`lock_patients`), the worker and
the nurse alike. So the queue row always says what the open alerts say, and a nurse never closes what she did not see.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from alerts.enums import AlertKind, AlertState, Channel, CloseReason, Level
from alerts.models import Alert, Delivery, Handling, QueueEntry
from alerts.queries.placing import services_of
from organisations.models import FollowUpService
from patients.models import Patient

_ALERT_FIELDS: Final = [
    "service", "level", "headline", "detail", "count", "waiting_since", "deadline",
    "state", "closed_at", "close_reason", "handling",
]  # fmt: skip
_ENTRY_FIELDS: Final = ["service", "level", "alert", "alert_count", "waiting_since", "deadline"]


class NoService(LookupError):
    """Nobody follows up this patient: no enrolment, and the municipality never had a service."""


def lock_patients(patient_ids: Iterable[UUID], *, wait: bool) -> dict[UUID, int]:
    """Lock the patients' rows until the transaction ends; give municipality by patient.

    Always in the order of the ids, so that two workers cannot wait for each other. With `wait=False` those that
    somebody else holds are left out. NO KEY UPDATE: foreign keys to the patient can still be written meanwhile.
    """
    rows = Patient.objects.filter(pk__in=list(patient_ids)).order_by("pk")
    return dict(rows.select_for_update(no_key=True, skip_locked=not wait).values_list("pk", "municipality_id"))


class Desk:
    """The open alerts of locked patients. Nothing is written before `save`."""

    def __init__(self, municipalities: dict[UUID, int], *, now: datetime) -> None:
        self.now = now
        self._municipalities = municipalities
        self._services: dict[UUID, FollowUpService] | None = None
        self._open: dict[tuple[UUID, str, str], Alert] = {}
        self._changed: dict[UUID, Alert] = {}
        self._red: list[Alert] = []
        for alert in Alert.objects.filter(patient_id__in=municipalities, state=AlertState.OPEN):
            self._open[(alert.patient_id, alert.kind, alert.subject)] = alert

    def alerts(self, patient_id: UUID) -> list[Alert]:
        """The patient's open alerts, the one that gives the queue row its level first."""
        found = [alert for key, alert in self._open.items() if key[0] == patient_id]
        return sorted(found, key=_queue_order)

    def find(self, patient_id: UUID, kind: AlertKind, subject: str) -> Alert | None:
        """The one open alert of that identity."""
        return self._open.get((patient_id, kind, subject))

    def service_of(self, patient_id: UUID) -> FollowUpService:
        """The service that should have the patient's case today. Raises NoService."""
        if self._services is None:
            self._services = services_of(self._municipalities, on=timezone.localdate(self.now))
        try:
            return self._services[patient_id]
        except KeyError:
            raise NoService(str(patient_id)) from None

    def deadline(self, patient_id: UUID, level: Level, arrived_at: datetime) -> datetime:
        """When it must be handled, in the service's open time: late at once where it never opens or nobody can tell.

        Hours with a mistake in them (ValueError) must not keep a reading from being judged and seen (P1).
        """
        try:
            return self.service_of(patient_id).deadline_for(level.name, arrived_at)
        except ValueError:
            return arrived_at

    def open(self, patient_id: UUID, kind: AlertKind, subject: str, **fields: Any) -> Alert:
        """A new open alert; `fields` are level, headline, detail, waiting_since, deadline and count."""
        alert = Alert(
            municipality_id=self._municipalities[patient_id],
            patient_id=patient_id,
            service=self.service_of(patient_id),
            kind=kind,
            subject=subject,
            opened_at=self.now,
            **fields,
        )
        self._open[(patient_id, kind, subject)] = alert
        self._note(alert, red=alert.level == Level.RED)
        return alert

    def change(self, alert: Alert, **fields: Any) -> None:
        """Give an open alert new values; raised to red it is told again."""
        was_red = alert.level == Level.RED
        for name, value in fields.items():
            setattr(alert, name, value)
        self._note(alert, red=alert.level == Level.RED and not was_red)

    def close(self, alert: Alert, reason: CloseReason, *, handling: Handling | None = None) -> None:
        """Close an open alert with its reason."""
        del self._open[(alert.patient_id, alert.kind, alert.subject)]
        alert.state, alert.closed_at, alert.close_reason, alert.handling = AlertState.CLOSED, self.now, reason, handling
        self._note(alert, red=False)

    def reopen(self, alert: Alert) -> None:
        """Undo a closing. The caller has seen that no other alert of that identity is open."""
        alert.state, alert.closed_at, alert.close_reason, alert.handling = AlertState.OPEN, None, "", None
        self._open[(alert.patient_id, alert.kind, alert.subject)] = alert
        self._note(alert, red=False)

    def move(self, patient_id: UUID) -> None:
        """Give the open alerts to the service that should have them now.

        That service is told of the red ones. A claim is not taken along: nobody there could let go of it.
        """
        service = self.service_of(patient_id)
        elsewhere = [alert for alert in self.alerts(patient_id) if alert.service_id != service.pk]
        for alert in elsewhere:
            alert.service = service
            self._note(alert, red=alert.level == Level.RED)
        if elsewhere:
            QueueEntry.objects.filter(patient_id=patient_id).update(owner=None, claimed_at=None)

    def save(self) -> None:
        """Write the alerts, the notices of what became red, and the queue rows of the patients that were touched."""
        for patient_id in {alert.patient_id for alert in self._changed.values()}:
            if self.alerts(patient_id):
                self.move(patient_id)
        # Closed ones first: a new alert may take the place of one that closes.
        rows = sorted(self._changed.values(), key=lambda alert: alert.state == AlertState.OPEN)
        Alert.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=_ALERT_FIELDS)
        self._tell()
        self.refresh_queue({alert.patient_id for alert in rows})
        self._changed, self._red = {}, []

    def put_right(self, patient_id: UUID) -> None:
        """Move the case to where it should stand, and write its queue row whatever stood there."""
        self.move(patient_id)
        self.save()
        self.refresh_queue([patient_id])

    def refresh_queue(self, patient_ids: Collection[UUID]) -> None:
        """Write each patient's queue row anew from the open alerts, or remove it. Owner and claim are kept."""
        entries = [entry for patient_id in patient_ids if (entry := self.entry(patient_id))]
        QueueEntry.objects.bulk_create(
            entries, update_conflicts=True, unique_fields=["patient"], update_fields=_ENTRY_FIELDS
        )
        empty = set(patient_ids) - {entry.patient_id for entry in entries}
        if empty:
            QueueEntry.objects.filter(patient_id__in=empty).delete()

    def entry(self, patient_id: UUID) -> QueueEntry | None:
        """The queue row that the open alerts call for, unsaved; None when nothing is open."""
        alerts = self.alerts(patient_id)
        if not alerts:
            return None
        return QueueEntry(
            patient_id=patient_id,
            municipality_id=self._municipalities[patient_id],
            service=self.service_of(patient_id),
            level=alerts[0].level,
            alert=alerts[0],
            alert_count=len(alerts),
            waiting_since=min(alert.waiting_since for alert in alerts),
            deadline=min(alert.deadline for alert in alerts),
        )

    def _note(self, alert: Alert, *, red: bool) -> None:
        self._changed[alert.pk] = alert
        if red:
            self._red.append(alert)

    def _tell(self) -> None:
        """One notice per channel for each alert that became red. Being told twice of the same is prevented by a key."""
        notices = [
            Delivery(
                municipality_id=alert.municipality_id,
                alert=alert,
                service=self.service_of(alert.patient_id),
                channel=channel,
                level=Level.RED,
                created_at=self.now,
                next_try_at=self.now,
            )
            for alert in self._red
            if alert.state == AlertState.OPEN and alert.level == Level.RED
            for channel in channels_of(self.service_of(alert.patient_id))
        ]
        Delivery.objects.bulk_create(notices, ignore_conflicts=True)


def _queue_order(alert: Alert) -> tuple[int, datetime, datetime, str, str]:
    """Worst, then most urgent, then oldest; the rest only makes the answer the same whatever the order of arrival."""
    return alert.level, alert.deadline, alert.waiting_since, alert.subject, str(alert.pk)


def channels_of(service: FollowUpService) -> list[Channel]:
    """How the service wants to be told of a red case, beside its queue."""
    wanted = ((Channel.EMAIL, service.notify_email), (Channel.WEBHOOK, service.webhook_url))
    return [channel for channel, address in wanted if address]

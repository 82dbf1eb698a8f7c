"""Queue rows written directly, and what the page shows of them, for the tests of the queue's screens."""

from datetime import datetime, timedelta
from html.parser import HTMLParser

from accounts.models import User
from alerts.enums import AlertKind, Level
from alerts.models import Alert, Heartbeat, QueueEntry
from patients.models import Patient
from tests.factories.clock import NOW

KINDS = {Level.MISSING: AlertKind.MISSING, Level.EQUIPMENT: AlertKind.EQUIPMENT}


def put_in_queue(
    patient: Patient,
    *,
    level: Level = Level.RED,
    headline: str = "SpO₂ 84 %",
    detail: str = "under rød grense 86 %",
    subject: str = "spo2",
    waiting: timedelta = timedelta(minutes=4),
    deadline: timedelta = timedelta(minutes=26),
    count: int = 1,
    owner: User | None = None,
    now: datetime = NOW,
) -> QueueEntry:
    """An open alert and the patient's row; `waiting` before now, `deadline` after now (negative: late)."""
    service = patient.enrolments.get(ended_on__isnull=True).service
    since, until = now - waiting, now + deadline
    alert = Alert.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        service=service,
        kind=KINDS.get(level, AlertKind.ASSESSMENT),
        subject=subject,
        level=level,
        headline=headline,
        detail=detail,
        opened_at=since,
        waiting_since=since,
        deadline=until,
    )
    return QueueEntry.objects.create(
        patient=patient,
        municipality_id=patient.municipality_id,
        service=service,
        level=level,
        alert=alert,
        alert_count=count,
        waiting_since=since,
        deadline=until,
        owner=owner,
        claimed_at=now if owner else None,
    )


def beat(now: datetime = NOW, *, only: str = "") -> None:
    """The standing jobs, or only one of them, have just finished a round."""
    for name in [only] if only else ["assess", "dispatch", "cases", "expectations"]:
        Heartbeat.beat(name, now=now)


class _Rows(HTMLParser):
    """The text of each cell of the table body."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_body = self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_body = self._in_body or tag == "tbody"
        if self._in_body and tag == "tr":
            self.rows.append([])
        if self._in_body and tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self._in_body = False
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_body and self._in_cell and data.strip():
            self.rows[-1][-1] = f"{self.rows[-1][-1]} {' '.join(data.split())}".strip()


def rows_of(html: str) -> list[list[str]]:
    """Status, patient, trigger, chart, waited, deadline and owner of each row, as read on the screen."""
    parser = _Rows()
    parser.feed(html)
    return parser.rows


def names_of(html: str) -> list[str]:
    """The patients in their order; the name is the first part of the second cell."""
    return [" ".join(row[1].split()[:2]) for row in rows_of(html)]

"""What has happened with the plans that wait for a doctor, a plan at each rung; and what GPs have agreed (ADR 27)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from accounts.actor import Actor
from alerts.demo.clock import at_work, local_date
from alerts.demo.records import Record
from careplans.enums import ContactWay, DeliveryState, NoticeKind, RoutineMode
from careplans.models import DoctorNotice, PlanVersion
from careplans.services import Agreed, agree, note_opening, order_notice, record_contact, remind

_DAY: Final = timedelta(days=1)
# How many days ago the plans that wait were sent, by the person's place in the cast: one for each rung.
_SENT_AGO: Final = {18: 9, 27: 16, 29: 29}
_TASKS: Final = ("Justerer vanndrivende medisin", "Ser på vekten sammen med tjenesten")


def sent_ago(number: int) -> int:
    """How many days ago the plan of this person in the cast was sent; most just were."""
    return _SENT_AGO.get(number, 1)


def climb(version: PlanVersion, *, nurse: Actor, gp: Actor, now: datetime) -> None:
    """Whatever the rung calls for: the longer the plan has waited, the more has been done."""
    assert version.sent_at is not None  # noqa: S101 - only plans that were sent wait
    sent = version.sent_at
    _delivered(order_notice(version, NoticeKind.PLAN, by=None, now=sent))
    if now - sent > 15 * _DAY:
        _delivered(remind(version=version, by=nurse, now=at_work(sent + 8 * _DAY, 9, 10)))
    if now - sent > 22 * _DAY:
        note_opening(version=version, by=gp, now=at_work(sent + 9 * _DAY, 15, 5))
        record_contact(
            patient=version.patient,
            version=version,
            how=ContactWay.PHONE,
            reached=True,
            outcome="Snakket med medarbeider på legekontoret. Legen ser på planen i løpet av uken.",
            by=nurse,
            now=at_work(sent + 20 * _DAY, 10, 40),
        )


def agree_with_gps(records: Sequence[Record], *, nurse: Actor, now: datetime) -> None:
    """Every other patient's GP looks at intervals, with a look that is due now; the others only on message."""
    when = at_work(now - 15 * _DAY, 11, 15)
    day = local_date(when)
    for number, record in enumerate(records):
        at_intervals = number % 2 == 0
        agreed = Agreed(
            mode=RoutineMode.AT_INTERVALS if at_intervals else RoutineMode.ON_MESSAGE,
            interval_days=14 if at_intervals else None,
            agreed_on=day,
            agreed_with="fastlegen",
            valid_from=day,
            tasks=_TASKS if at_intervals else (),
        )
        agree(patient=record.patient, agreed=agreed, by=nurse, now=when)


def _delivered(notice: DoctorNotice) -> None:
    DoctorNotice.objects.filter(pk=notice.pk).update(
        state=DeliveryState.DELIVERED, delivered_at=notice.created_at, attempts=1
    )

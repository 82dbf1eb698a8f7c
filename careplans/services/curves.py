"""That curves were opened by the doctor they were sent to (R-127)."""

from datetime import datetime

from accounts.actor import Actor
from careplans.models import CurveReport
from patients.access import patients_to_decide_for


def note_curves_opened(*, report: CurveReport, by: Actor, now: datetime) -> None:
    """Remember the first time that the patient's own doctor opened them. Others, and later times, change nothing."""
    if report.opened_at is None and patients_to_decide_for(by, now=now).filter(pk=report.patient_id).exists():
        CurveReport.objects.filter(pk=report.pk, opened_at__isnull=True).update(opened_at=now, opened_by=by.user)

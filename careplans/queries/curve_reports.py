"""Curves that were sent, and the small drawing of each: printable, no script, readable in greyscale (R-127, R-134)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.actor import Actor
from careplans.enums import CurveWay, DeliveryState, NoticeKind
from careplans.models import CurveReport, DoctorNotice
from patients.access import patients_to_decide_for
from patients.models import Patient

WIDTH, HEIGHT, MARGIN = 560, 120, 6
_DAY_GAP: Final = 1.5


def find_report(report_id: UUID) -> CurveReport | None:
    """The report, if lock two lets it be seen."""
    found = CurveReport.objects.select_related("sent_by", "opened_by", "version")
    return found.filter(pk=report_id).first()


def reports_of(patient: Patient) -> list[CurveReport]:
    """What was sent about the patient, newest first, without the content; `unheard` where the notice has failed."""
    told = DoctorNotice.objects.filter(patient=patient, kind=NoticeKind.CURVES, on=OuterRef("sent_at__date"))
    failed = Exists(told.filter(state=DeliveryState.FAILED))
    found = CurveReport.objects.filter(patient=patient).select_related("sent_by", "opened_by").defer("content")
    found = found.annotate(unheard=failed)
    return list(found.order_by("-sent_at", "-pk"))


def unopened_curves(by: Actor, *, now: datetime) -> list[CurveReport]:
    """Sent to the doctor on the platform and not opened yet, the oldest first; of each patient the newest only."""
    own = patients_to_decide_for(by, now=now).values("pk")
    sent = CurveReport.objects.filter(patient__in=own, way=CurveWay.PLATFORM)
    newest = sent.order_by("patient_id", "-sent_at", "-pk").distinct("patient_id")
    found = CurveReport.objects.filter(pk__in=newest.values("pk"), opened_at__isnull=True)
    found = found.select_related("patient__municipality", "sent_by").defer("content", "patient__national_id")
    return list(found.order_by("sent_at", "pk"))


def drawings(report: CurveReport) -> list[dict[str, Any]]:
    """Each curve with its drawing."""
    return [curve | {"drawing": drawing(curve)} for curve in report.content["curves"]]


def drawing(curve: dict[str, Any]) -> SafeString:
    """The values over the days as lines, broken where a day has none; limits dashed. The summary is its label."""
    points, limits = curve["points"], curve["limits"]
    if not points:
        return SafeString("")
    numbers = [value for _, values in points for value in values] + limits
    low, high = min(numbers), max(numbers)
    low, high = (low, high) if low < high else (low - 1, high + 1)
    lines = [
        (line,) for index in range(len(points[0][1])) for line in _lines(points, index, curve["days"], (low, high))
    ]
    return format_html(
        # Attributes, not a stylesheet: what makes the PDF reads no style for drawings.
        '<svg class="curve" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<g fill="none" stroke="black" stroke-width="2" stroke-linecap="round">{}{}</g></svg>',
        WIDTH,
        HEIGHT,
        f"{curve['label']}. {curve['summary']}",
        format_html_join(
            "", '<path d="M0 {0}H{1}" stroke-dasharray="5 4"/>', ((_y(each, low, high), WIDTH) for each in limits)
        ),
        format_html_join("", '<polyline points="{}"/>', lines),
    )


def _lines(points: Sequence[Any], index: int, days: int, span: tuple[float, float]) -> Iterator[str]:
    stretch: list[str] = []
    before = points[0][0]
    for day, values in points:
        if day - before > _DAY_GAP:
            yield " ".join(stretch)
            stretch = []
        here = f"{MARGIN + round(day / days * (WIDTH - 2 * MARGIN))},{_y(values[index], *span)}"
        # A stretch of one value is drawn as a dot: the round line cap of a line without length.
        stretch.extend([here] if stretch else [here, here])
        before = day
    yield " ".join(stretch)


def _y(value: float, low: float, high: float) -> int:
    return HEIGHT - MARGIN - round((value - low) / (high - low) * (HEIGHT - 2 * MARGIN))

"""What a known device or system sent and we refused: kept, so that nothing a patient measured just disappears."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from dho.lib import rls
from measurements.models import RefusedSubmission
from measurements.services.machine import Machine, sent_by
from organisations.models import Municipality

KEPT_BYTES: Final = 64 * 1024
KEPT_FOR: Final = timedelta(days=30)


@transaction.atomic(savepoint=False)
def keep_refused(
    *, credential: Machine, endpoint: str, codes: Iterable[str], body: bytes, now: datetime, items: int = 1
) -> RefusedSubmission:
    """Keep the first 64 KB of the body, encrypted, with the codes that the device was given and how many items."""
    device, system = sent_by(credential)
    return RefusedSubmission.objects.create(
        municipality_id=credential.municipality_id,
        patient_id=credential.patient_id,
        device_id=device,
        system_id=system,
        received_at=now,
        endpoint=endpoint[:80],
        codes=sorted(set(codes)),
        items=items,
        body=body[:KEPT_BYTES].decode("utf-8", "replace"),
    )


def purge_refused(*, now: datetime) -> int:
    """Remove what was kept for 30 days, one municipality at a time. Returns how many were removed."""
    expired = RefusedSubmission.objects.filter(received_at__lt=now - KEPT_FOR)
    with rls.acting_for(Municipality.objects.values_list("pk", flat=True), actor="worker"):
        owners = list(expired.order_by().values_list("municipality_id", flat=True).distinct())
    removed = 0
    for municipality_id in owners:
        with rls.acting_for([municipality_id], actor="worker"):
            removed += expired.filter(municipality_id=municipality_id).delete()[0]
    return removed

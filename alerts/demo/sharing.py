"""Patients of the demo whom others than the service with the course read along for."""

from datetime import datetime, timedelta
from typing import Final

from alerts.demo.clock import local_date
from alerts.demo.places import GRUE, KONGSVINGER, Places
from alerts.demo.seeded import rng_for, uuid_at
from alerts.demo.staff import Staff
from organisations.models import FollowUpService
from patients.enums import TargetGroup
from patients.models import CareRelation, Enrolment

_FOR: Final = timedelta(days=30)


def share(places: Places, staff: Staff, *, seed: int, now: datetime) -> None:
    """Home nursing visits every third patient in Grue; the hospital's department knows every third with COPD.

    Every fourth in Kongsvinger lives in the group home.
    """
    open_now = Enrolment.objects.filter(ended_on__isnull=True).order_by("patient_id")
    visited = open_now.filter(municipality_id=GRUE)[::3]
    resident = open_now.filter(municipality_id=KONGSVINGER)[1::4]
    known = open_now.filter(municipality_id__in=(KONGSVINGER, GRUE), target_groups__contains=[TargetGroup.COPD])[::3]
    shared = (
        (visited, places.home, "siri"),
        (known, places.hospital, "ida"),
        (resident, places.group_home, "ida"),
    )
    for enrolments, service, giver in shared:
        _share(list(enrolments), service, staff, giver, seed, now)


def _share(
    enrolments: list[Enrolment], service: FollowUpService, staff: Staff, giver: str, seed: int, now: datetime
) -> None:
    rng = rng_for(seed, "sharing", service.kind)
    CareRelation.objects.bulk_create(
        CareRelation(
            id=uuid_at(rng, now - _FOR),
            municipality_id=enrolment.municipality_id,
            patient_id=enrolment.patient_id,
            service=service,
            valid_from=local_date(now - _FOR),
            given_at=now - _FOR,
            given_by=staff.by_username[giver].user,
        )
        for enrolment in enrolments
    )

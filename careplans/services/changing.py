"""Approve with a change: what the doctor writes becomes a new version, decided in the same breath (R-040, R-041)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from accounts.actor import Actor
from careplans.enums import Decision, VersionStatus
from careplans.models import Approval, PlanVersion
from careplans.services.content import PlanContent, content_of
from careplans.services.deciding import approve, decide, waiting_for
from careplans.services.drafting import create_draft, freeze
from careplans.services.problems import hindrances
from careplans.services.refusals import PlanProblems

# What the doctor changes, and can put right. The rest is the nurse's: a review day may have come while it waited.
_CHANGED_BY_DOCTOR: Final = frozenset({"grenser", "gronn", "gul", "rod"})


@dataclass(frozen=True, slots=True)
class DoctorsChanges:
    """What the doctor writes anew: limits by threshold id (None takes one away), and medical measures struck out."""

    limits: Mapping[UUID, Mapping[str, Decimal | None]] = field(default_factory=dict)
    struck: Collection[UUID] = ()

    def __bool__(self) -> bool:
        return bool(self.limits or self.struck)


def content_with(version: PlanVersion, changes: DoctorsChanges) -> PlanContent:
    """Everything the version says, with the changes. An id that is not the version's own is left alone."""
    content = content_of(version)
    limits = version.thresholds.order_by("pk").values_list("pk", flat=True)
    measures = version.measures.order_by("pk")
    thresholds: list[dict[str, Any]] = [
        {**values, **changes.limits.get(pk, {})} for pk, values in zip(limits, content.thresholds, strict=True)
    ]
    kept = [
        values
        for measure, values in zip(measures, content.measures, strict=True)
        if not (measure.pk in changes.struck and measure.needs_doctor)
    ]
    return replace(content, thresholds=thresholds, measures=kept)


@transaction.atomic
def approve_with_changes(
    *, version: PlanVersion, changes: DoctorsChanges, message: str, valid_until: datetime, by: Actor, now: datetime
) -> Approval:
    """The proposal is closed as changed, and the doctor's own version written, sent and approved, or nothing at all.

    Raises NotYours, AlreadyDecided, PlanProblems for limits that could never be judged or a zone left without a
    measure, ValueError without a change or for a validity that is over.
    """
    version = waiting_for(version, by=by, now=now)
    if not changes:
        raise ValueError("Without a change it is an ordinary approval.")
    # First out with the old: the database never holds two open versions.
    version.status = VersionStatus.CHANGED
    version.save(update_fields=["status"])
    decide(version, Decision.CHANGED, by=by, now=now, question=message.strip())
    draft = create_draft(patient=version.patient, content=content_with(version, changes), by=by, now=now)
    draft.changed_from = version
    draft.save(update_fields=["changed_from"])
    if found := [each.text for each in hindrances(draft, now=now) if each.section in _CHANGED_BY_DOCTOR]:
        raise PlanProblems(found)
    # The reason for sending it with little data stays the nurse's own.
    sent = freeze(draft, reason=version.little_data_reason, by=by, now=now)
    return approve(version=sent, valid_until=valid_until, by=by, now=now)

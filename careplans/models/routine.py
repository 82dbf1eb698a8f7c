"""When the GP looks at a patient's measurements, as agreed, and each agreed look (R-126, R-128, R-129; ADR 27)."""

from datetime import datetime
from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import append_only
from careplans.enums import RoutineMode
from organisations.models import Municipality
from patients.models import Patient

LONGEST_INTERVAL: Final = 365


class GpRoutineQuerySet(models.QuerySet["GpRoutine"]):
    """Look-ups by time."""

    def holding(self, now: datetime) -> "GpRoutineQuerySet":
        """The one that holds for each patient: the newest of those that have begun."""
        begun = self.filter(valid_from__lte=timezone.localdate(now), registered_at__lte=now)
        return begun.order_by("patient_id", "-valid_from", "-registered_at", "-pk").distinct("patient_id")


class GpRoutine(models.Model):
    """What was agreed with the GP about one patient. Append-only: a new row replaces the one before."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="gp_routines")
    mode = models.CharField(max_length=12, choices=RoutineMode)
    interval_days = models.PositiveSmallIntegerField(null=True)
    # curves are sent so often; None where nobody agreed that.
    curves_every_days = models.PositiveSmallIntegerField(null=True)
    # what the GP has taken on, and so answers for.
    tasks = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    agreed_on = models.DateField()
    agreed_with = models.CharField(max_length=120)
    valid_from = models.DateField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = GpRoutineQuerySet.as_manager()

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["patient", "valid_from"], name="routine_by_patient")]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode=RoutineMode.ON_MESSAGE, interval_days__isnull=True)
                # Said apart: a comparison with NULL is not false, and a check lets it pass.
                | Q(mode=RoutineMode.AT_INTERVALS, interval_days__isnull=False)
                & Q(interval_days__gte=1, interval_days__lte=LONGEST_INTERVAL),
                name="routine_interval_of_mode",
            ),
            models.CheckConstraint(
                condition=Q(curves_every_days__isnull=True)
                | Q(curves_every_days__gte=1, curves_every_days__lte=LONGEST_INTERVAL),
                name="routine_curves_interval",
            ),
            models.CheckConstraint(condition=~Q(agreed_with=""), name="routine_agreed_with_somebody"),
            models.CheckConstraint(
                condition=Q(agreed_on__lte=models.F("valid_from")), name="routine_agreed_before_it_holds"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class GpLook(models.Model):
    """The GP has looked at the measurements as agreed. The next look falls due an interval after this day."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="gp_looks")
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        constraints = [models.UniqueConstraint(fields=["patient", "by", "on"], name="gp_look_once_a_day")]

    def __str__(self) -> str:
        return str(self.id)

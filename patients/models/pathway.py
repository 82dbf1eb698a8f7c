"""The pathway of the service: referral, course, every step between them, and pauses (R-001, R-015)."""

from datetime import date

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import append_only, never_deleted, record_changes
from organisations.models import FollowUpService, Municipality
from patients.enums import (
    EndReason,
    EnrolmentStatus,
    PlanBasis,
    ReferralOrigin,
    ReferralStatus,
    TargetGroup,
)
from patients.models.person import Patient
from patients.pathway import allowed_pairs


def _steps_first(column: str) -> pgtrigger.Trigger:
    """A status only changes to what the newest step says, so that each change has its who, when and why."""
    return pgtrigger.Trigger(
        name="steps_first",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("status"),
        condition=pgtrigger.Q(old__status__df=pgtrigger.F("new__status")),
        declare=[("step", "record")],
        func=f"""
            SELECT from_status, to_status INTO step FROM patients_pathwaystep
            WHERE {column} = NEW.id ORDER BY at DESC, id DESC LIMIT 1;
            IF step.from_status IS DISTINCT FROM OLD.status OR step.to_status IS DISTINCT FROM NEW.status THEN
                RAISE EXCEPTION 'pathway: no step from % to % has been recorded', OLD.status, NEW.status;
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - the column is one of ours
    )


class Referral(models.Model):
    """A referral or application, until the home municipality has allocated the service or not (R-001, R-022)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="referrals")
    status = models.CharField(max_length=10, choices=ReferralStatus, default=ReferralStatus.RECEIVED)
    origin = models.CharField(max_length=12, choices=ReferralOrigin)
    # Who referred, as written in the referral: a name and a place that need not have a user here.
    referrer = models.CharField(max_length=200, blank=True)
    received_on = models.DateField()
    reason = models.TextField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    target_groups = ArrayField(models.CharField(max_length=20, choices=TargetGroup), default=list, blank=True)
    declined_reason = models.CharField(max_length=20, choices=EndReason, blank=True)

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            _steps_first("referral_id"),
            pgtrigger.Protect(
                name="as_received",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["status", "declined_reason"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status__in=[ReferralStatus.RECEIVED, ReferralStatus.ASSESSED]),
                name="referral_one_open_per_patient",
            ),
            models.UniqueConstraint(fields=["id", "municipality"], name="referral_id_municipality"),
            models.CheckConstraint(condition=~Q(reason=""), name="referral_has_reason"),
            models.CheckConstraint(
                condition=Q(status=ReferralStatus.DECLINED) & ~Q(declined_reason="")
                | ~Q(status=ReferralStatus.DECLINED) & Q(declined_reason=""),
                name="referral_declined_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


def _service_is_open() -> pgtrigger.Trigger:
    """Nobody is followed up by a service that has closed. The lock waits for whoever is closing it this moment."""
    return pgtrigger.Trigger(
        name="service_is_open",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("service_id", "ended_on"),
        declare=[("closed", "date")],
        func="""
            SELECT closed_on INTO closed FROM organisations_followupservice WHERE id = NEW.service_id FOR SHARE;
            IF closed IS NOT NULL AND NEW.ended_on IS NULL THEN
                RAISE EXCEPTION 'enrolment: the service is closed';
            END IF;
            RETURN NEW;
        """,
    )


class Enrolment(models.Model):
    """One course of the service, allocation to end: what KPR, billing and benefits count (R-015, R-191).

    The service itself begins with the trial: until then `started_on` is empty, and nothing is counted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="enrolments")
    service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=EnrolmentStatus)
    target_groups = ArrayField(models.CharField(max_length=20, choices=TargetGroup), default=list, blank=True)
    # None for a course that was under way before it was registered here.
    referral = models.OneToOneField(Referral, null=True, on_delete=models.PROTECT, related_name="enrolment")
    allocated_on = models.DateField()
    started_on = models.DateField(null=True, blank=True)
    trial_ends_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=5, choices=PlanBasis, blank=True, default=PlanBasis.NONE, db_default="")
    other_plan = models.CharField(max_length=300, blank=True, default="", db_default="")
    next_evaluation_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            _service_is_open(),
            _steps_first("enrolment_id"),
            # Whose trial is over goes on with a plan of some kind, or not at all (R-042, AT-52).
            pgtrigger.Protect(
                name="active_on_a_plan",
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(
                    old__status=EnrolmentStatus.TRIAL, new__status=EnrolmentStatus.ACTIVE, new__basis=""
                ),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(ended_on__isnull=True),
                name="enrolment_one_open_per_patient",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, end_reason="") & ~Q(status=EnrolmentStatus.ENDED)
                | Q(ended_on__isnull=False, status=EnrolmentStatus.ENDED) & ~Q(end_reason=""),
                name="enrolment_end_has_date_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="enrolment_ends_after_start",
            ),
            models.UniqueConstraint(fields=["id", "municipality"], name="enrolment_id_municipality"),
            models.CheckConstraint(
                condition=Q(status=EnrolmentStatus.START_UP, started_on__isnull=True)
                | Q(status__in=[EnrolmentStatus.TRIAL, EnrolmentStatus.ACTIVE], started_on__isnull=False)
                | Q(status=EnrolmentStatus.ENDED),
                name="enrolment_starts_with_trial",
            ),
            models.CheckConstraint(
                condition=Q(basis=PlanBasis.OTHER_PLAN) & ~Q(other_plan="")
                | ~Q(basis=PlanBasis.OTHER_PLAN) & Q(other_plan=""),
                name="enrolment_names_other_plan",
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(started_on__gte=F("allocated_on")),
                name="enrolment_starts_after_allocation",
            ),
            models.CheckConstraint(
                condition=Q(trial_ends_on__isnull=True) | Q(trial_ends_on__gt=F("started_on")),
                name="enrolment_trial_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("allocated_on")),
                name="enrolment_ends_after_allocation",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def held_from(self) -> date:
        """The first day of the service, or while it has not begun the day it was allocated."""
        return self.started_on or self.allocated_on


class PathwayStep(models.Model):
    """One step of a referral or a course: from what to what, who, when and why. Append-only (R-015)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="pathway_steps")
    referral = models.ForeignKey(Referral, null=True, on_delete=models.PROTECT, related_name="steps")
    enrolment = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="steps")
    # Empty for the first step of each.
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10, choices=[*ReferralStatus.choices, *EnrolmentStatus.choices])
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="in_the_table",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("standing", "text")],
                func=f"""
                    IF NEW.from_status <> '' AND (NEW.from_status, NEW.to_status) NOT IN ({allowed_pairs()}) THEN
                        RAISE EXCEPTION 'pathway: no step from % to %', NEW.from_status, NEW.to_status;
                    END IF;
                    IF NEW.referral_id IS NOT NULL THEN
                        SELECT status INTO standing FROM patients_referral WHERE id = NEW.referral_id;
                    ELSE
                        SELECT status INTO standing FROM patients_enrolment WHERE id = NEW.enrolment_id;
                    END IF;
                    IF standing IS DISTINCT FROM COALESCE(NULLIF(NEW.from_status, ''), NEW.to_status) THEN
                        RAISE EXCEPTION 'pathway: it stands at %, not at %', standing, NEW.from_status;
                    END IF;
                    RETURN NEW;
                """,  # noqa: S608 - the pairs are our own table
            ),
            # the step alone allocates nothing; who may is asked of the allocation itself (`models.intake`).
            pgtrigger.Trigger(
                name="allocated_first",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__to_status=ReferralStatus.ALLOCATED),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM patients_allocation
                        WHERE referral_id = NEW.referral_id AND allocated_by_id = NEW.by_id
                    ) THEN RAISE EXCEPTION 'pathway: nobody has allocated'; END IF;
                    RETURN NEW;
                """,
            ),
        ]
        indexes = [
            models.Index(fields=["enrolment", "at"], name="step_by_enrolment"),
            models.Index(fields=["referral", "at"], name="step_by_referral"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(referral__isnull=False, enrolment__isnull=True)
                | Q(referral__isnull=True, enrolment__isnull=False),
                name="step_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Pause(models.Model):
    """Days on which nothing is expected; what is sent all the same is judged as always (R-015)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="pauses")
    first_day = models.DateField()
    last_day = models.DateField()
    reason = models.CharField(max_length=300)
    registered_at = models.DateTimeField()
    # Nobody for what the system wrote when pauses became days.
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            pgtrigger.Trigger(
                name="no_overlap",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                # The course's row is held, so that two who pause at once wait for each other.
                func="""
                    PERFORM 1 FROM patients_enrolment WHERE id = NEW.enrolment_id FOR NO KEY UPDATE;
                    IF EXISTS (
                        SELECT 1 FROM patients_pause p WHERE p.enrolment_id = NEW.enrolment_id AND p.id <> NEW.id
                        AND p.first_day <= NEW.last_day AND p.last_day >= NEW.first_day
                    ) THEN RAISE EXCEPTION 'pause: it overlaps another'; END IF;
                    RETURN NEW;
                """,
            ),
        ]
        indexes = [models.Index(fields=["patient", "last_day"], name="pause_by_patient")]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="pause_ends_after_start"),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_reason"),
        ]

    def __str__(self) -> str:
        return str(self.id)

"""Running the course: local routines, what is to be done, and the evaluations (R-012, R-014, R-016, R-027)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from pgtrigger import Protect, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.enums import Role
from accounts.models import User
from audit.history import append_only, never_deleted, record_changes
from careplans.enums import EvaluationKind, EvaluationOutcome, RoutineKind, TaskKind
from careplans.models.plan import PlanVersion
from organisations.models import Municipality
from patients.enums import PlanBasis
from patients.models import Enrolment, Patient


class Routine(models.Model):
    """One version of a checklist or routine document; the newest counts, and the older ones stay as they were used.

    `owner` is empty for those that come with the product and hold until the municipality writes its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    owner = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="routines")
    kind = models.CharField(max_length=20, choices=RoutineKind)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    items = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind", "number"], nulls_distinct=False, name="routine_number_unique"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="routine_has_title"),
            models.CheckConstraint(condition=~Q(text="") | Q(items__len__gt=0), name="routine_says_something"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class CaseTask(models.Model):
    """Something to be done in a course: by whom, before when, and when it was done. What is done stands."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="tasks")
    kind = models.CharField(max_length=20, choices=TaskKind)
    title = models.CharField(max_length=200, blank=True)
    due_on = models.DateField()
    # A person, or else whoever has the role.
    responsible = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=Role, blank=True)
    # Which version of the plan asks for it.
    plan_version = models.ForeignKey(PlanVersion, null=True, on_delete=models.PROTECT, related_name="+")
    checklist = models.ForeignKey(Routine, null=True, on_delete=models.PROTECT, related_name="+")
    ticked = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    # Empty for what the product makes by itself.
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            Protect(name="done_stands", operation=Update, condition=TriggerQ(old__done_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["enrolment", "due_on"], condition=Q(done_at__isnull=True), name="task_open_by_course")
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment", "kind", "due_on"], condition=Q(created_by__isnull=True), name="task_made_once"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_pair",
            ),
            models.CheckConstraint(condition=~Q(kind=TaskKind.OTHER) | ~Q(title=""), name="task_other_has_title"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def text(self) -> str:
        """What is to be done, in words."""
        return self.title or str(TaskKind(self.kind).label)

    @property
    def who(self) -> str:
        """Who is to do it, in words."""
        if self.responsible:
            return self.responsible.get_full_name()
        return str(Role(self.role).label) if self.role else ""


class Evaluation(models.Model):
    """One evaluation of a course: what it came to, and what was asked as R-018 and R-019 demand. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="evaluations")
    kind = models.CharField(max_length=10, choices=EvaluationKind)
    held_on = models.DateField()
    participants = models.CharField(max_length=300)
    outcome = models.CharField(max_length=10, choices=EvaluationOutcome)
    makes_insecure = models.BooleanField()
    health_anxiety = models.BooleanField()
    benefit = models.TextField(blank=True)
    # How often the patient is to measure from now on, in words; the schedule itself is the plan's.
    frequency = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    basis = models.CharField(max_length=5, choices=PlanBasis, blank=True)
    other_plan = models.CharField(max_length=300, blank=True)
    trial_until = models.DateField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["enrolment", "held_on"], name="evaluation_by_course")]
        constraints = [
            models.CheckConstraint(condition=~Q(participants=""), name="evaluation_has_participants"),
            # Going on although it worries the patient needs a reason.
            models.CheckConstraint(
                condition=Q(makes_insecure=False, health_anxiety=False) | ~Q(note=""), name="evaluation_says_why"
            ),
            models.CheckConstraint(
                condition=Q(outcome=EvaluationOutcome.END)
                | Q(trial_until__isnull=False)
                | Q(next_on__isnull=False) & ~Q(frequency=""),
                name="evaluation_says_what_next",
            ),
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | Q(next_on__gt=F("held_on")), name="evaluation_next_is_later"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

"""From referral to allocation: the assessment, the allocation, and what the patient was told (R-002 to R-025)."""

from typing import Final

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from accounts.enums import Role
from accounts.models import User
from accounts.roles import Permission, roles_with
from audit.history import append_only, never_deleted, record_changes
from organisations.models import Municipality
from patients.criteria import SHOULD
from patients.enums import (
    DECIDING_KINDS,
    Coverage,
    Criterion,
    Decider,
    DecisionForm,
    Login,
    PresentService,
    Replaces,
    Risk,
    Tablet,
    TargetGroup,
    TextGiven,
    TextKind,
    Told,
)
from patients.models.pathway import Referral
from patients.models.person import Patient

ANSWERS: Final = len(Criterion)


class IntakeSetting(models.Model):
    """Whom the municipality has chosen to assess and allocate; none: the allocation office (R-002)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.OneToOneField(Municipality, on_delete=models.PROTECT, related_name="+")
    decider = models.CharField(max_length=20, choices=Decider, default=Decider.ALLOCATION_OFFICE)

    class Meta:
        triggers = [never_deleted(), record_changes()]

    def __str__(self) -> str:
        return self.decider


class InformationText(models.Model):
    """One version of what the municipality tells in writing. Append-only: a new text is a new version (R-005)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=TextKind)
    version = models.PositiveSmallIntegerField()
    bokmal = models.TextField()
    nynorsk = models.TextField()
    made_at = models.DateTimeField()
    # Empty for the text that comes with the product, kept the first time it is used.
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["municipality", "kind", "version"], name="information_text_version_once"),
            models.UniqueConstraint(fields=["id", "municipality"], name="information_text_id_municipality"),
            models.CheckConstraint(condition=~Q(bokmal="") & ~Q(nynorsk=""), name="information_text_in_both"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"

    def body(self, language: str) -> str:
        """The text in the language of a letter."""
        return self.nynorsk if language == "nn" else self.bokmal


class CriteriaAssessment(models.Model):
    """One whole assessment of a referral: the newest counts. Append-only (R-006)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="assessments")
    assessed_at = models.DateTimeField()
    assessed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    insecurity = models.BooleanField()
    insecurity_note = models.CharField(max_length=500, blank=True)
    login = models.CharField(max_length=10, choices=Login)
    tablet = models.CharField(max_length=10, choices=Tablet)
    coverage = models.CharField(max_length=10, choices=Coverage)
    target_groups = ArrayField(models.CharField(max_length=20, choices=TargetGroup), default=list, blank=True)
    risk = models.CharField(max_length=10, choices=Risk)
    cross_sector = models.BooleanField()
    present_services = ArrayField(models.CharField(max_length=20, choices=PresentService))
    replaces = models.CharField(max_length=12, choices=Replaces)
    # Who of the relatives takes part, and with what; empty where nobody does.
    relatives_part = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["referral", "assessed_at"], name="assessment_by_referral")]
        constraints = [
            models.UniqueConstraint(fields=["id", "municipality"], name="criteria_id_municipality"),
            models.CheckConstraint(condition=Q(present_services__len__gt=0), name="criteria_services_asked"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def in_order(self) -> "list[CriterionAnswer]":
        """The answers as the criteria are asked."""
        return sorted(self.answers.all(), key=lambda each: Criterion.values.index(each.criterion))


class CriterionAnswer(models.Model):
    """Yes or no to one criterion, with a note. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    assessment = models.ForeignKey(CriteriaAssessment, on_delete=models.PROTECT, related_name="answers")
    criterion = models.CharField(max_length=12, choices=Criterion)
    met = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        triggers = append_only()
        constraints = [models.UniqueConstraint(fields=["assessment", "criterion"], name="criterion_answered_once")]

    def __str__(self) -> str:
        return self.criterion


def _home_allocates() -> pgtrigger.Trigger:
    """R-022, AT-38: only staff of the home municipality, in the role they allocated in and on that day.

    A nurse, only in a service that the municipality owns and whose kind it has chosen (R-002).
    """
    pairs = [(decider, kind.value) for decider, kinds in DECIDING_KINDS.items() for kind in kinds]
    chosen = ", ".join(f"('{Decider(decider).value}', '{kind}')" for decider, kind in pairs)
    enrolling = ", ".join(f"'{role.value}'" for role in roles_with(Permission.ENROL))
    return pgtrigger.Trigger(
        name="home_allocates",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("day", "date")],
        func=f"""
            day := (NEW.allocated_at AT TIME ZONE 'Europe/Oslo')::date;
            IF NOT EXISTS (
                SELECT 1 FROM accounts_membership m LEFT JOIN organisations_followupservice s ON s.id = m.service_id
                WHERE m.user_id = NEW.allocated_by_id AND m.role = NEW.role
                AND m.valid_from <= day AND COALESCE(m.valid_until >= day, true)
                AND (
                    m.role IN ({enrolling}) AND m.authority_id = NEW.municipality_id
                    OR m.role = '{Role.NURSE.value}' AND s.owner_id = NEW.municipality_id AND EXISTS (
                        SELECT 1 FROM patients_intakesetting i WHERE i.municipality_id = NEW.municipality_id
                        AND (i.decider, s.kind) IN ({chosen})
                    )
                )
            ) THEN
                RAISE EXCEPTION 'allocation: only the home municipality allocates';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - roles of our own
    )


def _conditions_met() -> pgtrigger.Trigger:
    """R-006, AT-34: the newest assessment, whole, with every condition met or a written reason."""
    should = ", ".join(f"'{each.value}'" for each in SHOULD)
    return pgtrigger.Trigger(
        name="conditions_met",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("newest", "record"), ("answered", "int"), ("unmet", "int")],
        func=f"""
            SELECT id, insecurity INTO newest FROM patients_criteriaassessment
            WHERE referral_id = NEW.referral_id ORDER BY assessed_at DESC, id DESC LIMIT 1;
            SELECT count(*), count(*) FILTER (WHERE NOT met AND criterion NOT IN ({should})) INTO answered, unmet
            FROM patients_criterionanswer WHERE assessment_id = NEW.assessment_id;
            IF newest.id IS DISTINCT FROM NEW.assessment_id OR answered <> {ANSWERS} THEN
                RAISE EXCEPTION 'allocation: it rests on no whole and newest assessment';
            END IF;
            IF NEW.override_reason = '' AND (unmet > 0 OR newest.insecurity) THEN
                RAISE EXCEPTION 'allocation: a condition is not met, and no reason is given';
            END IF;
            RETURN NEW;
        """,  # noqa: S608 - codes of our own
    )


class Allocation(models.Model):
    """That the home municipality gave the service: who, in which role, on which assessment, by which decision.

    `municipality` is the home municipality; the database asks that `allocated_by` works for it in `role`. Append-only.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="allocation")
    assessment = models.ForeignKey(CriteriaAssessment, on_delete=models.PROTECT, related_name="+")
    allocated_at = models.DateTimeField()
    allocated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=Role)
    override_reason = models.TextField(blank=True)
    decision = models.CharField(max_length=12, choices=DecisionForm)
    decided_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=120, blank=True)

    class Meta:
        triggers = [*append_only(), _home_allocates(), _conditions_met()]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision=DecisionForm.NONE, decided_on__isnull=True, reference="")
                | ~Q(decision=DecisionForm.NONE) & Q(decided_on__isnull=False),
                name="allocation_decision_has_date",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class InformationGiven(models.Model):
    """That the patient or a relative was given one version of a text, when and how. Append-only (R-005, R-021)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="information")
    information = models.ForeignKey(InformationText, on_delete=models.PROTECT, related_name="+")
    given_to = models.CharField(max_length=10, choices=Told)
    given_how = models.CharField(max_length=10, choices=TextGiven)
    given_on = models.DateField()
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["referral", "given_on"], name="information_by_referral")]

    def __str__(self) -> str:
        return str(self.id)

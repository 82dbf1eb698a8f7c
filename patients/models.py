"""One municipality's record of a person, the relatives, and the courses of the service."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from pgtrigger import Protect, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import never_deleted, record_changes
from dho.lib.encryption import EncryptedTextField
from organisations.models import FollowUpService, Municipality
from patients.enums import Decision, EndReason, EnrolmentStatus, NationalIdKind, Sex, TargetGroup


class Patient(models.Model):
    """One municipality's record of a person. Moving opens a new Patient there; history is never silently shared."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    given_name = models.CharField("fornavn", max_length=100)
    family_name = models.CharField("etternavn", max_length=100)
    birth_date = models.DateField("fødselsdato")
    sex = models.CharField("kjønn", max_length=1, choices=Sex, default=Sex.UNKNOWN)
    # Encrypted, with a keyed hash beside it so that the same person is found without decrypting every row.
    national_id = EncryptedTextField()
    national_id_index = models.CharField(max_length=64)
    national_id_kind = models.CharField(max_length=3, choices=NationalIdKind)
    synthetic = models.BooleanField()
    phone = models.CharField("telefon", max_length=20, blank=True)
    language = models.CharField("språk", max_length=40, default="norsk")
    communication = models.CharField("tilrettelegging", max_length=120, blank=True)
    # None: nobody has asked. Empty text: asked, none known. The two must not look the same (NHS CUI).
    cave = models.CharField("CAVE", max_length=200, null=True, blank=True)
    gp = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="listed_patients")
    deceased_on = models.DateField(null=True, blank=True)

    class Meta:
        triggers = [never_deleted(), record_changes()]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "national_id_index"],
                name="patient_once_per_municipality",
            ),
            models.UniqueConstraint(fields=["id", "municipality"], name="patient_id_municipality"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        """Family name first, as in lists and the banner."""
        return f"{self.family_name}, {self.given_name}"

    def age(self, on: date) -> int:
        """Whole years on that day."""
        had_birthday = (on.month, on.day) >= (
            self.birth_date.month,
            self.birth_date.day,
        )
        return on.year - self.birth_date.year - (not had_birthday)


class Relative(models.Model):
    """Next of kin, and how to reach them (R-020, R-116)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="relatives")
    name = models.CharField("navn", max_length=200)
    relation = models.CharField("relasjon", max_length=60)
    phone = models.CharField("telefon", max_length=20, blank=True)

    class Meta:
        triggers = [record_changes()]

    def __str__(self) -> str:
        return str(self.id)


class Enrolment(models.Model):
    """One course of the service, referral to end: what KPR, billing and benefits count (R-015, R-191)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="enrolments")
    service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=EnrolmentStatus)
    target_groups = ArrayField(models.CharField(max_length=20, choices=TargetGroup), default=list, blank=True)
    started_on = models.DateField()
    trial_ends_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, choices=EndReason, blank=True)

    class Meta:
        triggers = [never_deleted(), record_changes()]
        constraints = [
            models.UniqueConstraint(
                fields=["patient"],
                condition=models.Q(ended_on__isnull=True),
                name="enrolment_one_open_per_patient",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True, end_reason="") & ~models.Q(status=EnrolmentStatus.ENDED)
                | models.Q(ended_on__isnull=False, status=EnrolmentStatus.ENDED) & ~models.Q(end_reason=""),
                name="enrolment_end_has_date_and_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("started_on")),
                name="enrolment_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def groups_text(self) -> str:
        """The target groups in words, for lists."""
        return ", ".join(str(TargetGroup(code).label) for code in self.target_groups)


class CorrectionRequest(models.Model):
    """The patient says that something in the record is wrong: what, and what was decided and why (GDPR article 16).

    Once decided it stands; a new request is a new row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="correction_requests")
    what = models.TextField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision, blank=True, default=Decision.WAITING)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            Protect(name="decision_is_final", operation=Update, condition=TriggerQ(old__decided_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(what=""), name="correction_says_what"),
            models.CheckConstraint(
                condition=models.Q(decision="", reason="", decided_at__isnull=True, decided_by__isnull=True)
                | models.Q(
                    decision__in=[Decision.ACCEPTED, Decision.REFUSED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                & ~models.Q(reason=""),
                name="correction_decided_completely",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

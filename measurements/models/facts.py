"""Facts: what was measured, answered or refused. Nothing here is judged."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from pgtrigger import AnyChange, Delete, Protect, Update
from uuid_utils.compat import uuid7

from accounts.models import DeviceCredential, SystemClient, User
from audit.history import append_only
from dho.lib.encryption import EncryptedTextField
from measurements.enums import Source, StatementKind, SubmittedAs, Timing
from organisations.models import Municipality
from patients.models import Patient


def immutable_fact() -> list[Protect]:
    """A received fact never changes; only the worklist column `assessed_at` may be set."""
    return [
        Protect(
            name="immutable",
            operation=Update,
            condition=AnyChange(exclude=["assessed_at"]),
        ),
        Protect(name="never_deleted", operation=Delete),
    ]


SUBMITTERS = ["submitted_by_device", "submitted_by_user", "submitted_by_system"]


def one_of(columns: list[str]) -> Q:
    """Exactly one of these columns names somebody."""
    return Q(*(Q(**{f"{each}__isnull": each != named for each in columns}) for named in columns), _connector=Q.OR)


def on_behalf(name: str, submitted_as: str) -> str:
    """«Ola Nordmann, pårørende»; empty for what the patient or a device sent."""
    return f"{name}, {SubmittedAs(submitted_as).label}" if submitted_as else ""


class MeasurementType(models.Model):
    """An entry of the catalogue, as data (R-068): SpO₂, weight, or a panel such as blood pressure."""

    code = models.CharField(max_length=32, primary_key=True)
    label = models.CharField(max_length=80)
    short_label = models.CharField(max_length=30)
    position = models.PositiveSmallIntegerField()
    loinc = models.CharField(max_length=20, blank=True)
    snomed = models.CharField(max_length=30, blank=True)
    npu = models.CharField(max_length=20, blank=True)
    mdc = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ["position"]

    def __str__(self) -> str:
        return self.label


class Quantity(models.Model):
    """One number of a type, with its canonical unit and the limits outside which it cannot be true."""

    code = models.CharField(max_length=32, primary_key=True)
    type = models.ForeignKey(MeasurementType, on_delete=models.PROTECT, related_name="quantities")
    # 1 is stored in `Reading.value`, 2 in `Reading.value2`.
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=80)
    short_label = models.CharField(max_length=30)
    loinc = models.CharField(max_length=20, blank=True)
    snomed = models.CharField(max_length=30, blank=True)
    npu = models.CharField(max_length=20, blank=True)
    mdc = models.CharField(max_length=20, blank=True)
    unit = models.CharField("UCUM", max_length=20)
    unit_label = models.CharField(max_length=20)
    decimals = models.PositiveSmallIntegerField()
    impossible_low = models.DecimalField(max_digits=12, decimal_places=6)
    impossible_high = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        ordering = ["type", "position"]
        constraints = [
            models.UniqueConstraint(fields=["type", "position"], name="quantity_position_unique"),
            models.CheckConstraint(condition=Q(position__in=[1, 2]), name="quantity_position_1_or_2"),
            models.CheckConstraint(
                condition=Q(impossible_low__lt=models.F("impossible_high")),
                name="quantity_limits_ordered",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class UnitSynonym(models.Model):
    """An accepted way to write a unit, and its exact conversion: (value + pre_offset) * numerator / denominator."""

    type = models.ForeignKey(MeasurementType, on_delete=models.PROTECT, related_name="units")
    text = models.CharField(max_length=20)
    pre_offset = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    numerator = models.BigIntegerField(default=1)
    denominator = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "text"], name="unit_text_unique"),
            models.CheckConstraint(
                condition=Q(numerator__gt=0, denominator__gt=0),
                name="unit_factor_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Reading(models.Model):
    """One measured fact. Immutable; corrected only by a later `ReadingStatement`."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    # The composite key to the patient (see the migration) already proves the municipality.
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    patient = models.ForeignKey(
        Patient,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    type = models.ForeignKey(MeasurementType, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_id = models.UUIDField()
    # In the canonical units of the type's quantities; empty when the number sent cannot be represented.
    value = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    value2 = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    sent_value = models.CharField(max_length=80)
    sent_unit = models.CharField(max_length=20)
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField()
    timing = models.CharField(max_length=8, choices=Timing, default=Timing.ON_TIME)
    source = models.CharField(max_length=8, choices=Source)
    device_model = models.CharField(max_length=80, blank=True)
    device_serial = models.CharField(max_length=80, blank=True)
    submitted_by_device = models.ForeignKey(
        DeviceCredential,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    submitted_by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    submitted_by_system = models.ForeignKey(
        SystemClient, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # As it was then: an authority ends and people change work, but who sent this stays known (P4).
    submitted_as = models.CharField(max_length=10, choices=SubmittedAs, blank=True, default="", db_default="")
    assessed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = immutable_fact()
        indexes = [
            models.Index(fields=["patient", "type", "taken_at"], name="reading_by_patient"),
            # The worklist: only what waits is in it, so it stays small whatever the table grows to.
            models.Index(
                fields=["patient", "received_at"],
                condition=Q(assessed_at__isnull=True),
                name="reading_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["patient", "client_id"], name="reading_once_per_client_id"),
            models.UniqueConstraint(fields=["id", "municipality"], name="reading_id_municipality"),
            models.CheckConstraint(condition=one_of(SUBMITTERS), name="reading_has_one_submitter"),
            models.CheckConstraint(
                condition=Q(submitted_as="")
                | Q(submitted_as__in=SubmittedAs.values, submitted_by_user__isnull=False, source=Source.PROXY),
                name="reading_on_behalf_names_the_person",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def judged_at(self) -> datetime:
        """The time whose plan judges it: when it was taken, but never later than it was received."""
        return min(self.taken_at, self.received_at)

    @property
    def on_behalf(self) -> str:
        """«Ola Nordmann, pårørende» where somebody else than the patient sent it, else empty."""
        return on_behalf(self.submitted_by_user.get_full_name(), self.submitted_as) if self.submitted_by_user else ""


class ReadingStatement(models.Model):
    """A later statement about a reading: faulty, confirmed, or in doubt, and whether the schedule is fulfilled."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    reading = models.ForeignKey(Reading, on_delete=models.PROTECT, related_name="statements")
    kind = models.CharField(max_length=10, choices=StatementKind)
    reason = models.CharField(max_length=500)
    fulfils_schedule = models.BooleanField()
    replaced_by = models.ForeignKey(Reading, null=True, on_delete=models.PROTECT, related_name="+")
    stated_at = models.DateTimeField()
    stated_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="statement_has_reason")]

    def __str__(self) -> str:
        return str(self.id)


class RefusedSubmission(models.Model):
    """What a known device or system sent and we refused: kept raw and encrypted for 30 days, then purged."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    device = models.ForeignKey(DeviceCredential, null=True, on_delete=models.PROTECT, related_name="+")
    system = models.ForeignKey(SystemClient, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField()
    endpoint = models.CharField(max_length=80)
    codes = ArrayField(models.CharField(max_length=60))
    # How many readings of a batch; anything else that is refused is one.
    items = models.PositiveSmallIntegerField(default=1)
    body = EncryptedTextField()

    class Meta:
        triggers = [Protect(name="immutable", operation=Update)]
        indexes = [models.Index(fields=["patient", "received_at"], name="refused_by_patient")]
        constraints = [models.CheckConstraint(condition=one_of(["device", "system"]), name="refused_has_one_sender")]

    def __str__(self) -> str:
        return str(self.id)

"""One municipality's record of a person, where the person lives, the relatives, and the courses of the service."""

from datetime import date

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import never_deleted, record_changes
from dho.lib.encryption import EncryptedTextField
from dho.lib.numbers import date_nb
from organisations.models import (
    Municipality,
)
from patients.enums import (
    NationalIdKind,
    Sex,
)


class Patient(models.Model):
    """One municipality's record of a person. Moving opens a new Patient there; history is never silently shared."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    given_name = models.CharField("fornavn", max_length=100)
    family_name = models.CharField("etternavn", max_length=100)
    birth_date = models.DateField(_("fødselsdato"))
    sex = models.CharField(_("kjønn"), max_length=1, choices=Sex, default=Sex.UNKNOWN)
    # Encrypted, with a keyed hash beside it so that the same person is found without decrypting every row.
    national_id = EncryptedTextField()
    national_id_index = models.CharField(max_length=64)
    national_id_kind = models.CharField(max_length=3, choices=NationalIdKind)
    synthetic = models.BooleanField()
    phone = models.CharField("telefon", max_length=20, blank=True)
    language = models.CharField(_("språk"), max_length=40, default="norsk")
    communication = models.CharField("tilrettelegging", max_length=120, blank=True)
    # None: nobody has asked. Empty text: asked, none known. The two must not look the same (NHS CUI).
    cave = models.CharField("CAVE", max_length=200, null=True, blank=True)
    gp = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="listed_patients")
    deceased_on = models.DateField(null=True, blank=True)
    # The record stays with the municipality that the person has left.
    moved_on = models.DateField(null=True, blank=True)

    class Meta:
        triggers = [never_deleted(), record_changes()]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "national_id_index"],
                name="patient_once_per_municipality",
            ),
            models.UniqueConstraint(fields=["id", "municipality"], name="patient_id_municipality"),
        ]
        # Who signs in with ID-porten is looked for in every municipality at once.
        indexes = [models.Index(fields=["national_id_index"], name="patient_by_national_id")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def name(self) -> str:
        """Family name first, as in lists and the banner."""
        return f"{self.family_name}, {self.given_name}"

    def departure(self, on: date) -> str:
        """«Død 01.11.2026» or «Flyttet fra kommunen 01.11.2026», from that day on; else empty."""
        if self.deceased_on and self.deceased_on <= on:
            return gettext("Død %(deceased_on)s") % {"deceased_on": date_nb(self.deceased_on)}
        return (
            gettext("Flyttet fra kommunen %(moved_on)s") % {"moved_on": date_nb(self.moved_on)}
            if self.moved_on and self.moved_on <= on
            else ""
        )

    def age(self, on: date) -> int:
        """Whole years on that day; who has died grows no older."""
        on = min(on, self.deceased_on or on)
        had_birthday = (on.month, on.day) >= (
            self.birth_date.month,
            self.birth_date.day,
        )
        return on.year - self.birth_date.year - (not had_birthday)


class HomeAddress(models.Model):
    """Where a patient lives: where equipment goes, and who are neighbours (R-180; ADR 22).

    A table of its own, so that no list of patients decrypts it. The indexes tell addresses apart without reading them.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="home")
    street = EncryptedTextField("gateadresse")
    postal_code = EncryptedTextField("postnummer")
    place = EncryptedTextField("poststed")
    address_index = models.CharField(max_length=64, blank=True)
    neighbourhood_index = models.CharField(max_length=64, blank=True)
    # The change log knows that an address was registered, when and by whom, never which.
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(without=["street", "postal_code", "place", "address_index", "neighbourhood_index"]),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def lines(self) -> list[str]:
        """As on an envelope; nothing where there is none."""
        return [line for line in (self.street, f"{self.postal_code} {self.place}".strip()) if line]


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

"""One municipality's record of a person, the relatives, and the courses of the service."""

from datetime import date, datetime, timedelta
from typing import Final, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _
from pgtrigger import Protect, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.enums import Role
from accounts.models import User
from audit.history import append_only, never_deleted, record_changes
from dho.lib.encryption import EncryptedTextField
from dho.lib.numbers import date_nb
from organisations.models import (
    FollowUpService,
    GpPractice,
    Municipality,
    ValidityQuerySet,
    end_after_start,
    no_overlap,
)
from patients.enums import (
    GIVEN_TO_RELATIVES,
    Consent,
    Decision,
    EndReason,
    EnrolmentStatus,
    HandoverAnswer,
    InsightChannel,
    NationalIdKind,
    Scope,
    Sex,
    TargetGroup,
)

EMERGENCY_LASTS: Final = timedelta(hours=4)
# The last day lies within a year of the first: whoever still needs it is asked again.
AUTHORITY_LASTS: Final = timedelta(days=365)
# GDPR article 12: within one month.
ANSWERED_WITHIN: Final = timedelta(days=30)


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


class RelativeAuthorityQuerySet(ValidityQuerySet["RelativeAuthority"]):
    """From a day to a last day, unless somebody has withdrawn it before."""

    def in_force(self, on: date) -> Self:
        """Those that hold on the given day, and that nobody has withdrawn."""
        return super().in_force(on).filter(withdrawn_at__isnull=True)


class RelativeAuthority(models.Model):
    """Fullmakt: the patient lets one relative act on her behalf, as far as `scopes` says, for a year at most.

    The relative signs in as herself and is recognised by the blind index; her national id is not kept.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="authorities")
    name = models.CharField(_("navn"), max_length=200)
    relation = models.CharField(_("relasjon"), max_length=60)
    national_id_index = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    valid_from = models.DateField()
    valid_until = models.DateField(_("siste dag"))
    given_at = models.DateTimeField()
    # The patient, or whoever registered it for her: `consent` says which, and how she said yes.
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    consent = models.CharField(max_length=10, choices=Consent)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RelativeAuthorityQuerySet.as_manager()

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            # What was given stands; the only change is that it is withdrawn, once.
            pgtrigger.ReadOnly(name="only_withdrawn", exclude=["withdrawn_at", "withdrawn_by"]),
            Protect(name="withdrawal_is_final", operation=Update, condition=TriggerQ(old__withdrawn_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["national_id_index"], name="authority_by_national_id")]
        constraints = [
            no_overlap(
                "authority_one_at_a_time", "patient", "national_id_index", among=models.Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="authority_within_a_year",
                condition=models.Q(
                    valid_until__gte=models.F("valid_from"),
                    valid_until__lte=models.F("valid_from") + AUTHORITY_LASTS,
                ),
            ),
            models.CheckConstraint(
                name="authority_says_what",
                condition=models.Q(scopes__len__gt=0, scopes__contained_by=list(GIVEN_TO_RELATIVES)),
            ),
            models.CheckConstraint(
                name="authority_names_the_relative",
                condition=models.Q(national_id_index__regex=r"^[0-9a-f]{64}$")
                & ~models.Q(name="")
                & ~models.Q(relation=""),
            ),
            models.CheckConstraint(condition=models.Q(consent__in=Consent.values), name="authority_consent_known"),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="authority_withdrawn_pair",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def scopes_text(self) -> str:
        """«se målinger og plan, sende målinger»."""
        return ", ".join(str(Scope(code).label) for code in self.scopes)


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
        triggers = [never_deleted(), record_changes(), _service_is_open()]
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


class CareRelationQuerySet(ValidityQuerySet["CareRelation"]):
    """Shared from a day to a last day, unless somebody has ended it before."""

    def in_force(self, on: date) -> Self:
        """Those that hold on the given day, and that nobody has ended."""
        return super().in_force(on).filter(ended_at__isnull=True)


class CareRelation(models.Model):
    """A patient shared with a service that does not hold the course: hospital, home nursing, group home (R-140, C2).

    Whoever holds the course has the enrolment itself; this lets others with a part in the care read along.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="care_relations")
    service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField(_("siste dag"), null=True, blank=True)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # Ended by a person, at once; `valid_until` counts whole days.
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = CareRelationQuerySet.as_manager()

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            Protect(name="ended_is_final", operation=Update, condition=TriggerQ(old__ended_at__isnull=False)),
        ]
        constraints = [
            end_after_start("relation_ends_after_start"),
            no_overlap("relation_one_at_a_time", "patient", "service", among=models.Q(ended_at__isnull=True)),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="relation_ended_pair",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Handover(models.Model):
    """The course goes from one service to another. Nobody lets go before the receiver has accepted (R-144, R-162)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="handovers")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="handovers")
    from_service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    to_service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    takes_effect_on = models.DateField(_("fra og med"))
    note = models.TextField("notat", blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=HandoverAnswer, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    answer_note = models.TextField(_("notat til svaret"), blank=True)
    moved_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            # Accepted, it moves or is withdrawn; every other answer, and the move, is the end of it.
            Protect(
                name="answer_is_final",
                operation=Update,
                condition=TriggerQ(old__answer__in=[HandoverAnswer.DECLINED, HandoverAnswer.WITHDRAWN])
                | TriggerQ(old__moved_at__isnull=False)
                | TriggerQ(old__answer=HandoverAnswer.ACCEPTED, new__answer__in=["", HandoverAnswer.DECLINED]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["enrolment"],
                condition=models.Q(answer="") | models.Q(answer="ACCEPTED", moved_at__isnull=True),
                name="handover_one_open_per_enrolment",
            ),
            models.CheckConstraint(
                condition=~models.Q(from_service=models.F("to_service")), name="handover_to_another_service"
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | ~models.Q(answer="") & models.Q(answered_at__isnull=False, answered_by__isnull=False),
                name="handover_answered_completely",
            ),
            models.CheckConstraint(
                condition=models.Q(moved_at__isnull=True) | models.Q(answer=HandoverAnswer.ACCEPTED),
                name="handover_moves_when_accepted",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AccessBlock(models.Model):
    """Sperring: the patient refuses a person, a service or a practice all access (pasientjournalloven)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="blocks")
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(FollowUpService, null=True, on_delete=models.PROTECT, related_name="+")
    practice = models.ForeignKey(GpPractice, null=True, on_delete=models.PROTECT, related_name="+")
    blocked_at = models.DateTimeField()
    blocked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            Protect(name="lifted_is_final", operation=Update, condition=TriggerQ(old__lifted_at__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["patient"], condition=models.Q(lifted_at__isnull=True), name="block_in_force"),
        ]
        constraints = [
            models.CheckConstraint(
                name="block_of_one",
                condition=models.Q(user__isnull=False, service__isnull=True, practice__isnull=True)
                | models.Q(user__isnull=True, service__isnull=False, practice__isnull=True)
                | models.Q(user__isnull=True, service__isnull=True, practice__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="block_lifted_pair",
            ),
            *[
                models.UniqueConstraint(
                    fields=["patient", against],
                    condition=models.Q(lifted_at__isnull=True),
                    name=f"block_of_{against}_once",
                )
                for against in ("user", "service", "practice")
            ],
        ]

    def __str__(self) -> str:
        return str(self.id)


class EmergencyAccess(models.Model):
    """Nødtilgang: one person's own decision to look, with a written reason, for a short time (norway.md 5)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="emergency_accesses")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=Role)
    organisation = models.CharField(max_length=200)
    reason = models.TextField("begrunnelse")
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    review = models.TextField("vurdering", blank=True)

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            # What was decided stands; only the review is added.
            pgtrigger.ReadOnly(name="only_reviewed", exclude=["reviewed_at", "reviewed_by", "review"]),
            Protect(name="review_is_final", operation=Update, condition=TriggerQ(old__reviewed_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["user", "ends_at"], name="emergency_by_user")]
        constraints = [
            models.CheckConstraint(
                name="emergency_is_short",
                condition=models.Q(
                    ends_at__gt=models.F("began_at"), ends_at__lte=models.F("began_at") + EMERGENCY_LASTS
                ),
            ),
            models.CheckConstraint(name="emergency_has_reason", condition=models.Q(reason__regex=r"\S(?:.|\n){18,}\S")),
            models.CheckConstraint(
                name="emergency_reviewed_completely",
                condition=models.Q(reviewed_at__isnull=True, reviewed_by__isnull=True, review="")
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~models.Q(review=""),
            ),
            models.CheckConstraint(
                name="emergency_not_reviewed_by_oneself", condition=~models.Q(reviewed_by=models.F("user"))
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class InsightRequest(models.Model):
    """The patient has asked for what is stored: the only reason to take everything out (R-301; GDPR article 15).

    It opens the export for as long as the law gives to answer in; after that the patient asks anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="insight_requests")
    asked_on = models.DateField()
    channel = models.CharField(max_length=10, choices=InsightChannel)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [*append_only(), record_changes()]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=InsightChannel.values), name="insight_request_channel_known"
            ),
            models.CheckConstraint(
                # Midnight in Oslo is at most two hours before the database's.
                condition=models.Q(asked_on__lte=models.F("registered_at") + timedelta(hours=2)),
                name="insight_request_not_ahead",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def open_until(self) -> datetime:
        """When the export closes again."""
        return self.registered_at + ANSWERED_WITHIN

    @property
    def as_purpose(self) -> str:
        """What the log says beside the export. Stored, so in bokmål whoever looks (ADR 21)."""
        with override("nb"):
            return f"Krav om innsyn {date_nb(self.asked_on)}, {self.get_channel_display()}"


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

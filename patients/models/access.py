"""Who else may act or look: relatives with authority, services shared with, handovers, blocks and emergencies."""

from datetime import date, timedelta
from typing import Final, Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from pgtrigger import Protect, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.enums import Role
from accounts.models import User
from audit.history import never_deleted, record_changes
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
    HandoverAnswer,
    Scope,
)
from patients.models.pathway import Enrolment
from patients.models.person import Patient

EMERGENCY_LASTS: Final = timedelta(hours=4)
# The last day lies within a year of the first: whoever still needs it is asked again.
AUTHORITY_LASTS: Final = timedelta(days=365)


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

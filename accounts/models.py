"""People who sign in, what they are where, and the tablets that act for a patient."""

import hashlib
import hmac
from datetime import date, timedelta
from typing import Final

import pgtrigger
from allauth.idp.oidc.models import Client
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Concat, Length, Lower
from django.db.models.lookups import LessThanOrEqual
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from accounts.enums import (
    AT_AUTHORITY,
    AT_COMMUNITY,
    AT_PARTNER,
    AT_PRACTICE,
    AT_SERVICE,
    Language,
    RevokedWhy,
    Role,
    SystemKind,
    SystemScope,
)
from audit.history import never_deleted, record_changes
from organisations.models import (
    NOT_WITHDRAWN,
    FollowUpService,
    GpPractice,
    HealthCommunity,
    Municipality,
    Partner,
    ValidityQuerySet,
    empty_or_after_start,
    no_overlap,
)

LONGEST_NAME: Final = 200


class User(AbstractUser):
    """A person. What the person may do comes from memberships, never from the user alone."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    hpr_number = models.CharField("HPR-nummer", max_length=9, blank=True)
    # HelseID names people by national id. Only its blind index is kept: enough to recognise, not enough to read.
    national_id_index = models.CharField(max_length=64, null=True, unique=True, editable=False)
    # The change log leaves the indexes out, so these say that something was registered, changed or taken away.
    national_id_registered_at = models.DateTimeField(null=True, editable=False)
    national_id_registered_by = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    # Where the person lives, only to ask about looks at housemates and neighbours: compared, never read (ADR 22).
    address_index = models.CharField(max_length=64, blank=True, editable=False)
    neighbourhood_index = models.CharField(max_length=64, blank=True, editable=False)
    address_registered_at = models.DateTimeField(null=True, editable=False)
    shortcuts_enabled = models.BooleanField(_("hurtigtaster"), default=True)
    language = models.CharField(_("språk"), max_length=2, choices=Language, default=Language.NB)

    class Meta(AbstractUser.Meta):
        triggers = [never_deleted(), record_changes(without=["address_index", "neighbourhood_index"])]
        constraints = [
            # Signing in looks a name up without regard to case, and HelseID a number: each finds one person or nobody.
            models.UniqueConstraint(Lower("username"), name="user_name_once_in_any_case"),
            models.UniqueConstraint(
                fields=["hpr_number"], condition=~models.Q(hpr_number=""), name="user_hpr_number_once"
            ),
            # As long as the columns of the logs and the approvals that a name is copied into.
            models.CheckConstraint(
                name="user_language_known", condition=models.Q(language__in=[each.value for each in Language])
            ),
            models.CheckConstraint(
                condition=models.Q(national_id_index__isnull=True) | ~models.Q(national_id_index=""),
                name="user_national_id_not_empty",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length(Concat("first_name", "last_name")), LONGEST_NAME - 1),
                name="user_name_fits_the_log",
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name()


class SecondFactor(Authenticator):
    """A code app, a passkey or recovery codes. The table is allauth's; the history of it is ours."""

    class Meta:
        proxy = True
        triggers = [record_changes(without=["data", "last_used_at"])]


def _only(organisation: str, roles: list[Role]) -> models.Q:
    """Membership of this kind of organisation and no other, in one of these roles."""
    others = {f"{each}__isnull": each != organisation for each in ORGANISATIONS}
    return models.Q(role__in=roles, **others)


ORGANISATIONS: Final = ("service", "practice", "authority", "community", "partner")
# One role of one person, at the same organisation (of a partner: for the same municipality).
ONCE_AT_A_TIME: Final = {each: ("party",) if each == "partner" else () for each in ORGANISATIONS}
# Seven days with the first and the last.
SUPPORT_AT_MOST: Final = timedelta(days=6)


def _support_pauses() -> pgtrigger.Trigger:
    """Support beside or next to other support of the same person is standing access in pieces (R-309)."""
    return pgtrigger.Trigger(
        name="support_pauses",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        condition=pgtrigger.Q(new__role=Role.SUPPORT),
        func="""
            IF EXISTS (
                SELECT 1 FROM accounts_membership m
                WHERE m.user_id = NEW.user_id AND m.party_id = NEW.party_id AND m.role = NEW.role
                AND m.valid_until >= m.valid_from
                AND m.valid_from <= NEW.valid_until + 1 AND m.valid_until >= NEW.valid_from - 1
            ) THEN
                RAISE EXCEPTION 'membership: support of one person pauses for a day';
            END IF;
            RETURN NEW;
        """,
    )


class Membership(models.Model):
    """Person × organisation × role, from–to, given by somebody else than the person (C2)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role)
    service = models.ForeignKey(FollowUpService, null=True, on_delete=models.PROTECT, related_name="memberships")
    practice = models.ForeignKey(GpPractice, null=True, on_delete=models.PROTECT, related_name="memberships")
    authority = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="memberships")
    community = models.ForeignKey(HealthCommunity, null=True, on_delete=models.PROTECT, related_name="memberships")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="memberships")
    # The municipality that let the partner's person in. Nobody else did, so the membership reaches no other.
    party = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField(_("siste dag"), null=True, blank=True)
    # Empty for those whom the operator of the installation has set in (`manage.py grant_membership`).
    given_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ValidityQuerySet.as_manager()

    class Meta:
        triggers = [never_deleted(), record_changes(), _support_pauses()]
        constraints = [
            empty_or_after_start("membership_ends_after_start"),
            *[
                no_overlap(f"membership_{each}_once_at_a_time", "user", "role", each, *more, among=NOT_WITHDRAWN)
                for each, more in ONCE_AT_A_TIME.items()
            ],
            models.CheckConstraint(
                name="membership_partner_names_party",
                condition=models.Q(partner__isnull=True, party__isnull=True)
                | models.Q(partner__isnull=False, party__isnull=False),
            ),
            models.CheckConstraint(
                name="membership_role_fits_organisation",
                condition=_only("service", AT_SERVICE)
                | _only("practice", AT_PRACTICE)
                | _only("authority", AT_AUTHORITY)
                | _only("community", AT_COMMUNITY)
                | _only("partner", AT_PARTNER),
            ),
            models.CheckConstraint(
                name="membership_not_given_to_oneself", condition=~models.Q(given_by=models.F("user"))
            ),
            # a supplier's access is time-limited and approved, never standing.
            models.CheckConstraint(
                name="membership_support_is_short",
                condition=~models.Q(role=Role.SUPPORT)
                | models.Q(
                    given_by__isnull=False,
                    valid_until__isnull=False,
                    valid_until__lte=models.F("valid_from") + SUPPORT_AT_MOST,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"

    @property
    def organisation(self) -> FollowUpService | GpPractice | Municipality | HealthCommunity | Partner:
        """Where the person works."""
        found = self.service or self.practice or self.authority or self.community or self.partner
        assert found is not None  # noqa: S101 - the check constraint holds it
        return found


class Position(models.Model):
    """How much of a full-time position somebody has for digital home follow-up in one membership (R-158, S-06)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="positions")
    percent = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ValidityQuerySet.as_manager()

    class Meta:
        triggers = [never_deleted(), record_changes()]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent__gte=1, percent__lte=100), name="position_percent_in_range"
            ),
            empty_or_after_start("position_ends_after_start"),
            no_overlap("position_once_at_a_time", "membership", among=NOT_WITHDRAWN),
        ]

    def __str__(self) -> str:
        return str(self.id)


def _stays_revoked() -> pgtrigger.Trigger:
    """When, and by whom, is never rewritten. When it was last seen may still be noted, by a request under way."""
    rewritten = pgtrigger.Q(old__revoked_at__df=pgtrigger.F("new__revoked_at"))
    rewritten |= pgtrigger.Q(old__revoked_by__df=pgtrigger.F("new__revoked_by"))
    return pgtrigger.Protect(
        name="stays_revoked",
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__revoked_at__isnull=False) & rewritten,
    )


class DeviceCredential(models.Model):
    """The bearer credential of one tablet or gateway, bound to one patient. Only hashes of secrets are kept.

    One that was issued has a secret for good. One that was paired (ADR 20) gets a new secret every half hour, against a
    refresh token that is good once: `secret_hash` is empty until the tablet has fetched the first.

    `patient_id` is a foreign key in the database (added by the patients app, which lies above this one).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient_id = models.UUIDField()
    label = models.CharField("enhet", max_length=80)
    secret_hash = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    revoked_why = models.CharField(max_length=10, choices=RevokedWhy, blank=True)
    last_seen_at = models.DateTimeField(null=True)
    paired = models.BooleanField(default=False)
    # What the tablet said that it is.
    device_model = models.CharField(max_length=80, blank=True)
    secret_expires_at = models.DateTimeField(null=True)
    refresh_hash = models.CharField(max_length=64, blank=True)
    # The refresh token before: good until something of its answer has been used, for an answer may get lost.
    spare_hash = models.CharField(max_length=64, blank=True)
    pin_hash = models.CharField(max_length=128, blank=True)
    pin_failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["patient_id"], name="credential_by_patient")]
        triggers = [never_deleted(), _stays_revoked()]
        constraints = [
            models.UniqueConstraint(fields=["id", "municipality"], name="credential_id_municipality"),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_why="")
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=True, revoked_why=RevokedWhy.REUSED)
                | models.Q(
                    revoked_at__isnull=False,
                    revoked_by__isnull=False,
                    revoked_why__in=[RevokedWhy.STAFF, RevokedWhy.LOST, RevokedWhy.RETURNED],
                ),
                name="credential_revoked_by_and_why",
            ),
            models.CheckConstraint(
                condition=models.Q(paired=True)
                | ~models.Q(secret_hash="") & models.Q(secret_expires_at__isnull=True, refresh_hash="", pin_hash=""),
                name="credential_issued_has_secret",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @staticmethod
    def hash_secret(secret: str) -> str:
        """SHA-256 is enough here: the secret is at least 256 random bits, not a password."""
        return hashlib.sha256(secret.encode()).hexdigest()

    def accepts(self, secret: str) -> bool:
        """Whether this is the secret that was shown once, and nobody has revoked it."""
        return self.revoked_at is None and hmac.compare_digest(self.secret_hash, self.hash_secret(secret))

    @property
    def pin_locked(self) -> bool:
        """After five wrong ones in a row, until staff have seen the patient."""
        return self.pin_failures >= PIN_TRIES


PIN_TRIES: Final = 5


class SystemClient(models.Model):
    """A system of a municipality that speaks to the REST interface: a gateway of devices, or an EPJ.

    Who it is stands here, and its secret, as a hash, with allauth (`client`), which hands out its access tokens.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    client = models.OneToOneField(Client, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=SystemKind)
    scopes = ArrayField(models.CharField(max_length=20, choices=SystemScope))
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    renewed_at = models.DateTimeField(null=True)
    renewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [never_deleted(), record_changes()]
        constraints = [
            models.UniqueConstraint(fields=["id", "municipality"], name="system_id_municipality"),
            empty_or_after_start("system_ends_after_start"),
            models.CheckConstraint(
                condition=models.Q(scopes__len__gt=0, scopes__contained_by=SystemScope.values),
                name="system_scopes_known",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="system_withdrawn_pair",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scope_labels(self) -> list[str]:
        """What it may do, in words."""
        return [str(SystemScope(scope).label) for scope in self.scopes]

    def in_force(self, on: date) -> bool:
        """Whether it may come in that day."""
        ends = self.valid_until is None or on <= self.valid_until
        return self.withdrawn_at is None and self.valid_from <= on and ends

"""Municipalities, those who follow up patients, and the agreements that let them."""

from datetime import date, datetime, timedelta
from typing import Final, Self, TypeVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from audit.history import never_deleted, record_changes
from dho.lib.encryption import EncryptedTextField
from organisations.enums import PartnerKind, ServiceKind, Shared, Task
from organisations.opening_hours import OpeningHours

Validity = TypeVar("Validity", bound=models.Model)
Registered = TypeVar("Registered", bound=models.Model)
# Closed ones keep their name and number; a new one may take them over.
OPEN: Final = models.Q(closed_on__isnull=True)


class DateRange(models.Func):
    """The half-open database range of two dates; no end means until further notice."""

    function = "DATERANGE"
    output_field = DateRangeField()


def no_overlap(name: str, *same: str, among: models.Q | None = None) -> ExclusionConstraint:
    """Two rows (of those `among`) that agree in `same` may not be valid on the same day."""
    return ExclusionConstraint(
        name=name,
        condition=among,
        expressions=[
            *[(field, RangeOperators.EQUAL) for field in same],
            (
                DateRange("valid_from", "valid_until", RangeBoundary(inclusive_upper=True)),
                RangeOperators.OVERLAPS,
            ),
        ],
    )


def end_after_start(name: str) -> models.CheckConstraint:
    """A validity that ends before it starts is refused."""
    return models.CheckConstraint(
        condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
        name=name,
    )


def empty_or_after_start(name: str) -> models.CheckConstraint:
    """As `end_after_start`, but a mistake can be withdrawn: the last day is then the day before the first."""
    return models.CheckConstraint(
        condition=models.Q(valid_until__isnull=True)
        | models.Q(valid_until__gte=models.F("valid_from") - timedelta(days=1)),
        name=name,
    )


def last_day_at_once(valid_from: date, today: date) -> date:
    """The last day of what is stopped now: yesterday, or before it ever began."""
    return max(today, valid_from) - timedelta(days=1)


# Those that are valid for at least a day.
NOT_WITHDRAWN: Final = models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from"))


def _start_stands() -> pgtrigger.Trigger:
    """What has begun has begun: the first day is never rewritten afterwards, nor moved into the past."""
    today = "(now() AT TIME ZONE 'Europe/Oslo')::date"
    return pgtrigger.Trigger(
        name="start_stands",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("valid_from"),
        func=f"""
            IF OLD.valid_from <= {today} OR NEW.valid_from < {today} THEN
                RAISE EXCEPTION 'agreement: the first day of what has begun stands';
            END IF;
            RETURN NEW;
        """,
    )


def _end_stands() -> pgtrigger.Trigger:
    """What has ended is neither reopened nor rewritten: who could see what, and when, is answered from it."""
    return pgtrigger.Trigger(
        name="end_stands",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="""
            IF OLD.valid_until < GREATEST((now() AT TIME ZONE 'Europe/Oslo')::date, OLD.valid_from)
                AND NEW IS DISTINCT FROM OLD THEN
                RAISE EXCEPTION 'agreement: what has ended stands';
            END IF;
            RETURN NEW;
        """,
    )


def everything_clinical() -> list[str]:
    """What an agreement with those who treat shares unless it says less."""
    return [Shared.READINGS, Shared.PLAN, Shared.EQUIPMENT]


class ValidityQuerySet(models.QuerySet[Validity]):
    """Rows with `valid_from` and an optional last day `valid_until`."""

    def in_force(self, on: date) -> Self:
        """Those that hold on the given day, last day included."""
        return self.filter(valid_from__lte=on).exclude(valid_until__lt=on)


class RegisterQuerySet(models.QuerySet[Registered]):
    """Organisations that a municipality has registered, and may close."""

    def open(self) -> Self:
        """Those that nobody has closed."""
        return self.filter(OPEN)


def _once(name: str, *fields: str, lower: bool = False) -> models.UniqueConstraint:
    """Among those that are open, no two alike; an empty value is like none."""
    *same, last = fields
    if lower:
        return models.UniqueConstraint(Lower(last), *same, condition=OPEN, name=name)
    return models.UniqueConstraint(fields=[last], condition=OPEN & ~models.Q(**{last: ""}), name=name)


def _organisation_number(name: str) -> models.CheckConstraint:
    """Nine digits or none; the check digit is the form's."""
    return models.CheckConstraint(condition=models.Q(organisation_number__regex=r"^([0-9]{9})?$"), name=name)


def _stays_closed() -> pgtrigger.Trigger:
    """What is closed is history: whoever starts again registers a new one."""
    return pgtrigger.Protect(
        name="stays_closed", operation=pgtrigger.Update, condition=pgtrigger.Q(old__closed_on__isnull=False)
    )


class HealthCommunity(models.Model):
    """Helsefellesskap: an arena for statistics, never a data controller (R-169)."""

    code = models.PositiveSmallIntegerField(primary_key=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class HealthTrust(models.Model):
    """Helseforetak, with the area it serves where it serves one."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=120)
    region = models.CharField(max_length=60)
    community = models.ForeignKey(HealthCommunity, null=True, on_delete=models.PROTECT, related_name="trusts")

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """The tenant: data controller of its patients' records. A city district is one too (R-168).

    The id is kommunenummer * 100 + bydel, so that it is the same on every installation: 340100, 30101.
    """

    id = models.IntegerField(primary_key=True)
    number = models.CharField("kommunenummer", max_length=4)
    district = models.CharField("bydel", max_length=2, blank=True)
    name = models.CharField(max_length=80)
    other_name = models.CharField(_("samisk eller kvensk navn"), max_length=120, blank=True)
    county = models.CharField(max_length=60)
    community = models.ForeignKey(HealthCommunity, on_delete=models.PROTECT, related_name="municipalities")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "district"], name="municipality_number_unique")]

    def __str__(self) -> str:
        return self.name


class PlanningFigure(models.Model):
    """How many patients a full-time nurse can follow up, as somebody has found; each service chooses one (S-06)."""

    code = models.CharField(max_length=20, primary_key=True)
    patients_per_position = models.PositiveSmallIntegerField()
    found = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = ValidityQuerySet.as_manager()

    class Meta:
        constraints = [
            end_after_start("planning_figure_ends_after_start"),
            models.CheckConstraint(condition=models.Q(patients_per_position__gt=0), name="planning_figure_is_positive"),
        ]

    def __str__(self) -> str:
        return self.found


class FollowUpService(models.Model):
    """Oppfølgingstjeneste: those who look at readings, in opening hours, never as an emergency service (R-095)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=30, choices=ServiceKind)
    owner = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="owned_services")
    trust = models.ForeignKey(HealthTrust, null=True, on_delete=models.PROTECT, related_name="owned_services")
    phone = models.CharField(max_length=20)
    # The one place that others turn to, and the agreed way to a higher level of care.
    contact_point = models.CharField(max_length=120, blank=True, default="", db_default="")
    urgent_route = models.CharField(max_length=300, blank=True, default="", db_default="")
    hours = models.JSONField(_("åpningstider"))
    # Service deadlines count open hours only; the sources name no figures, so each service sets its own (S-02).
    deadline_red = models.DurationField(default=timedelta(minutes=30))
    deadline_yellow = models.DurationField(default=timedelta(hours=4))
    deadline_other = models.DurationField(default=timedelta(hours=7))
    # How much of each measurement a trial must hold before its first limits are sent to the doctor without a reason
    # . The sources name no figures, so each service sets its own; 0 asks for nothing.
    minimum_days = models.PositiveSmallIntegerField(default=10)
    minimum_readings = models.PositiveSmallIntegerField(default=10)
    # How often everybody who is followed up is evaluated; the sources name no interval.
    evaluation_weeks = models.PositiveSmallIntegerField(default=12, db_default=12)
    planning_figure = models.ForeignKey(PlanningFigure, null=True, on_delete=models.PROTECT, related_name="+")
    notify_email = models.EmailField(blank=True)
    webhook_url = models.URLField(blank=True)
    webhook_secret = EncryptedTextField(blank=True, default="")
    # From that day nobody works there. A service that follows somebody up cannot be closed (patients.services).
    closed_on = models.DateField(null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        triggers = [never_deleted(), record_changes(municipality="owner_id"), _stays_closed()]
        constraints = [
            _once("service_name_once_per_owner", "owner", "name", lower=True),
            models.CheckConstraint(
                condition=models.Q(owner__isnull=False, trust__isnull=True)
                | models.Q(owner__isnull=True, trust__isnull=False),
                name="service_has_one_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    deadline_red__gt=timedelta(0),
                    deadline_yellow__gt=timedelta(0),
                    deadline_other__gt=timedelta(0),
                ),
                name="service_deadlines_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(evaluation_weeks__gte=1, evaluation_weeks__lte=104), name="service_evaluates"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def keeper_id(self) -> int | None:
        """The municipality that registers, changes and closes it."""
        return self.owner_id

    @property
    def opening_hours(self) -> OpeningHours:
        """The clock that every promise to a patient and every deadline goes by (P5)."""
        return OpeningHours.from_json(self.hours)

    def deadline_for(self, level: str, arrived_at: datetime) -> datetime:
        """When something of this level (RED, YELLOW or another) that arrived then must be handled, in open time."""
        allowed = {"RED": self.deadline_red, "YELLOW": self.deadline_yellow}.get(level, self.deadline_other)
        return self.opening_hours.add_open_time(arrived_at, allowed)


class GpPractice(models.Model):
    """Legekontor."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=120)
    located_in = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="practices")
    organisation_number = models.CharField("organisasjonsnummer", max_length=9, blank=True)
    # The practice's address in the national address register (Adresseregisteret, NHN).
    her_id = models.CharField("HER-id", max_length=8, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        triggers = [never_deleted(), record_changes(municipality="located_in_id"), _stays_closed()]
        constraints = [
            _once("practice_name_once_per_municipality", "located_in", "name", lower=True),
            _once("practice_organisation_number_once", "organisation_number"),
            _once("practice_her_id_once", "her_id"),
            _organisation_number("practice_organisation_number_digits"),
            models.CheckConstraint(condition=models.Q(her_id__regex=r"^[0-9]*$"), name="practice_her_id_digits"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def keeper_id(self) -> int | None:
        """The municipality that registers, changes and closes it."""
        return self.located_in_id


class Partner(models.Model):
    """Logistics, supplier or research: works for municipalities under an agreement, without health data (R-180)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=PartnerKind)
    organisation_number = models.CharField("organisasjonsnummer", max_length=9, blank=True)
    # The municipality that registered it and keeps it right for all; empty: the operator of the installation does.
    kept_by = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="partners")
    closed_on = models.DateField(null=True, blank=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        triggers = [never_deleted(), record_changes(municipality="kept_by_id"), _stays_closed()]
        constraints = [
            _once("partner_name_once", "name", lower=True),
            _once("partner_organisation_number_once", "organisation_number"),
            _organisation_number("partner_organisation_number_digits"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def keeper_id(self) -> int | None:
        """The municipality that registers, changes and closes it."""
        return self.kept_by_id


# What a municipality registers, and lets in by an agreement.
Organisation = FollowUpService | GpPractice | Partner


class Agreement(models.Model):
    """A municipality lets one organisation into its patients' records: the only access across municipalities (R-156).

    The day it starts or ends, access follows by itself. A service's own municipality needs none.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    party = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="agreements")
    service = models.ForeignKey(FollowUpService, null=True, on_delete=models.PROTECT, related_name="agreements")
    practice = models.ForeignKey(GpPractice, null=True, on_delete=models.PROTECT, related_name="agreements")
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="agreements")
    controller = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="controlled_agreements")
    shares = ArrayField(models.CharField(max_length=10, choices=Shared), default=everything_clinical)
    tasks = ArrayField(models.CharField(max_length=12, choices=Task), default=list, blank=True)
    # Where the signed text lies.
    reference = models.CharField("referanse", max_length=120, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(_("siste dag"), null=True, blank=True)

    objects = ValidityQuerySet.as_manager()

    class Meta:
        triggers = [never_deleted(), record_changes(municipality="party_id"), _start_stands(), _end_stands()]
        constraints = [
            empty_or_after_start("agreement_ends_after_start"),
            no_overlap("agreement_service_one_at_a_time", "service", "party", among=NOT_WITHDRAWN),
            no_overlap("agreement_practice_one_at_a_time", "practice", "party", among=NOT_WITHDRAWN),
            no_overlap("agreement_partner_one_at_a_time", "partner", "party", among=NOT_WITHDRAWN),
            models.CheckConstraint(
                name="agreement_with_one_organisation",
                condition=models.Q(service__isnull=False, practice__isnull=True, partner__isnull=True)
                | models.Q(service__isnull=True, practice__isnull=False, partner__isnull=True)
                | models.Q(service__isnull=True, practice__isnull=True, partner__isnull=False),
            ),
            # whose patients they are answers for them.
            models.CheckConstraint(
                name="agreement_party_is_controller", condition=models.Q(controller=models.F("party"))
            ),
            models.CheckConstraint(name="agreement_shares_something", condition=models.Q(shares__len__gt=0)),
            # logistics, suppliers and analysts work without health data.
            models.CheckConstraint(
                name="agreement_partner_without_health_data",
                condition=models.Q(partner__isnull=True) | models.Q(shares__contained_by=[Shared.EQUIPMENT]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def organisation(self) -> Organisation:
        """Who is let in."""
        found = self.service or self.practice or self.partner
        assert found is not None  # noqa: S101 - the check constraint holds it
        return found

    @property
    def kind_text(self) -> str:
        """What kind of organisation is let in, in words."""
        kind = self.service or self.partner
        return str(kind.get_kind_display()) if kind else gettext("Legekontor")

    def holds(self, on: date) -> bool:
        """Whether it is in force that day, last day included."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def shared_on(self, on: date) -> frozenset[Shared]:
        """What it lets the organisation see that day."""
        return frozenset(map(Shared, self.shares)) if self.holds(on) else frozenset()

    @property
    def shares_text(self) -> str:
        """What is shared, in words."""
        return ", ".join(str(Shared(value).label) for value in self.shares)

    @property
    def tasks_text(self) -> str:
        """The tasks that the organisation has taken on, in words."""
        return ", ".join(str(Task(value).label) for value in self.tasks)

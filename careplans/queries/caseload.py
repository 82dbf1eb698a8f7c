"""How many patients there are for each full position, and whether the coordinator has the position it takes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.db.models import Q

from accounts.actor import Actor
from accounts.enums import Role
from accounts.models import Membership, Position
from accounts.queries import memberships_managed_by
from careplans.queries.counting import PlanShare, active_on, plan_share
from organisations.models import FollowUpService, PlanningFigure

# R-158, AT-40: less is too little for the six tasks.
COORDINATOR_AT_LEAST: Final = 20
_FOLLOWING: Final = [Role.NURSE, Role.HOSPITAL_NURSE]


@dataclass(frozen=True, slots=True)
class Load:
    """A service's patients beside its nurses' positions and its planning figure."""

    service: FollowUpService
    patients: int
    percent: int
    figure: PlanningFigure | None
    share: PlanShare

    @property
    def positions(self) -> Decimal:
        """Full positions: 140 % is 1,4."""
        return Decimal(self.percent) / 100

    @property
    def per_position(self) -> int | None:
        """Patients for each full position; None while no position is registered."""
        return round(self.patients * 100 / self.percent) if self.percent else None

    @property
    def capacity(self) -> int | None:
        """How many the positions are enough for by the planning figure."""
        return self.figure.patients_per_position * self.percent // 100 if self.figure and self.percent else None

    @property
    def over(self) -> bool:
        """Whether there are more patients than that."""
        return self.capacity is not None and self.patients > self.capacity


@dataclass(frozen=True, slots=True)
class Coordination:
    """The coordinators' positions in a municipality."""

    percent: int

    @property
    def too_small(self) -> bool:
        """Less than the twenty per cent that the tasks take (R-158)."""
        return self.percent < COORDINATOR_AT_LEAST


def load_of(service: FollowUpService, *, on: date) -> Load:
    """The service's load that day."""
    figures = PlanningFigure.objects.in_force(on).order_by("patients_per_position")
    chosen = next((each for each in figures if each.pk == service.planning_figure_id), None) or figures.first()
    percent = _percent(Q(membership__service=service, membership__role__in=_FOLLOWING), on=on)
    patients = active_on(on, service_id=service.pk).count()
    return Load(service, patients, percent, chosen, plan_share(on, service_id=service.pk))


def coordination_of(municipality_id: int, *, on: date) -> Coordination:
    """How much of a position the municipality's coordinators have together that day."""
    return Coordination(_percent(Q(membership__authority=municipality_id, membership__role=Role.COORDINATOR), on=on))


def _percent(whose: Q, *, on: date) -> int:
    at_work = Membership.objects.in_force(on)
    return sum(
        Position.objects.in_force(on)
        .filter(whose, membership__in=at_work.values("pk"))
        .values_list("percent", flat=True)
    )


def staff_with_positions(by: Actor, *, on: date) -> list[tuple[Membership, int | None]]:
    """Those whose position the actor registers, each with the percentage that holds that day."""
    people = list(memberships_managed_by(by, on=on).filter(role__in=[*_FOLLOWING, Role.COORDINATOR]))
    found = dict(Position.objects.in_force(on).filter(membership__in=people).values_list("membership_id", "percent"))
    return [(each, found.get(each.pk)) for each in people]

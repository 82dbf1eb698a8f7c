"""Guidance cards: which a person may read and change, and which fit the open alerts of a patient (R-089)."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.db.models import Q, QuerySet

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import Level, Side
from alerts.models import GuidanceCard, GuidanceVersion
from alerts.queries.patient import OpenAlert
from patients.models import Enrolment

SHOWN_AT_MOST: Final = 3
_SIDES: Final = {"<": Side.LOW, ">": Side.HIGH, "≥": Side.HIGH}


def reads_guidance(by: Actor) -> bool:
    """All clinical staff read the cards, and whoever may write them."""
    return by.may(Permission.SEE_PATIENT) or by.may(Permission.SEE_PLAN) or by.may(Permission.CONFIGURE)


def readable_cards(by: Actor) -> QuerySet[GuidanceCard]:
    """The product's own, the service's, and those of every municipality that the person works for or reaches."""
    towns = {*by.municipality_ids, *([by.employer_id] if by.employer_id else [])}
    mine = Q(service_id=by.service_id) if by.service_id else Q(pk__in=[])
    common = Q(service__isnull=True, owner_municipality__isnull=True)
    found = GuidanceCard.objects.filter(common | mine | Q(owner_municipality__in=towns))
    return found.select_related("service", "owner_municipality").defer("service__webhook_secret")


def owns(card: GuidanceCard, by: Actor) -> bool:
    """Whether this person writes the card: the service's leader, or the administrator of the municipality."""
    if not by.may(Permission.CONFIGURE):
        return False
    if by.service_id:
        return card.service_id == by.service_id
    return card.owner_municipality_id is not None and card.owner_municipality_id == by.employer_id


def current_versions(cards: QuerySet[GuidanceCard]) -> QuerySet[GuidanceVersion]:
    """What each of the cards says now; nothing of those that are retired or were never active."""
    active = GuidanceVersion.objects.filter(card__in=cards, activated_at__isnull=False, superseded_at__isnull=True)
    found = active.filter(card__retired_at__isnull=True)
    return found.select_related("card__service", "card__owner_municipality").defer("card__service__webhook_secret")


def cards_for(alerts: Sequence[OpenAlert], enrolment: Enrolment | None) -> list[GuidanceVersion]:
    """The cards that fit the open alerts, the most specific first, at most three; one query however many there are.

    An owner's own card takes the place of a more general one with the same code: service, municipality, product.
    """
    if not alerts or enrolment is None:
        return []
    cards = GuidanceCard.objects.filter(
        Q(service_id=enrolment.service_id)
        | Q(owner_municipality_id=enrolment.municipality_id)
        | Q(service__isnull=True, owner_municipality__isnull=True)
    )
    groups = frozenset(enrolment.target_groups)
    nearest = _nearest(current_versions(cards))
    fitting = [each for each in nearest if any(_fits(each, alert, groups) for alert in alerts)]
    return sorted(fitting, key=_order)[:SHOWN_AT_MOST]


def _order(version: GuidanceVersion) -> tuple[int, bool, int, str]:
    """The most conditions first; what names the measurement before what does not; the nearest owner."""
    return -version.conditions, not version.subject, _distance(version), version.title


def _distance(version: GuidanceVersion) -> int:
    return 0 if version.card.service_id else 1 if version.card.owner_municipality_id else 2


def _nearest(versions: Iterable[GuidanceVersion]) -> list[GuidanceVersion]:
    """Of each code the one whose owner is nearest to the patient."""
    found: dict[str, GuidanceVersion] = {}
    for version in sorted(versions, key=_distance):
        found.setdefault(version.card.code, version)
    return list(found.values())


def _fits(version: GuidanceVersion, found: OpenAlert, groups: frozenset[str]) -> bool:
    alert = found.alert
    return (
        version.kind in ("", alert.kind)
        and version.subject in ("", alert.subject)
        and version.level in (None, alert.level)
        and (not version.target_group or version.target_group in groups)
        and (not version.side or version.side == side_of(found))
        # A group alone says what the patient lives with, not what is wrong: it must be a worsening.
        and (bool(version.kind or version.subject) or alert.level in (Level.RED, Level.YELLOW))
    )


def side_of(found: OpenAlert) -> Side | None:
    """On which side of its limit the value lies that gave the alert; None where there is no such limit."""
    reasons = found.assessment.reasons if found.assessment else []
    return _SIDES.get(reasons[0]["comparison"]) if reasons else None

"""Writing guidance cards: a draft, put to use, taken out of use (R-089). What has been in use stays as it was."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.models import GuidanceCard, GuidanceVersion
from alerts.queries.guidance import owns
from alerts.services.refusals import NotNow, NotYours


@dataclass(frozen=True, slots=True, kw_only=True)
class CardContent:
    """What a version says, and when it fits."""

    title: str
    kind: str = ""
    subject: str = ""
    side: str = ""
    level: int | None = None
    target_group: str = ""
    steps: str
    doctor: str
    responsible: str
    review_on: date


@transaction.atomic
def create_card(*, content: CardContent, code: str = "", by: Actor, now: datetime) -> GuidanceCard:
    """A card of the actor's own service or municipality, with its first draft.

    `code` is that of the card it is to stand in for, else made of the title. Raises NotYours, NotNow.
    """
    if not by.may(Permission.CONFIGURE):
        raise NotYours
    owner = {"service_id": by.service_id} if by.service_id else {"owner_municipality_id": by.employer_id}
    card = GuidanceCard(code=code or slugify(content.title)[:60] or "kort", **owner)
    if GuidanceCard.objects.filter(code=card.code, retired_at__isnull=True, **owner).exists():
        raise NotNow(gettext("Dere har allerede et veiledningskort for dette. Endre det i stedet."))
    card.save(force_insert=True)
    GuidanceVersion.objects.create(card=card, number=1, created_at=now, created_by=by.user, **asdict(content))
    return card


@transaction.atomic
def save_draft(*, card_id: UUID, content: CardContent, by: Actor, now: datetime) -> GuidanceVersion:
    """Write the card's draft anew, or begin one. What is in use stays in use. Raises NotYours, NotNow."""
    card = _own(card_id, by)
    draft = card.versions.filter(activated_at__isnull=True).first()
    if draft is None:
        draft = GuidanceVersion(card=card, number=card.versions.count() + 1)
    for name, value in asdict(content).items():
        setattr(draft, name, value)
    draft.created_at, draft.created_by = now, by.user
    draft.save()
    return draft


@transaction.atomic
def activate(*, card_id: UUID, by: Actor, now: datetime) -> GuidanceVersion:
    """Put the draft to use; the version before it gives way at the same instant. Raises NotYours, NotNow."""
    card = _own(card_id, by)
    draft = card.versions.filter(activated_at__isnull=True).first()
    if draft is None:
        raise NotNow(gettext("Det finnes ikke noe utkast å ta i bruk. Noen andre kan ha gjort det allerede."))
    card.versions.filter(activated_at__isnull=False, superseded_at__isnull=True).update(superseded_at=now)
    draft.activated_at, draft.activated_by = now, by.user
    draft.save(update_fields=["activated_at", "activated_by"])
    return draft


@transaction.atomic
def retire(*, card_id: UUID, by: Actor, now: datetime) -> None:
    """Show the card to nobody any more. Raises NotYours, NotNow."""
    card = _own(card_id, by)
    card.retired_at, card.retired_by = now, by.user
    card.save(update_fields=["retired_at", "retired_by"])


def _own(card_id: UUID, by: Actor) -> GuidanceCard:
    card = GuidanceCard.objects.select_for_update().get(pk=card_id)
    if not owns(card, by):
        raise NotYours
    if card.retired_at:
        raise NotNow(gettext("Kortet er tatt ut av bruk. Lag et nytt kort i stedet."))
    return card

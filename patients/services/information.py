"""What the municipality tells in writing: its texts by version, and that they were given (R-005, R-021)."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from accounts.roles import Permission
from dho.lib.texts import LazyText
from patients.enums import Decider, TextGiven, TextKind, Told
from patients.models import InformationGiven, InformationText, IntakeSetting, Referral

# What comes with the product, until the municipality writes its own. The right to complain: pbrl. § 7-2.
SHIPPED: Final[dict[str, LazyText]] = {
    TextKind.COURSE: _(
        "Du måler hjemme og svarer på spørsmål slik planen din sier. Sykepleierne ser på det du sender, og tar "
        "kontakt når det trengs. Tjenesten begynner med en prøveperiode på to til fire uker. Etterpå bestemmer dere "
        "sammen om du skal fortsette. Du er med på å lage planen din, og på alle endringer i den. Du kan si nei, og "
        "du kan slutte når du vil. Det som gjøres, blir skrevet i journalen din. Du kan be om å få se den."
    ),
    TextKind.NOT_EMERGENCY: _(
        "Tjenesten er åpen på dagtid på hverdager. Den er ikke en nødtjeneste. Ingen ser på målingene dine om "
        "kvelden, om natten, i helgene eller på helligdager. Trenger du lege og ikke kan vente, ring legevakt på "
        "116 117. Er det fare for liv, ring 113."
    ),
    # Four weeks: pasient- og brukerrettighetsloven § 7-5.
    TextKind.COMPLAINT: _(
        "Du kan klage på avgjørelsen. Du må klage innen fire uker fra du fikk brevet. Skriv hva du er uenig i, og send "
        "klagen til kommunen. Kommunen ser på saken på nytt. Hvis kommunen ikke er enig med deg, sender den klagen "
        "til Statsforvalteren, som avgjør den. Pasient- og brukerombudet kan hjelpe deg, og det koster ikke noe."
    ),
}


def current_text(municipality_id: int, kind: str) -> InformationText:
    """The municipality's newest text; where it has none, the product's, not stored yet."""
    found = InformationText.objects.filter(municipality_id=municipality_id, kind=kind).order_by("-version").first()
    return found or InformationText(
        municipality_id=municipality_id, kind=kind, version=1, bokmal=_in("nb", kind), nynorsk=_in("nn", kind)
    )


def _in(language: str, kind: str) -> str:
    with translation.override(language):
        return str(SHIPPED[kind])


def configures(by: Actor) -> int:
    """The municipality whose intake the actor sets up. Raises PermissionDenied; a service's leader sets up no town."""
    if by.employer_id is None or not by.may(Permission.CONFIGURE) or by.service_id is not None:
        raise PermissionDenied
    return by.employer_id


@transaction.atomic
def write_text(*, kind: str, bokmal: str, nynorsk: str, by: Actor, now: datetime) -> InformationText:
    """A new version of the municipality's text; what was given before stays what it was. Raises PermissionDenied."""
    municipality_id = configures(by)
    _setting_of(municipality_id)
    newest = InformationText.objects.filter(municipality_id=municipality_id, kind=kind).aggregate(Max("version"))
    return InformationText.objects.create(
        municipality_id=municipality_id,
        kind=kind,
        # Version 1 is the product's, whether it has been used or not.
        version=(newest["version__max"] or 1) + 1,
        bokmal=bokmal.strip(),
        nynorsk=nynorsk.strip(),
        made_at=now,
        made_by=by.user,
    )


@transaction.atomic
def choose_decider(*, decider: Decider, by: Actor) -> None:
    """Who assesses and allocates in the municipality (R-002). Raises PermissionDenied."""
    setting = _setting_of(configures(by))
    setting.decider = decider
    setting.save(update_fields=["decider"])


def _setting_of(municipality_id: int) -> IntakeSetting:
    """The municipality's own row, held until the transaction ends: two who write at once wait for each other."""
    IntakeSetting.objects.get_or_create(municipality_id=municipality_id)
    return IntakeSetting.objects.select_for_update().get(municipality_id=municipality_id)


@transaction.atomic
def record_given(
    *,
    referral: Referral,
    kinds: Iterable[str],
    given_to: Told,
    given_how: TextGiven,
    given_on: date,
    by: Actor,
    now: datetime,
) -> list[InformationGiven]:
    """Keep that these texts, as they are today, were given. The product's own is stored when it is first used."""
    return [
        InformationGiven.objects.create(
            municipality_id=referral.municipality_id,
            patient_id=referral.patient_id,
            referral=referral,
            information=_stored(current_text(referral.municipality_id, kind), now=now),
            given_to=given_to,
            given_how=given_how,
            given_on=given_on,
            registered_at=now,
            registered_by=by.user,
        )
        for kind in kinds
    ]


def _stored(text: InformationText, *, now: datetime) -> InformationText:
    """Two may use it for the first time at once: the later one takes what the earlier has stored."""
    found, _ = InformationText.objects.get_or_create(
        municipality_id=text.municipality_id,
        kind=text.kind,
        version=text.version,
        defaults={"bokmal": text.bokmal, "nynorsk": text.nynorsk, "made_at": now},
    )
    return found

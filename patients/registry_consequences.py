"""What changes when an organisation is registered, changed or closed, a sentence each. Nothing is stored here."""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import Role
from accounts.models import Membership
from organisations.models import FollowUpService, GpPractice, Organisation, Partner
from organisations.queries import agreements_with, differences, facts_of
from patients.models import Patient
from patients.queries.closing import what_keeps_open

_COLUMN: Final = {FollowUpService: "service", GpPractice: "practice", Partner: "partner"}
_REGISTERED: Final = {
    FollowUpService: gettext_lazy(
        "Tjenesten kan følge opp pasientene i kommunen når du har gitt noen en rolle der. "
        "Andre kommuner slipper den inn med en avtale."
    ),
    GpPractice: gettext_lazy(
        "Ingen der får tilgang før kommunen har en avtale med legekontoret, og legene har en rolle."
    ),
    Partner: gettext_lazy(
        "Ingen der får tilgang før kommunen har en avtale med partneren, og noen har en rolle. "
        "En partner ser aldri helseopplysninger."
    ),
}
_CLOCK: Final = {"hours", "deadline_red", "deadline_yellow", "deadline_other"}


def what_saving_changes(*, old: Organisation | None, new: Organisation) -> list[str]:
    """What is other, and whom it concerns."""
    if old is None:
        return [*(f"{label}: {text}." for label, text in facts_of(new)), str(_REGISTERED[type(new)])]
    told = [f"{label}: {before} → {after}." for label, before, after in differences(old, new)]
    if not told:
        return [_("Ingenting er endret.")]
    return told + (
        _of_a_service(old, new) if isinstance(old, FollowUpService) and isinstance(new, FollowUpService) else []
    )


def _of_a_service(old: FollowUpService, new: FollowUpService) -> list[str]:
    changed = {name for name in ("phone", *_CLOCK) if getattr(old, name) != getattr(new, name)}
    use = what_keeps_open(new)
    followed = use.own + use.others
    found = []
    if changed:
        text = ngettext(
            "Endringen gjelder %(number)s pasient som tjenesten følger opp nå.",
            "Endringen gjelder %(number)s pasienter som tjenesten følger opp nå.",
            followed,
        )
        found.append(text % {"number": followed})
    if changed & _CLOCK:
        found.append(
            _("Fristene for nye varsler regnes på den nye måten. Varsler som er åpne nå, beholder fristen sin.")
        )
    return found


def what_closing_changes(found: Organisation, *, now: datetime) -> list[str]:
    """Who loses what when nobody works there any more, from today."""
    on, name = timezone.localdate(now), found.name
    roles = Membership.objects.in_force(on).filter(**{_COLUMN[type(found)]: found.pk})
    people = roles.values("user").distinct().count()
    text = ngettext(
        "%(number)s person mister rollen i %(name)s fra i dag, og ser ikke lenger noe gjennom den.",
        "%(number)s personer mister rollen i %(name)s fra i dag, og ser ikke lenger noe gjennom den.",
        people,
    )
    told = [text % {"number": people, "name": name}] if people else [_("Ingen har en rolle der nå.")]
    parties = dict.fromkeys(each.party.name for each in agreements_with(found, on=on))
    if parties:
        told.append(_("Avtalen med %(whom)s slipper ikke lenger noen inn. Si fra dit.") % {"whom": ", ".join(parties)})
    if isinstance(found, GpPractice):
        told += _of_a_practice(found, now=now)
    return [*told, _("Organisasjonen kan ikke åpnes igjen. Det som har skjedd der, står i loggene som før.")]


def _of_a_practice(practice: GpPractice, *, now: datetime) -> list[str]:
    """Patients whose plans nobody at the practice can approve any more (P2)."""
    doctors = Membership.objects.in_force(timezone.localdate(now)).filter(practice=practice, role=Role.GP)
    listed = Patient.objects.filter(municipality_id=practice.located_in_id, gp__in=doctors.values("user")).count()
    text = ngettext(
        "%(number)s av kommunens pasienter har fastlegen sin der. Ingen der kan godkjenne planen lenger.",
        "%(number)s av kommunens pasienter har fastlegen sin der. Ingen der kan godkjenne planene lenger.",
        listed,
    )
    return [text % {"number": listed}] if listed else []

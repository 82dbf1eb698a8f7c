"""A municipality's organisations and agreements, and what has happened to one of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import F, Model, Q, QuerySet
from django.utils.dateparse import parse_duration
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import ChangeEntry
from dho.lib.numbers import WEEKDAYS, date_nb, duration_nb
from organisations.enums import PartnerKind, ServiceKind, Shared, Task
from organisations.hours_text import write_days, write_early, write_spans
from organisations.models import Agreement, FollowUpService, GpPractice, Organisation, Partner
from organisations.opening_hours import OpeningHours


def agreements_of(municipality_id: int) -> QuerySet[Agreement]:
    """What the municipality is party to, and where a service it owns is let in by others."""
    concerned = Q(party_id=municipality_id) | Q(service__owner_id=municipality_id)
    found = Agreement.objects.filter(concerned).select_related("party", "controller", "service", "practice", "partner")
    return found.order_by("service__name", "practice__name", "partner__name", "party__name", "valid_from")


def services_owned_by(municipality_id: int) -> QuerySet[FollowUpService]:
    """The municipality's own follow-up services, the open ones first."""
    found = FollowUpService.objects.filter(owner_id=municipality_id).defer("webhook_secret")
    return found.order_by(F("closed_on").desc(nulls_first=True), "name", "pk")


def practices_in(municipality_id: int) -> QuerySet[GpPractice]:
    """The GP practices located in the municipality, the open ones first."""
    return GpPractice.objects.filter(located_in_id=municipality_id).order_by(
        F("closed_on").desc(nulls_first=True), "name", "pk"
    )


def partners_of(municipality_id: int) -> QuerySet[Partner]:
    """The partners that the municipality has registered, or has an agreement with; the open ones first."""
    agreed = Agreement.objects.filter(party_id=municipality_id, partner__isnull=False)
    found = Partner.objects.filter(Q(kept_by_id=municipality_id) | Q(pk__in=agreed.values("partner_id")))
    return found.select_related("kept_by").order_by(F("closed_on").desc(nulls_first=True), "name", "pk")


def agreements_with(organisation: Organisation, *, on: date) -> QuerySet[Agreement]:
    """The agreements that let the organisation in on that day or later, whoever made them."""
    kind = {FollowUpService: "service", GpPractice: "practice", Partner: "partner"}[type(organisation)]
    found = Agreement.objects.filter(**{kind: organisation.pk}).exclude(valid_until__lt=on)
    return found.select_related("party").order_by("party__name", "valid_from")


@dataclass(frozen=True)
class Change:
    """One change in words: who (a user's id, or empty), when, and each field before and after."""

    at: datetime
    actor_id: str
    made: bool
    fields: list[tuple[str, str, str]]


def history_of(found: Agreement | Organisation) -> list[Change]:
    """Everything that has happened to it, newest first, as far as the reader's municipality may see it."""
    table = found._meta.db_table  # noqa: SLF001 - Django's documented model API
    told = [
        Change(entry.at, entry.actor, entry.before is None, _differences(table, entry.before or {}, entry.after or {}))
        for entry in ChangeEntry.objects.filter(table_name=table, row_id=str(found.pk)).order_by("-at", "-pk")
    ]
    # Columns that came with a later version are no change that anybody made.
    return [change for change in told if change.fields]


def differences(old: Organisation, new: Organisation) -> list[tuple[str, str, str]]:
    """What is other in the new one: the label, before and after in words."""
    return _differences(old._meta.db_table, _row(old), _row(new))  # noqa: SLF001


def _row(found: Model) -> dict[str, Any]:
    """What is told of it, as it stands in the columns."""
    return {name: getattr(found, name) for name in _FIELDS[found._meta.db_table]}  # noqa: SLF001


def facts_of(new: Organisation) -> list[tuple[str, str]]:
    """What has been filled in: the label and the value in words."""
    return [(label, after) for label, _before, after in _differences(new._meta.db_table, {}, _row(new))]  # noqa: SLF001


def _differences(table: str, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Of what is new, only what has been filled in."""
    return [
        (str(label), in_words(before[field]) if field in before else "", in_words(after.get(field)))
        for field, (label, in_words) in _FIELDS[table].items()
        if before.get(field) != after.get(field) and (before or after.get(field))
    ]


def _day(value: str | date | None) -> str:
    found = date.fromisoformat(value) if isinstance(value, str) else value
    return date_nb(found) if found else gettext("ikke satt")


def _labels(choices: type[Shared] | type[Task]) -> Any:
    return lambda values: ", ".join(str(choices(value).label) for value in values) or gettext("ingen")


def _text(value: str | None) -> str:
    return value or gettext("ikke satt")


def _hours_of_time(value: str | timedelta | None) -> str:
    """Open time; the change log writes an interval as «04:00:00» or «1 day 04:00:00»."""
    found = value if isinstance(value, timedelta) else parse_duration(value or "")
    return duration_nb(found) if found else gettext("ikke satt")


def week_in_words(value: dict[str, Any] | None) -> str:
    """«mandag–fredag 08.00–15.30»: days in a row with the same hours are written once; then the days that differ."""
    hours = OpeningHours.from_json(value) if value else None
    if hours is None:
        return gettext("ikke satt")
    runs: list[tuple[int, int, str]] = []
    for day in range(7):
        spans = write_spans(hours.weekly.get(day, ()))
        if runs and runs[-1][2] == spans and runs[-1][1] == day - 1:
            runs[-1] = (runs[-1][0], day, spans)
        elif spans:
            runs.append((day, day, spans))
    told = [f"{WEEKDAYS[first]}{f'–{WEEKDAYS[last]}' if last > first else ''} {spans}" for first, last, spans in runs]
    closed, early = write_days(hours.closures), write_early(hours.half_days)
    told += [gettext("stengt %(days)s") % {"days": ", ".join(closed.splitlines())}] if closed else []
    told += [gettext("stenger tidlig %(days)s") % {"days": ", ".join(early.splitlines())}] if early else []
    return "; ".join(told)


_DAYS: Final = (_("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"))
_NAME: Final = {"name": (_("Navn"), _text)}
_CLOSED: Final = {"closed_on": (_("Stengt"), lambda value: _day(value) if value else gettext("nei"))}
_NUMBER: Final = {"organisation_number": (_("Organisasjonsnummer"), _text)}
_FIELDS: Final[dict[str, dict[str, tuple[Any, Any]]]] = {
    "organisations_agreement": {
        "valid_from": (_("Første dag"), _day),
        "valid_until": (_("Siste dag"), _day),
        "shares": (_("Deler"), _labels(Shared)),
        "tasks": (_("Oppgaver"), _labels(Task)),
        "reference": (_("Referanse"), _text),
    },
    "organisations_followupservice": {
        **_NAME,
        "kind": (_("Type"), lambda value: str(ServiceKind(value).label)),
        "phone": (_("Telefon"), _text),
        "contact_point": (_("Kontaktpunkt"), _text),
        "urgent_route": (_("Vei til høyere nivå"), _text),
        "hours": (_("Åpningstider"), week_in_words),
        "deadline_red": (_("Frist for røde varsler"), _hours_of_time),
        "deadline_yellow": (_("Frist for gule varsler"), _hours_of_time),
        "deadline_other": (_("Frist for andre varsler"), _hours_of_time),
        "minimum_days": (_("Minste antall dager i prøveperioden"), str),
        "minimum_readings": (_("Minste antall målinger i prøveperioden"), str),
        "notify_email": (_("E-post for beskjed om varsler"), _text),
        "evaluation_weeks": (_("Uker mellom hver evaluering"), str),
        "planning_figure_id": (_("Planleggingstall for kapasitet"), _text),
        **_CLOSED,
    },
    "organisations_gppractice": {**_NAME, **_NUMBER, "her_id": (_("HER-id"), _text), **_CLOSED},
    "organisations_partner": {
        **_NAME,
        "kind": (_("Type"), lambda value: str(PartnerKind(value).label)),
        **_NUMBER,
        **_CLOSED,
    },
}

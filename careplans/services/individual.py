"""That a plan from a template is made the patient's own before it is sent (R-045, norway.md 3.2).

Two rules. Every part that still says what the template proposed must be confirmed for this patient, each limit by
itself, and the confirmation is stored. And confirming is not enough where the plan must be in the patient's own words:
the signs of yellow and red and the measures must have been edited somewhere.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actor import Actor
from careplans.enums import VersionStatus, Zone
from careplans.models import PlanVersion, TemplateConfirmation
from careplans.services.as_json import as_json, from_json
from careplans.services.content import PlanContent, content_of
from careplans.services.locks import locked, require_writer
from careplans.services.refusals import WrongStep
from dho.lib.texts import LazyText

_WORDS: Final[dict[str, LazyText]] = {
    "goals": _("Målene"),
    "habitual_state": _("Vanlig tilstand"),
    "schedules": _("Når pasienten måler"),
    "responsibilities": _("Hvem som har ansvar for hva"),
    "guidance": _("Veiledning"),
    "relatives_part": _("Pårørendes del"),
    "outside_hours": _("Når tjenesten er stengt"),
    "signs": _("Tegn"),
    "measures": _("Tiltak"),
    "contact": _("Kontakt"),
    "limit": _("Grense"),
}

# What is one part each; the rest is divided by zone and by limit.
_WHOLE: Final = ("goals", "habitual_state", "schedules", "responsibilities", "relatives_part", "outside_hours")


def parts_of(content: PlanContent) -> dict[str, Any]:
    """What is confirmed one by one, by name; parts about which nothing is said are left out."""
    said = as_json(content)
    parts: dict[str, Any] = {name: said[name] for name in _WHOLE}
    parts["guidance"] = [said["guidance_every_weeks"], said["guidance_form"]] if said["guidance_form"] else None
    for zone in Zone:
        text: dict[str, Any] = next((row for row in said["zone_texts"] if row["zone"] == zone), {})
        parts |= {f"{name}:{zone}": text.get(name) for name in ("signs", "contact")}
        parts[f"measures:{zone}"] = [row for row in said["measures"] if row["zone"] == zone]
    parts |= {limit_part(row): row for row in said["thresholds"]}
    return {name: part for name, part in parts.items() if part}


def limit_part(row: dict[str, Any]) -> str:
    """The name of the part that one limit is."""
    about = (row["quantity"], row["item"], row["window_hours"], row["n"], row["m"])
    return ":".join(["limit", row["kind"], *(str(each) for each in about if each)])


def unedited(version: PlanVersion) -> list[str]:
    """The parts that still say exactly what the template proposed, whether confirmed or not."""
    if version.began_from is None:
        return []
    proposed, now = parts_of(from_json(version.began_from.content)), parts_of(content_of(version))
    return [name for name, part in now.items() if proposed.get(name) == part]


def unconfirmed(version: PlanVersion) -> list[str]:
    """The parts that somebody must edit or confirm before the plan can be sent."""
    confirmed = set(version.confirmations.values_list("part", flat=True))
    return [name for name in unedited(version) if name not in confirmed]


@transaction.atomic
def confirm(*, version: PlanVersion, parts: Collection[str], by: Actor, now: datetime) -> None:
    """Say that these parts are right for this patient as the template proposed them. What was edited needs none.

    Raises NotYours, or WrongStep unless it is a draft.
    """
    require_writer(version.patient, by=by, now=now)
    version = locked(version)
    if version.status != VersionStatus.DRAFT:
        raise WrongStep(version.status)
    TemplateConfirmation.objects.bulk_create(
        TemplateConfirmation(
            version=version, municipality_id=version.municipality_id, part=part, confirmed_at=now, confirmed_by=by.user
        )
        for part in unconfirmed(version)
        if part in parts
    )


def not_yet_individual(version: PlanVersion) -> list[tuple[str, str]]:
    """Why the plan is still the template's and not the patient's: where, and a sentence for the nurse."""
    if version.began_from is None:
        return []
    found = [
        (section_of(part), gettext("%(part)s: endre eller bekreft forslaget fra malen.") % {"part": words_of(part)})
        for part in unconfirmed(version)
    ]
    same, proposed = set(unedited(version)), set(parts_of(from_json(version.began_from.content)))
    for what, where, sentence in (
        (("signs:YELLOW", "signs:RED"), "gul", gettext("Skriv pasientens egne tegn. Malens tegn kan ikke stå alene.")),
        (
            ("measures:GREEN", "measures:YELLOW", "measures:RED"),
            "gul",
            gettext("Skriv pasientens egne tiltak. Malens tiltak kan ikke stå alene."),
        ),
    ):
        filled = proposed.intersection(what)
        if filled and filled <= same:
            found.append((where, sentence))
    return found


def words_of(part: str) -> str:
    """The part as the nurse reads it."""
    name, _colon, rest = part.partition(":")
    if name == "limit":
        return f"{_WORDS[name]} {rest.split(':')[1] if ':' in rest else rest}"
    return f"{_WORDS[name]} – {Zone(rest).label}" if rest else str(_WORDS[name])


_ZONE_SECTIONS: Final = {Zone.GREEN: "gronn", Zone.YELLOW: "gul", Zone.RED: "rod"}
_SECTIONS: Final = {
    "goals": "viktig",
    "habitual_state": "vanlig",
    "schedules": "maletider",
    "responsibilities": "ansvar",
    "guidance": "veiledning",
    "relatives_part": "ellers",
    "outside_hours": "ellers",
    "limit": "grenser",
}


def section_of(part: str) -> str:
    """Where in the editor the part stands."""
    name, _colon, rest = part.partition(":")
    return _SECTIONS.get(name) or _ZONE_SECTIONS[Zone(rest)]

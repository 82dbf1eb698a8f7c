"""The nurse writes a draft: begins it, and saves it section by section as it is written (R-030, R-035, R-045)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, cast

from django.db import transaction
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.enums import Role
from careplans.enums import Initiator, TemplateStatus, VersionStatus
from careplans.models import PlanTemplateVersion, PlanVersion, Threshold
from careplans.queries.catalogue import ruleset_of
from careplans.services.as_json import from_json
from careplans.services.content import ROWS, PlanContent, content_of, rows_of
from careplans.services.drafting import create_draft
from careplans.services.locks import locked, require_writer
from careplans.services.refusals import Overtaken, PlanProblems, WrongStep
from careplans.services.sections import FIELDS, ZONE_OF, part_of, stamp_of, with_part
from careplans.services.sentences import sentences
from patients.models import Patient

_INITIATOR: Final = {
    Role.GP: Initiator.GP,
    Role.SPECIALIST: Initiator.HOSPITAL,
    Role.HOSPITAL_NURSE: Initiator.HOSPITAL,
}


@transaction.atomic
def begin_plan(
    *, patient: Patient, what_matters: str, template: PlanTemplateVersion | None, by: Actor, now: datetime
) -> PlanVersion:
    """A draft that begins with what matters to the patient, empty or with what the template proposes (R-030, R-045).

    Who initiated it follows from the role (R-037). Raises what `create_draft` raises, and WrongStep for a template that
    is not in use.
    """
    content = PlanContent(what_matters="")
    if template is not None:
        if template.status != TemplateStatus.ACTIVE:
            raise WrongStep(template.status)
        content = from_json(template.content)
    content = replace(content, what_matters=what_matters, initiator=initiator_of(by), anchoring="", review_on=None)
    return create_draft(patient=patient, content=content, by=by, now=now, began_from=template)


def initiator_of(by: Actor) -> Initiator:
    """For whom this role begins a plan."""
    return _INITIATOR.get(by.role, Initiator.SERVICE)


@transaction.atomic
def save_section(
    *, version: PlanVersion, section: str, part: Mapping[str, Any], stamp: str, by: Actor, now: datetime
) -> PlanVersion:
    """The draft with this section saying `part`; `stamp` names what the section said when it was read.

    Saving what already stands changes nothing. Raises NotYours, WrongStep unless it is a draft, Overtaken when another
    has saved the section since, PlanProblems for what could never be judged or is empty and must not be.
    """
    require_writer(version.patient, by=by, now=now)
    version = locked(version)
    if version.status != VersionStatus.DRAFT:
        raise WrongStep(version.status)
    content = content_of(version)
    wanted = with_part(content, section, part)
    if part_of(wanted, section) == part_of(content, section):
        return version
    if stamp != stamp_of(content, section):
        raise Overtaken
    _check(version, wanted)
    _write(version, section, wanted)
    version.edited_at, version.edited_by = now, by.user
    version.save()
    return version


def _check(version: PlanVersion, content: PlanContent) -> None:
    if not content.what_matters.strip():
        raise PlanProblems([gettext("Skriv hva som er viktig for pasienten.")])
    rows = cast("list[Threshold]", rows_of(version, "thresholds", content.thresholds))
    if found := sentences(ruleset_of(version, rows)):
        raise PlanProblems(found)


def _write(version: PlanVersion, section: str, content: PlanContent) -> None:
    zone = ZONE_OF.get(section)
    for name in FIELDS[section]:
        value = getattr(content, name)
        if name not in ROWS:
            setattr(version, name, value.strip() if isinstance(value, str) else value)
            continue
        model: Any = ROWS[name]
        standing, rows = model.objects.filter(version=version), value
        if zone:
            standing, rows = standing.filter(zone=zone), [row for row in value if row["zone"] == zone]
        standing.delete()
        model.objects.bulk_create(rows_of(version, name, rows))

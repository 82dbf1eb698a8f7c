"""The service's own plan templates: written as a draft, taken into use, taken out of use (R-045)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import TemplateStatus
from careplans.models import PlanTemplate, PlanTemplateVersion
from careplans.services.as_json import as_json, from_json
from careplans.services.content import PlanContent
from careplans.services.refusals import NameTaken, NotYours, Overtaken, WrongStep
from careplans.services.sections import part_of, stamp_of, with_part

# Who writes plans knows what a template should say; who leads the service answers for its routines.
RIGHTS: Final = (Permission.DRAFT_PLAN, Permission.CONFIGURE)


def writes_templates(by: Actor) -> bool:
    """Whether this person works in a service, with plans or with how it is set up."""
    return by.service_id is not None and any(by.may(right) for right in RIGHTS)


@transaction.atomic
def new_template(
    *, name: str, copy_of: PlanTemplateVersion | None = None, by: Actor, now: datetime
) -> PlanTemplateVersion:
    """The first draft of a template of the own service, empty or a copy. Raises NotYours, NameTaken."""
    if not writes_templates(by) or (copy_of and copy_of.template.service_id not in (None, by.service_id)):
        raise NotYours
    try:
        # Asked first, two at once would both be told that the name is free.
        with transaction.atomic():
            template = PlanTemplate.objects.create(service_id=by.service_id, name=name.strip())
    except IntegrityError:
        raise NameTaken from None
    content = copy_of.content if copy_of else as_json(PlanContent(what_matters=""))
    return _draft(template, content, by=by, now=now)


@transaction.atomic
def new_template_version(*, template: PlanTemplate, by: Actor, now: datetime) -> PlanTemplateVersion:
    """A draft with what the newest version says. Raises NotYours, WrongStep while one is open."""
    template = _locked(template.pk, by=by)
    newest = template.versions.order_by("-number")[0]
    if newest.status == TemplateStatus.DRAFT:
        raise WrongStep(newest.status)
    return _draft(template, newest.content, by=by, now=now)


@transaction.atomic
def save_template_section(
    *, version: PlanTemplateVersion, section: str, part: Mapping[str, Any], stamp: str, by: Actor
) -> PlanTemplateVersion:
    """The draft of a template with this section saying `part`. Raises NotYours, WrongStep, Overtaken."""
    version = _locked_version(version, TemplateStatus.DRAFT, by=by)
    content = from_json(version.content)
    wanted = with_part(content, section, part)
    if part_of(wanted, section) == part_of(content, section):
        return version
    if stamp != stamp_of(content, section):
        raise Overtaken
    version.content = as_json(wanted)
    version.save(update_fields=["content"])
    return version


@transaction.atomic
def activate(*, version: PlanTemplateVersion, by: Actor, now: datetime) -> PlanTemplateVersion:
    """New plans may begin from it; the version before it is retired at the same instant. Raises NotYours, WrongStep."""
    version = _locked_version(version, TemplateStatus.DRAFT, by=by)
    version.template.versions.filter(status=TemplateStatus.ACTIVE).update(status=TemplateStatus.RETIRED, retired_at=now)
    version.status, version.activated_at, version.activated_by = TemplateStatus.ACTIVE, now, by.user
    version.save(update_fields=["status", "activated_at", "activated_by"])
    return version


@transaction.atomic
def retire(*, version: PlanTemplateVersion, by: Actor, now: datetime) -> PlanTemplateVersion:
    """No new plan begins from it; those that did are as they are. Raises NotYours, WrongStep."""
    version = _locked_version(version, TemplateStatus.ACTIVE, by=by)
    version.status, version.retired_at = TemplateStatus.RETIRED, now
    version.save(update_fields=["status", "retired_at"])
    return version


def _draft(template: PlanTemplate, content: Any, *, by: Actor, now: datetime) -> PlanTemplateVersion:
    last = template.versions.aggregate(last=Max("number"))["last"] or 0
    return PlanTemplateVersion.objects.create(
        template=template, number=last + 1, content=content, created_at=now, created_by=by.user
    )


def _locked(template_id: UUID, *, by: Actor) -> PlanTemplate:
    """The own service's template, with nobody else able to change it until the transaction ends."""
    template = PlanTemplate.objects.select_for_update().get(pk=template_id)
    if not writes_templates(by) or template.service_id != by.service_id:
        raise NotYours
    return template


def _locked_version(version: PlanTemplateVersion, wanted: TemplateStatus, *, by: Actor) -> PlanTemplateVersion:
    _locked(version.template_id, by=by)
    version = PlanTemplateVersion.objects.select_related("template").get(pk=version.pk)
    if version.status != wanted:
        raise WrongStep(version.status)
    return version

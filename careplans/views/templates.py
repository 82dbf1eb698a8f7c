"""The service's own plan templates (R-045). They say nothing about any patient, so nobody is logged."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actor import Actor, ActorRequest
from audit.logged import logs_nothing
from careplans.enums import TemplateStatus
from careplans.forms.sections import Section, sections_of, with_new_limit
from careplans.forms.templates import NewTemplateForm
from careplans.models import PlanTemplateVersion
from careplans.queries.course_of_plan import templates_for
from careplans.queries.subjects import Subjects
from careplans.services import (
    NameTaken,
    WrongStep,
    activate,
    from_json,
    new_template,
    new_template_version,
    retire,
    save_template_section,
    writes_templates,
)
from careplans.views.typed import Outcome, put_stamps, save_typed

_WHY: Final = "A template says nothing about any patient, only what a service proposes."


@logs_nothing(_WHY)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def templates(request: ActorRequest) -> HttpResponse:
    """The common templates and the service's own, every version; and a new one."""
    by = _writer(request)
    found = templates_for(by)
    form = NewTemplateForm(request.POST if request.method == "POST" else None, versions=found)
    if form.is_valid():
        try:
            version = new_template(**form.said(), by=by, now=timezone.now())
        except NameTaken:
            form.add_error("name", gettext("Navn: tjenesten har allerede en mal med dette navnet."))
        else:
            return redirect("plan-template", version.pk)
    context = {"form": form, "versions": list(found), "service_id": by.service_id}
    return render(request, "careplans/templates.html", context, status=422 if form.errors else 200)


@logs_nothing(_WHY)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def template(request: ActorRequest, template_version_id: UUID) -> HttpResponse:
    """One version: written while it is the own service's draft, else only read."""
    by = _writer(request)
    version = _visible(by, template_version_id)
    content, subjects = from_json(version.content), Subjects.current()
    if request.method != "POST":
        sections = sections_of(content, subjects=subjects, template=True)
        return _page(request, by, version, sections, {}, Outcome())
    sections = sections_of(content, request.POST, subjects=subjects, template=True)
    if "add" in request.POST and _is_open(by, version):
        return _add_limit(request, by, version, sections, subjects)
    outcome = _save(by, version, sections, request.POST)
    if not outcome.well:
        return _page(request, by, version, sections, request.POST, outcome)
    messages.success(request, gettext("Malen er lagret."))
    return redirect("plan-template", version.pk)


@logs_nothing(_WHY)
@login_required
@never_cache
@require_POST
def template_step(request: ActorRequest, template_version_id: UUID) -> HttpResponse:
    """Take the draft into use, take the version in use out of use, or begin on the next one."""
    by, now = _writer(request), timezone.now()
    version = _visible(by, template_version_id)
    if version.template.service_id != by.service_id:
        raise PermissionDenied
    try:
        if request.POST.get("step") == "new":
            draft = new_template_version(template=version.template, by=by, now=now)
            return redirect("plan-template", draft.pk)
        (retire if request.POST.get("step") == "retire" else activate)(version=version, by=by, now=now)
        messages.success(request, gettext("Malen er endret."))
    except WrongStep:
        messages.error(request, gettext("Malen er endret i mellomtiden. Se hva som gjelder nå."))
    return redirect("plan-templates")


def _writer(request: ActorRequest) -> Actor:
    if request.actor is None or not writes_templates(request.actor):
        raise PermissionDenied
    return request.actor


def _visible(by: Actor, version_id: UUID) -> PlanTemplateVersion:
    """Another service's template answers as one that does not exist."""
    found = templates_for(by).filter(pk=version_id).first()
    if found is None:
        raise Http404
    return found


def _save(by: Actor, version: PlanTemplateVersion, sections: list[Section], data: Mapping[str, Any]) -> Outcome:
    if not _is_open(by, version):
        return Outcome(closed=True)

    def save(section: str, part: Mapping[str, Any], stamp: str) -> None:
        save_template_section(version=version, section=section, part=part, stamp=stamp, by=by)

    return save_typed(sections, data, from_json(version.content), save)


def _is_open(by: Actor, version: PlanTemplateVersion) -> bool:
    return version.status == TemplateStatus.DRAFT and version.template.service_id == by.service_id


def _add_limit(
    request: ActorRequest, by: Actor, version: PlanTemplateVersion, sections: list[Section], subjects: Subjects
) -> HttpResponse:
    limits = next(each for each in sections if each.new is not None)
    new = limits.new
    if new is not None and new.is_valid() and new.cleaned_data["new_kind"] and new.cleaned_data["new_subject"]:
        data = with_new_limit(request.POST, limits)
        sections = sections_of(from_json(version.content), data, subjects=subjects, template=True)
    return _page(request, by, version, sections, request.POST, Outcome(), status=422 if new and new.errors else 200)


def _page(
    request: ActorRequest,
    by: Actor,
    version: PlanTemplateVersion,
    sections: list[Section],
    data: Mapping[str, Any],
    outcome: Outcome,
    *,
    status: int | None = None,
) -> HttpResponse:
    version = _visible(by, version.pk)
    put_stamps(sections, from_json(version.content), data, outcome)
    context = {
        "version": version,
        "sections": sections,
        "outcome": outcome,
        "open": _is_open(by, version),
        "address": reverse("plan-template", args=[version.pk]),
    }
    return render(request, "careplans/template.html", context, status=status or outcome.status)

"""The editor of a draft: all sections on one page, saved by themselves, nothing typed ever lost (ux.md 4.3)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from careplans.enums import VersionStatus
from careplans.forms.sections import Section, sections_of, with_new_limit, with_proposal
from careplans.models import PlanVersion
from careplans.queries.changes import lines_of
from careplans.queries.limit_help import limit_help
from careplans.queries.subjects import Subjects
from careplans.services import (
    PlanContent,
    WrongStep,
    confirm,
    content_of,
    hindrances,
    save_section,
    unconfirmed,
    words_of,
)
from careplans.services.individual import section_of
from careplans.views.opening import acting, open_written
from careplans.views.typed import Outcome, put_stamps, save_typed
from dho.lib.numbers import OSLO, time_nb


@logs(Action.OPEN_PLAN, Action.WRITE_PLAN)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The draft in its sections. What is no draft is shown where all versions are."""
    now = timezone.now()
    if request.method == "POST":
        return _post(request, open_written(request, version_id, Action.WRITE_PLAN, now), now)
    version = open_written(request, version_id, Action.OPEN_PLAN, now)
    if version.status != VersionStatus.DRAFT:
        return redirect("plan-patient", version.patient_id)
    content, subjects = content_of(version), Subjects.current()
    return _page(request, version, sections_of(content, subjects=subjects), {}, Outcome(), now)


def _post(request: ActorRequest, version: PlanVersion, now: datetime) -> HttpResponse:
    subjects, content = Subjects.current(), content_of(version)
    sections = sections_of(content, request.POST, subjects=subjects)
    if "add" in request.POST and version.status == VersionStatus.DRAFT:
        return _add_limit(request, version, sections, subjects, now)
    if "use" in request.POST and version.status == VersionStatus.DRAFT:
        return _use_proposal(request, version, sections, subjects, now)
    outcome = _save(request, version, sections, content, now)
    if request.headers.get("Accept") == "application/json":
        return _told(version, outcome, now)
    if not outcome.well:
        return _page(request, version, sections, request.POST, outcome, now)
    messages.success(request, gettext("Planen er lagret %(time)s.") % {"time": time_nb(now)})
    return redirect(f"{reverse('plan-edit', args=[version.pk])}#{_asked_for(request)}")


def _save(
    request: ActorRequest, version: PlanVersion, sections: list[Section], content: PlanContent, now: datetime
) -> Outcome:
    if version.status != VersionStatus.DRAFT:
        return Outcome(closed=True)
    by = acting(request)

    def save(section: str, part: Mapping[str, Any], stamp: str) -> None:
        save_section(version=version, section=section, part=part, stamp=stamp, by=by, now=now)

    outcome = save_typed(sections, request.POST, content, save)
    # A tick is a fact with a name on it, so it waits for the button and is not saved by itself.
    if request.headers.get("Accept") != "application/json":
        try:
            confirm(version=version, parts=request.POST.getlist("confirm"), by=by, now=now)
        except WrongStep:
            outcome.closed = True
    return outcome


def _told(version: PlanVersion, outcome: Outcome, now: datetime) -> HttpResponse:
    """What the page's script is told: the new stamps, and which sections were not kept."""
    content = content_of(PlanVersion.objects.get(pk=version.pk))
    sections = [Section(key, "", None, lambda _section: {}) for key in outcome.saved]
    put_stamps(sections, content, {}, outcome)
    said = {
        "saved_at": time_nb(now),
        "stamps": {each.key: each.told["stamp"] for each in sections},
        "errors": outcome.errors(),
        "overtaken": [each.key for each in outcome.overtaken],
        "closed": outcome.closed,
    }
    return JsonResponse(said, status=outcome.status)


def _add_limit(
    request: ActorRequest, version: PlanVersion, sections: list[Section], subjects: Subjects, now: datetime
) -> HttpResponse:
    """The page as it was typed, with one more limit to fill in; nothing is saved."""
    limits = next(each for each in sections if each.new is not None)
    new, data = limits.new, request.POST
    if new is not None and new.is_valid() and new.cleaned_data["new_kind"] and new.cleaned_data["new_subject"]:
        sections = sections_of(content_of(version), with_new_limit(data, limits), subjects=subjects)
    return _page(request, version, sections, data, Outcome(), now, status=422 if new and new.errors else 200)


def _use_proposal(
    request: ActorRequest, version: PlanVersion, sections: list[Section], subjects: Subjects, now: datetime
) -> HttpResponse:
    """The page as it was typed, with the proposal of the trial in its row; nothing is saved or active (R-036)."""
    offers = {each.key: each.proposal for each in limit_help(version, now=now).offers}
    proposal = offers.get(request.POST["use"])
    if proposal is not None and proposal.values is not None:
        limits = next(each for each in sections if each.new is not None)
        wider = with_proposal(request.POST, limits, proposal.values)
        sections = sections_of(content_of(version), wider, subjects=subjects)
    return _page(request, version, sections, request.POST, Outcome(), now)


def _page(
    request: ActorRequest,
    version: PlanVersion,
    sections: list[Section],
    data: Mapping[str, Any],
    outcome: Outcome,
    now: datetime,
    *,
    status: int | None = None,
) -> HttpResponse:
    version = open_again(version)
    put_stamps(sections, content_of(version), data, outcome)
    _put_stored(outcome.overtaken, version)
    _put_confirmations(sections, version, data)
    context = {
        "version": version,
        "patient": version.patient,
        "age": version.patient.age(now.astimezone(OSLO).date()),
        "sections": sections,
        "outcome": outcome,
        "hindrances": hindrances(version, now=now) if version.status == VersionStatus.DRAFT else [],
        "help": limit_help(version, now=now) if version.status == VersionStatus.DRAFT else None,
        "may_read_patient": acting(request).may(Permission.SEE_PATIENT),
    }
    return render(request, "careplans/editor.html", context, status=status or outcome.status)


def open_again(version: PlanVersion) -> PlanVersion:
    """As it is after the saving, with what the page shows of it."""
    found = PlanVersion.objects.select_related("patient__municipality", "began_from__template", "edited_by")
    return found.get(pk=version.pk)


def _put_stored(sections: list[Section], version: PlanVersion) -> None:
    """Beside the own text: what somebody else has saved there meanwhile."""
    if sections:
        lines = lines_of(version, Subjects.current().names)
        for section in sections:
            section.told["stored"] = [
                (heading, said) for (key, heading), said in lines.items() if key == section.key and said
            ]


def _put_confirmations(sections: list[Section], version: PlanVersion, data: Mapping[str, Any]) -> None:
    """The parts that still say what the template proposed, each to be ticked where it stands."""
    waiting = unconfirmed(version) if version.status == VersionStatus.DRAFT else []
    for section in sections:
        section.told["confirm"] = [(part, words_of(part)) for part in waiting if section_of(part) == section.key]


def _asked_for(request: ActorRequest) -> str:
    """The section whose button was pressed; only a name that is one."""
    asked = request.POST.get("save", "")
    return asked if asked.isalpha() and len(asked) < 20 else ""

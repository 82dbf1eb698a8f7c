"""Questionnaires on a page: the list, one with its preview, and what its maker does with it as a whole.

The rules are those of `measurements`; the pages stand here because they tell how many plans ask for a form.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.logged import logs_nothing
from careplans.queries.form_use import limits_against, plans_by_form, plans_that_need
from measurements.content import problems_of, score_range
from measurements.enums import FORM_LANGUAGES, FormStatus, ItemType
from measurements.forms.head import HeadForm, TitleForm
from measurements.models import Questionnaire
from measurements.preview import previewed
from measurements.queries import listed_questionnaires, may_write, questionnaires_seen_by
from measurements.services.questionnaires import (
    InUse,
    NotReady,
    WrongStep,
    activate,
    discard,
    draft,
    new_version,
    retire,
    save_head,
)

NO_PATIENT: Final = "Shows a questionnaire and how many plans ask for it, no patient."
PAGE: Final = require_http_methods(["GET", "HEAD", "POST"])
READS: Final = (Permission.SEE_PLAN, Permission.CONFIGURE)


def in_time(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """When somebody else took the step first: 409, and the form as it is now; or that it is gone."""

    @wraps(view)
    def kept(request: ActorRequest, questionnaire_id: int, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, questionnaire_id, *args, **kwargs)
        except WrongStep:
            by, form = found(request, questionnaire_id)
            return shown(request, by, form, late=True, status=409)

    return kept


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@require_safe
def questionnaires(request: ActorRequest) -> HttpResponse:
    """The common forms and those of the organisations that concern the reader."""
    by, now = reader(request), timezone.now()
    rows = listed_questionnaires(by, on=timezone.localdate(now))
    asked = plans_by_form((row.form.code for row in rows), at=now)
    told = [(row, asked.get(row.form.code, 0), may_write(row.form, by)) for row in rows]
    context = {
        "own": [each for each in told if not each[0].form.is_common],
        "common": [each for each in told if each[0].form.is_common],
        "writes": by.may(Permission.CONFIGURE),
    }
    return render(request, "measurements/questionnaires.html", context)


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@require_safe
def questionnaire(request: ActorRequest, questionnaire_id: int) -> HttpResponse:
    """One version: its preview as the patient reads it, its points, and for a draft what must be put right."""
    by, form = found(request, questionnaire_id)
    return shown(request, by, form)


def shown(request: ActorRequest, by: Actor, form: Questionnaire, **more: Any) -> HttpResponse:
    """The page of the form."""
    items = list(form.items.all())
    asked = request.GET.get("lang", "")
    language = asked if asked in FORM_LANGUAGES else FORM_LANGUAGES[0]
    now, drafted = timezone.now(), form.status == FormStatus.DRAFT
    context = {
        "form": form,
        "preview": previewed(form, items, language),
        "language": language,
        "writes": may_write(form, by),
        "range": score_range(items),
        "problems": [*problems_of(form, items), *limits_against(form, at=now)] if drafted else [],
        "versions": questionnaires_seen_by(by, on=timezone.localdate()).filter(code=form.code).order_by("-version"),
        "asked": plans_by_form([form.code], at=now).get(form.code, 0),
        "codes": {item.code for item in items},
        "types": ItemType.choices,
    }
    status = more.pop("status", 200)
    return render(request, "measurements/questionnaire.html", context | more, status=status)


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@PAGE
def new(request: ActorRequest) -> HttpResponse:
    """A form of the own organisation begins with its name."""
    by = writer(request)
    form = TitleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = draft(title=form.cleaned_data["title"], by=by, now=timezone.now())
        messages.success(request, _("Utkastet er laget. Legg til spørsmål."))
        return redirect("questionnaire", made.pk)
    return render(request, "measurements/questionnaire_new.html", {"form": form, "by": by}, status=status_of(form))


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@PAGE
@in_time
def change(request: ActorRequest, questionnaire_id: int) -> HttpResponse:
    """Name, what sums are called, and when a draft proposes to be answered."""
    by, found_form = written(request, questionnaire_id)
    form = HeadForm(request.POST if request.method == "POST" else None, form=found_form)
    if request.method == "POST" and form.is_valid():
        save_head(form=form.fill(), by=by)
        messages.success(request, _("Skjemaet er lagret."))
        return redirect("questionnaire", found_form.pk)
    context = {"form": form, "questionnaire": found_form, "range": score_range(list(found_form.items.all()))}
    return render(request, "measurements/questionnaire_change.html", context, status=status_of(form))


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@PAGE
@in_time
def take_into_use(request: ActorRequest, questionnaire_id: int) -> HttpResponse:
    """What changes when the draft is taken into use, and the taking."""
    by, form = written(request, questionnaire_id)
    now = timezone.now()
    if request.method == "POST":
        try:
            activate(form=form, by=by, now=now, also=lambda: limits_against(form, at=now))
        except NotReady as refused:
            return shown(request, by, form, problems=refused.problems, refused=True, status=422)
        messages.success(request, _("%(title)s, versjon %(version)s, er tatt i bruk.") % _names(form))
        return redirect("questionnaire", form.pk)
    if problems_of(form, list(form.items.all())) or limits_against(form, at=now):
        return shown(request, by, form, refused=True)
    standing = Questionnaire.objects.filter(code=form.code, status=FormStatus.ACTIVE).first()
    context = {"form": form, "standing": standing, "asked": plans_by_form([form.code], at=now).get(form.code, 0)}
    return render(request, "measurements/questionnaire_activate.html", context)


@logs_nothing(NO_PATIENT)
@login_required
@never_cache
@PAGE
@in_time
def take_out_of_use(request: ActorRequest, questionnaire_id: int) -> HttpResponse:
    """Retire a version for good. While plans ask for the form it is refused, and the page says what to do."""
    by, form = written(request, questionnaire_id, FormStatus.ACTIVE)
    now = timezone.now()
    if request.method == "POST":
        try:
            retire(form=form, asked_for=lambda: plans_that_need(form.code, at=now) > 0, by=by, now=now)
        except InUse:
            return _retiring(request, form, now, status=409)
        messages.success(request, _("%(title)s er ikke i bruk lenger.") % _names(form))
        return redirect("questionnaire", form.pk)
    return _retiring(request, form, now)


def _retiring(request: ActorRequest, form: Questionnaire, now: datetime, status: int = 200) -> HttpResponse:
    context = {"form": form, "asked": plans_that_need(form.code, at=now)}
    return render(request, "measurements/questionnaire_retire.html", context, status=status)


@logs_nothing(NO_PATIENT)
@login_required
@require_POST
@in_time
def version(request: ActorRequest, questionnaire_id: int) -> HttpResponse:
    """A draft of the next version, with everything in it."""
    by, form = written(request, questionnaire_id, FormStatus.ACTIVE, FormStatus.RETIRED)
    made = new_version(form=form, by=by, now=timezone.now())
    messages.success(request, _("Her er utkastet til versjon %(version)s.") % _names(made))
    return redirect("questionnaire", made.pk)


@logs_nothing(NO_PATIENT)
@login_required
@require_POST
@in_time
def throw_away(request: ActorRequest, questionnaire_id: int) -> HttpResponse:
    """A draft that was never in use."""
    by, form = written(request, questionnaire_id)
    discard(form=form, by=by)
    messages.success(request, _("Utkastet til %(title)s er slettet.") % _names(form))
    return redirect("questionnaires")


def reader(request: ActorRequest) -> Actor:
    """Whoever sees plans, or sets up the organisation. Raises PermissionDenied for everybody else."""
    if request.actor is None or not any(map(request.actor.may, READS)):
        raise PermissionDenied
    return request.actor


def writer(request: ActorRequest) -> Actor:
    """Whoever sets up a service or a municipality. Raises PermissionDenied for everybody else."""
    by = request.actor
    if by is None or not by.may(Permission.CONFIGURE) or not (by.service_id or by.employer_id):
        raise PermissionDenied
    return by


def found(request: ActorRequest, questionnaire_id: int) -> tuple[Actor, Questionnaire]:
    """Who reads, and the version. «Not yours to see» and «does not exist» answer the same."""
    by = reader(request)
    form = questionnaires_seen_by(by, on=timezone.localdate()).filter(pk=questionnaire_id).first()
    if form is None:
        raise Http404
    return by, form


def written(request: ActorRequest, questionnaire_id: int, *states: FormStatus) -> tuple[Actor, Questionnaire]:
    """Who writes, and the own version in one of the states, else a draft. Raises Http404 and PermissionDenied."""
    writer(request)
    by, form = found(request, questionnaire_id)
    if not may_write(form, by):
        raise PermissionDenied
    if form.status not in (states or (FormStatus.DRAFT,)):
        raise Http404
    return by, form


def status_of(form: TitleForm) -> int:
    """422 when something must be put right; what was written stands in the fields."""
    return 422 if form.is_bound and form.errors else 200


def _names(form: Questionnaire) -> dict[str, object]:
    return {"title": form.title, "version": form.version}

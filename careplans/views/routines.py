"""The municipality's checklists and routine documents: read by those who run courses, written by the administrator."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.logged import logs_nothing
from careplans.access import course_permission
from careplans.enums import RoutineKind
from careplans.forms.course import RoutineForm
from careplans.queries.routines import routines_of
from careplans.services import write_routine

_NOBODY = "Shows the municipality's own routines, which are about no patient."


@logs_nothing(_NOBODY)
@login_required
@require_safe
def routines(request: ActorRequest) -> HttpResponse:
    """What holds here, in the order in which it is used."""
    by = _reader(request)
    found = routines_of(by.employer_id)
    context = {"routines": [found[kind] for kind in RoutineKind], "may_write": _may_write(by)}
    return render(request, "careplans/course/routines.html", context)


@logs_nothing(_NOBODY)
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def routine(request: ActorRequest, routine_kind: str) -> HttpResponse:
    """One of them; whoever configures the organisation writes the next version."""
    by, now = _reader(request), timezone.now()
    standing = routines_of(by.employer_id).get(routine_kind.upper())
    if standing is None:
        raise Http404
    if request.method == "POST" and not _may_write(by):
        raise PermissionDenied
    initial = {"title": standing.title, "text": standing.text, "items": "\n".join(standing.items)}
    form = RoutineForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        write_routine(kind=standing.kind, by=by, now=now, **form.cleaned_data)
        messages.success(request, gettext("Den nye versjonen er lagret og gjelder fra nå."))
        return redirect("routine", routine_kind)
    context = {"routine": standing, "form": form, "may_write": _may_write(by)}
    return render(request, "careplans/course/routine.html", context, status=422 if form.errors else 200)


def _reader(request: ActorRequest) -> Actor:
    by = request.actor
    if by is None or not (by.may(course_permission(by)) or by.may(Permission.CONFIGURE)):
        raise PermissionDenied
    return by


def _may_write(by: Actor) -> bool:
    return by.may(Permission.CONFIGURE) and by.employer_id is not None

"""The board of courses by step (ux.md 4.5)."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import record_list_access
from careplans.access import course_permission
from careplans.queries.board import Step, Wanted, board_of, steps_of
from patients.queries import reaching_services


@logs(Action.LIST_COURSES)
@login_required
@never_cache
@require_safe
@gzip_page
def courses(request: ActorRequest) -> HttpResponse:
    """Everybody whose course this person runs or whose referral she decides, by step; late ones first."""
    by, now = request.actor, timezone.now()
    if by is None or not (by.may(course_permission(by)) or by.may(Permission.ENROL)):
        raise PermissionDenied
    record_list_access(Action.LIST_COURSES, municipality_ids=by.municipality_ids, by=by, now=now)
    wanted = wanted_in(request.GET, by)
    board = board_of(by, wanted, now=now)
    services = [] if by.service_id else reaching_services(by.employer_id or 0, on=timezone.localdate(now))
    context = {
        "board": board,
        "wanted": wanted,
        "services": services,
        "runs": by.may(course_permission(by)),
        "today": timezone.localdate(now),
    }
    return render(request, "careplans/course/board.html", context)


def wanted_in(asked: QueryDict, by: Actor) -> Wanted:
    """What the address narrows the board to; what nobody understands narrows nothing."""
    step = asked.get("steg", "")
    side = asked.get("side", "")
    page = int(side) if side.isascii() and side.isdigit() and len(side) < 5 else 1
    return Wanted(
        service_id=_uuid(asked.get("tjeneste", "")),
        step=Step(step) if step in steps_of(by) else None,
        mine=asked.get("ansvar") == "meg",
        page=max(page, 1),
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

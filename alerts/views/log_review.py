"""Unusual looks at records: the list of the privacy officer, and the review of one of them."""

from datetime import datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import Actor, ActorRequest
from accounts.roles import Permission
from alerts.enums import Pattern
from alerts.forms import PeriodForm, ReviewForm
from alerts.models import Heartbeat
from alerts.queries.patterns import MOST_LOOKS, Finding, find_patterns, looks_between, opening_hours_of
from alerts.services.log_review import review_look
from audit.enums import Action, ReviewOutcome
from audit.logged import logs
from audit.models import AccessEntry
from audit.queries.log import reviews_of
from audit.services import Refused, record_list_access
from dho.lib.numbers import OSLO
from patients.access import get_patient, patients_of_controller
from patients.queries.log import in_words

SHOWN: Final = 50
# The watch seals every second; after this long somebody must see that it does not.
SEALED_WITHIN: Final = timedelta(minutes=5)
AT_FIRST: Final = {"dager": "7", "monster": "", "side": "1"}


def _officer(request: ActorRequest) -> Actor:
    if request.actor is None or not request.actor.may(Permission.READ_ACCESS_LOG):
        raise PermissionDenied
    return request.actor


@logs(Action.READ_LOG)
@login_required
@never_cache
@require_safe
def unusual(request: ActorRequest) -> HttpResponse:
    """The unusual looks of the period, those nobody has reviewed first."""
    by, now = _officer(request), timezone.now()
    record_list_access(Action.READ_LOG, municipality_ids=by.municipality_ids, by=by, now=now)
    form = PeriodForm({**AT_FIRST, **request.GET.dict()})
    if not form.is_valid():
        # Only choices and a page number can be asked for: an address that somebody has changed shows the list anew.
        return redirect("log-review")
    asked = form.cleaned_data
    found, all_seen = _find(by, asked, now)
    page = Paginator(found, SHOWN).get_page(asked["side"])
    patients = patients_of_controller(by).defer("national_id").in_bulk({one.look.patient_id for one in page})
    rows = [{"finding": one, "patient": patients.get(one.look.patient_id)} for one in page]
    context = {"form": form, "rows": rows, "page": page, "asked": asked, "all_seen": all_seen}
    context["sealed"] = Heartbeat.objects.filter(name="seal", at__gt=now - SEALED_WITHIN).exists()
    return render(request, "alerts/unusual_looks.html", context)


def _find(by: Actor, asked: dict[str, Any], now: datetime) -> tuple[list[Finding], bool]:
    """The findings with their reviews, and whether every look of the period has been looked through."""
    today = datetime.combine(now.astimezone(OSLO).date(), time(), OSLO)
    looks = looks_between(by, since=today - timedelta(days=asked["dager"] - 1), until=now + timedelta(seconds=1))
    found = find_patterns(looks, opening_hours_of(looks))
    if asked["monster"]:
        found = [one for one in found if one.pattern == asked["monster"]]
    reviews = {(one.entry_id, one.pattern): one for one in reviews_of({one.look.entry_id for one in found})}
    found = [one.with_review(reviews.get(one.key)) for one in found]
    return sorted(found, key=lambda one: one.review is not None), len(looks) < MOST_LOOKS


@logs(Action.REVIEW_LOG)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: ActorRequest, entry_id: UUID, pattern: str) -> HttpResponse:
    """One unusual look with what was found out before, and the form for what is found out now."""
    now = timezone.now()
    by, entry = _open(request, entry_id, pattern, now)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        outcome, note = ReviewOutcome(form.cleaned_data["outcome"]), form.cleaned_data["note"]
        review_look(entry=entry, pattern=Pattern(pattern), outcome=outcome, note=note, by=by, now=now)
        messages.success(request, gettext("Kontrollen er lagret."))
        return redirect("log-review")
    context = {
        "row": in_words(by, [entry])[0],
        "pattern": Pattern(pattern),
        "reviews": [
            {"review": one, "outcome": ReviewOutcome(one.outcome).label}
            for one in reviews_of([entry_id])
            if one.pattern == pattern
        ],
        "form": form,
    }
    return render(request, "alerts/review_look.html", context, status=422 if form.errors else 200)


def _open(request: ActorRequest, entry_id: UUID, pattern: str, now: datetime) -> tuple[Actor, AccessEntry]:
    """The look, once its patient has been opened as the controller's: that is what is logged, or refused."""
    by = _officer(request)
    entry = AccessEntry.objects.filter(pk=entry_id, municipality_id__in=by.municipality_ids).first()
    if entry is None or entry.patient_id is None or pattern not in Pattern.values:
        raise Refused(Action.REVIEW_LOG, object_id=str(entry_id))
    get_patient(
        entry.patient_id,
        by=by,
        now=now,
        action=Action.REVIEW_LOG,
        permission=Permission.READ_ACCESS_LOG,
        object_id=str(entry_id),
        among=patients_of_controller,
    )
    return by, entry

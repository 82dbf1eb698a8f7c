"""Who can reach the municipality's patients and why, now or on a day to come; also as a file."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.actor import ActorRequest
from accounts.enums import Role
from accounts.queries import work_reaching
from accounts.roles import RIGHTS, Permission
from accounts.words import ALLOWED
from audit.logged import logs_nothing
from dho.lib.numbers import date_nb
from dho.lib.spreadsheet import csv_of
from patients.access_matrix import Row, moment_of, rows_of
from patients.forms.matrix import MatrixForm

COUNTS = "Shows staff and how many patients they reach, no patient."

_HEADS = [
    _("Person"),
    "HPR-nummer",
    _("Rolle"),
    _("Organisasjon"),
    _("Hvorfor"),
    _("Deler"),
    _("Ser"),
    _("Krever"),
    _("Pasienter"),
    _("Fra"),
    _("Til"),
]


@dataclass(frozen=True)
class Asked:
    """What the filter asks for, and the answer."""

    form: MatrixForm
    day: date
    rows: list[Row]


@logs_nothing(COUNTS)
@never_cache
@login_required
@require_safe
def matrix(request: ActorRequest) -> HttpResponse:
    """The memberships that reach the municipality, and the table of rights in words."""
    return _page(request, _ask(request, timezone.now()))


@logs_nothing(COUNTS)
@never_cache
@login_required
@require_safe
def as_csv(request: ActorRequest) -> HttpResponse:
    """The same rows as a file for the spreadsheet. A day that cannot be is said on the page."""
    asked = _ask(request, timezone.now())
    if asked.form.errors:
        return _page(request, asked)
    file = csv_of([str(head) for head in _HEADS], [_cells(row) for row in asked.rows])
    name = f"tilganger-{asked.day.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(file, content_type="text/csv; charset=utf-8", headers=headers)


def _page(request: ActorRequest, asked: Asked) -> HttpResponse:
    rights = [(role.label, [ALLOWED[each] for each in Permission if each in RIGHTS[role]]) for role in Role]
    context = {
        "form": asked.form,
        "day": asked.day,
        "rows": asked.rows,
        "rights": rights,
        "today": timezone.localdate(),
    }
    return render(request, "patients/access_matrix.html", context, status=422 if asked.form.errors else 200)


def _ask(request: ActorRequest, now: datetime) -> Asked:
    by = request.actor
    if by is None or not by.may(Permission.SEE_ACCESS_MATRIX) or by.employer_id is None:
        raise PermissionDenied
    form = MatrixForm({"day": date_nb(now), **request.GET.dict()}, today=timezone.localdate(now))
    form.is_valid()
    day = form.cleaned_data.get("day") or timezone.localdate(now)
    work = work_reaching(by.employer_id, on=day)
    form.offer(work)
    chosen = [one for one in work if form.admits(one)]
    return Asked(form, day, rows_of(chosen, by.employer_id, at=moment_of(day, now=now)))


def _cells(row: Row) -> list[object]:
    user, membership = row.actor.user, row.membership
    shared = ", ".join(str(each.label) for each in row.shared)
    until = date_nb(membership.valid_until) if membership.valid_until else ""
    return [
        user.get_full_name(), user.hpr_number, row.actor.role.label, row.actor.organisation, row.reason, shared,
        row.sees, row.relation, row.patients, date_nb(membership.valid_from), until,
    ]  # fmt: skip

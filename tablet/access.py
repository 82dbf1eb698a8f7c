"""The door of the patient's own pages: who acts for whom, and the municipality that the page may see.

Neither a member of staff nor a password ever becomes a citizen here, and a citizen never becomes staff
(`accounts.middleware.work_in`).
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.actor import ActorRequest
from accounts.sessions import is_citizens
from audit.enums import Action, Basis
from audit.logged import logs
from audit.services import Refused, record_citizen_access
from dho.lib import rls
from patients.citizens import Citizen
from patients.enums import Scope
from patients.queries.citizens import citizen_for
from tablet.paired import is_paired_here, opened_tablet

# Whom the signed-in citizen acts for now: ids of ours, asked anew at every request.
CONCERN: Final = "concern"

Finder = Callable[[ActorRequest, datetime], Citizen | None]


def citizen_of(request: ActorRequest, *, now: datetime) -> Citizen | None:
    """Who acts for a patient in this session, with row-level security limited to that patient's municipality.

    None for staff, for whoever is not signed in, has not chosen, or may no longer act.
    """
    found = next((citizen for find in FINDERS if (citizen := find(request, now))), None)
    if found is None:
        rls.limit_to([], actor=str(request.user.pk or ""), request_id=request.origin.request_id)
    return found


def admit(request: ActorRequest, municipality_id: int, *, actor: str, basis: Basis = Basis.OWN) -> None:
    """Let the page see this municipality until it is answered."""
    rls.limit_to([municipality_id], actor=actor, request_id=request.origin.request_id, purpose=basis)


def choose(request: ActorRequest, citizen: Citizen, *, several: bool = False) -> None:
    """From now on the session acts for this patient; `several` when there were others to choose."""
    request.session[CONCERN] = {
        "municipality": citizen.municipality_id,
        "patient": str(citizen.patient_id),
        "authority": str(citizen.authority.pk) if citizen.authority else "",
        "several": several,
    }


def _signed_in(request: ActorRequest, now: datetime) -> Citizen | None:
    """The patient or relative who came from ID-porten, acting for whom they chose."""
    concern = request.session.get(CONCERN)
    if not concern or not is_citizens(request):
        return None
    authority_id = UUID(concern["authority"]) if concern["authority"] else None
    basis = Basis.AUTHORITY if authority_id else Basis.OWN
    admit(request, concern["municipality"], actor=str(request.user.pk), basis=basis)
    return citizen_for(
        request.user,  # type: ignore[arg-type] # signed in
        patient_id=UUID(concern["patient"]),
        authority_id=authority_id,
        now=now,
        origin=request.origin,
    )


# Asked in this order. A session that shows who acts in another way (a paired tablet that is opened) adds its own.
FINDERS: Final[list[Finder]] = [_signed_in, opened_tablet]


def citizens(
    action: Action, scope: Scope | None = None, *, looking: Action | None = None
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page of the patient's own: `view(request, citizen, …)`, for whoever may `scope`, with the look logged.

    `looking` is what only opening the page is called, where sending it is `action`.

    Whoever is no citizen goes to the sign-in, and whoever may not do this gets the same 404 as for what does not exist.
    """

    def protect(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @logs(*filter(None, (action, looking)))
        @never_cache
        @wraps(view)
        def door(request: ActorRequest, **kwargs: Any) -> HttpResponse:
            now = timezone.now()
            citizen = citizen_of(request, now=now)
            if citizen is None:
                return _to_sign_in(request)
            request.citizen = citizen
            done = (request.method in ("GET", "HEAD") and looking) or action
            if scope and not citizen.may(scope):
                raise Refused(done, patient_id=citizen.patient_id)
            record_citizen_access(done, by=citizen, now=now)
            return view(request, citizen, **kwargs)

        return door

    return protect


def _to_sign_in(request: ActorRequest) -> HttpResponse:
    """A citizen who must choose, or may no longer act, sees whom there is to choose; all others sign in."""
    if is_citizens(request):
        return redirect("citizen-choose")
    if is_paired_here(request):
        return redirect("tablet")
    query = {"next": request.path} if request.method in ("GET", "HEAD") else {}
    return redirect(f"{reverse('citizen-login')}{'?' + urlencode(query) if query else ''}")

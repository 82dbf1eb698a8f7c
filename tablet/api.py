"""What a device may ask about its patient's plan. It is here because today's colour is decided in `alerts`."""

from typing import Final

from django.utils import timezone, translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Language, SystemScope
from audit.enums import Action
from audit.logged import logs
from careplans.queries.faces import own_words
from careplans.queries.own import own_plan
from careplans.serializers import PlanSerializer, plan
from measurements.api import FOR_SYSTEMS, CallerView
from measurements.openapi import described
from measurements.refusals import Refused, field_error
from tablet.queries import day_of

LANG: Final = "lang"
IN_LANGUAGE: Final = OpenApiParameter(
    LANG,
    OpenApiTypes.STR,
    enum=Language.values,
    description="Språket i navn på soner, målinger og kategorier. Det folk har skrevet i planen, står som skrevet.",
)


class PlanView(CallerView):
    """The plan in force."""

    scopes = {"GET": SystemScope.PLAN_READ}
    of_systems = {Action.READ_PLAN: Action.SYSTEM_PLAN}
    asks = dict.fromkeys(("GET", "HEAD"), frozenset({LANG}))

    @logs(Action.READ_PLAN, Action.SYSTEM_PLAN)
    @extend_schema(
        summary="Hent egen plan",
        description="Versjonen som legen har godkjent og som gjelder nå, med dagens farge og hva pasienten gjør da. "
        "Et utkast vises aldri, og grenseverdiene er ikke med.",
        parameters=[FOR_SYSTEMS, IN_LANGUAGE],
        responses=described({200: PlanSerializer}, 400, 401, 403, 404),
    )
    def get(self, request: Request) -> Response:
        """The plan in force, or `no_plan`."""
        language, now = _language(request), timezone.now()
        self.log(Action.READ_PLAN)
        found = own_plan(self.sender.patient_id, at=now)
        if found is None:
            raise Refused(code="no_plan")
        with translation.override(language):
            return Response(plan(own_words(found), day_of(found, now=now)), headers={"Content-Language": language})


def _language(request: Request) -> str:
    """The one asked for, bokmål when none is. Raises Refused for one that is not ours, and for two."""
    asked = request.query_params.getlist(LANG) or [Language.NB]
    if len(asked) > 1 or asked[0] not in Language.values:
        raise Refused(field_error(LANG, "unknown_language"))
    return str(asked[0])

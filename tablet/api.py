"""What a device may ask about its patient's plan. It is here because today's colour is decided in `alerts`."""

from django.utils import timezone, translation
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import SystemScope
from audit.enums import Action
from audit.logged import logs
from careplans.queries.faces import own_words
from careplans.queries.own import own_plan
from careplans.serializers import PlanSerializer, plan
from measurements.api import FOR_SYSTEMS, IN_LANGUAGE, CallerView, language_of
from measurements.openapi import described
from measurements.refusals import Refused
from tablet.queries import day_of


class PlanView(CallerView):
    """The plan in force."""

    scopes = {"GET": SystemScope.PLAN_READ}
    of_systems = {Action.READ_PLAN: Action.SYSTEM_PLAN}
    asks = dict.fromkeys(("GET", "HEAD"), frozenset({IN_LANGUAGE.name}))

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
        language, now = language_of(request), timezone.now()
        self.log(Action.READ_PLAN)
        found = own_plan(self.sender.patient_id, at=now)
        if found is None:
            raise Refused(code="no_plan")
        with translation.override(language):
            return Response(plan(own_words(found), day_of(found, now=now)), headers={"Content-Language": language})

"""What a device may ask about its patient's plan."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.enums import Action
from audit.logged import logs
from careplans.queries.own import own_plan, own_questionnaire_codes
from careplans.serializers import PlanSerializer, QuestionnaireListSerializer, plan
from measurements.api import DeviceView
from measurements.openapi import described
from measurements.queries import current_questionnaires
from measurements.refusals import Refused


class PlanView(DeviceView):
    """The plan in force."""

    @logs(Action.READ_PLAN)
    @extend_schema(
        summary="Hent egen plan",
        description="Versjonen som fastlegen har godkjent og som gjelder nå. Et utkast vises aldri.",
        responses=described({200: PlanSerializer}, 401, 403, 404),
    )
    def get(self, request: Request) -> Response:
        """The plan in force, or `no_plan`."""
        self.log(Action.READ_PLAN)
        found = own_plan(self.device.patient_id, at=timezone.now())
        if found is None:
            raise Refused(code="no_plan")
        return Response(plan(found))


class QuestionnairesView(DeviceView):
    """The forms to answer."""

    @logs(Action.READ_QUESTIONNAIRES)
    @extend_schema(
        summary="Hent egne skjemaer",
        description="Skjemaene som planen ber om, i versjonen som skal brukes nå. Tom liste når ingen plan gjelder.",
        responses=described({200: QuestionnaireListSerializer}, 401, 403),
    )
    def get(self, request: Request) -> Response:
        """The forms that the plan in force schedules."""
        self.log(Action.READ_QUESTIONNAIRES)
        codes = own_questionnaire_codes(self.device.patient_id, at=timezone.now())
        return Response(QuestionnaireListSerializer({"questionnaires": current_questionnaires(codes)}).data)

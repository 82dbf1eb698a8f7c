"""Which forms a device may ask for. The plan itself is `tablet.api`'s, where today's colour is known."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import SystemScope
from audit.enums import Action
from audit.logged import logs
from careplans.queries.own import own_questionnaire_codes
from careplans.serializers import QuestionnaireListSerializer
from measurements.api import FOR_SYSTEMS, IN_LANGUAGE, CallerView, language_of
from measurements.openapi import described
from measurements.queries import current_questionnaires, form_in


class QuestionnairesView(CallerView):
    """The forms to answer."""

    scopes = {"GET": SystemScope.PLAN_READ}
    of_systems = {Action.READ_QUESTIONNAIRES: Action.SYSTEM_FORMS}
    asks = dict.fromkeys(("GET", "HEAD"), frozenset({IN_LANGUAGE.name}))

    @logs(Action.READ_QUESTIONNAIRES, Action.SYSTEM_FORMS)
    @extend_schema(
        summary="Hent egne skjemaer",
        description="Skjemaene som planen ber om, i versjonen som skal brukes nå. Tom liste når ingen plan gjelder. "
        "Et spørsmål med «shown_if» vises bare etter bestemte svar på et tidligere spørsmål.",
        parameters=[FOR_SYSTEMS, IN_LANGUAGE],
        responses=described({200: QuestionnaireListSerializer}, 400, 401, 403, 404),
    )
    def get(self, request: Request) -> Response:
        """The forms that the plan in force schedules."""
        language = language_of(request)
        self.log(Action.READ_QUESTIONNAIRES)
        codes = own_questionnaire_codes(self.sender.patient_id, at=timezone.now())
        forms = [form_in(form, language) for form in current_questionnaires(codes)]
        answer = QuestionnaireListSerializer({"questionnaires": forms}).data
        return Response(answer, headers={"Content-Language": language})

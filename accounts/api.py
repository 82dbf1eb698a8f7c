"""The addresses of OAuth: a tablet asks to be paired, tablets and systems fetch their tokens (RFC 6749, 8628)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final, cast

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.oauth import APP_CLIENT, DEVICE_CODE, WEB_CLIENT, Answer, form_of, form_request, is_over, refused
from accounts.services import answer_token_request, show_code
from audit.logged import logs_nothing
from dho.lib.origin import origin_of

FORM: Final = "application/x-www-form-urlencoded"
RETRY_AFTER_SECONDS: Final = 60
LONGEST_MODEL: Final = 80
NO_RECORD: Final = "Hands out keys and shows no record; what revokes a device because of one has its own row."


class OAuthErrorSerializer(serializers.Serializer[Any]):
    """Why there is no token (RFC 6749, section 5.2)."""

    error = serializers.CharField(help_text="Fast kode for programmer, etter RFC 6749 og RFC 8628.")
    error_description = serializers.CharField(required=False, help_text="Én setning på engelsk.")


class AskCodeSerializer(serializers.Serializer[Any]):
    """What a tablet says when it wants to be paired."""

    client_id = serializers.CharField(help_text=f"«{APP_CLIENT}».")
    device_model = serializers.CharField(
        required=False,
        max_length=LONGEST_MODEL,
        help_text="Produsent og modell, som den som bekrefter koden får se.",
    )


class DeviceCodeSerializer(serializers.Serializer[Any]):
    """The code to show, and the one to ask with."""

    user_code = serializers.CharField(help_text="Vises på nettbrettet: «BCDF-GHJK».")
    device_code = serializers.CharField(help_text="Vises aldri.")
    verification_uri = serializers.CharField(help_text="Der ansatte finner pasienten og bekrefter koden.")
    expires_in = serializers.IntegerField(help_text="Sekunder til koden er for gammel.")
    interval = serializers.IntegerField(help_text="Så mange sekunder må det minst gå mellom hvert spørsmål.")


class AskTokenSerializer(serializers.Serializer[Any]):
    """Which fields are needed, the grant says."""

    grant_type = serializers.ChoiceField(choices=[DEVICE_CODE, "refresh_token", "client_credentials"])
    client_id = serializers.CharField(
        required=False, help_text=f"«{APP_CLIENT}», eller systemets navn når det ikke står i Authorization: Basic."
    )
    client_secret = serializers.CharField(required=False, help_text="Bare for systemer, og helst i Authorization.")
    device_code = serializers.CharField(required=False)
    refresh_token = serializers.CharField(required=False)
    scope = serializers.CharField(required=False, help_text="Bare for systemer. Uten feltet: alt systemet har lov til.")


class TokenSerializer(serializers.Serializer[Any]):
    """The access token goes into `Authorization: Bearer`."""

    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Sekunder.")
    scope = serializers.CharField(required=False)
    refresh_token = serializers.CharField(
        required=False,
        help_text="Bare for nettbrett. Brukes én gang. Brukes den igjen, blir nettbrettet sperret.",
    )


_REFUSED: Final[dict[Any, Any]] = {
    400: OpenApiResponse(
        OAuthErrorSerializer, description="«error» sier hva som er galt, eller at ingen har bekreftet."
    ),
    401: OpenApiResponse(OAuthErrorSerializer, description="invalid_client: ukjent klient eller feil hemmelighet."),
    413: OpenApiResponse(OAuthErrorSerializer, description="For mye på en gang."),
    (503, "application/problem+json"): OpenApiResponse(OpenApiTypes.OBJECT, description="Databasen er borte."),
    429: OpenApiResponse(OAuthErrorSerializer, description="For mange spørsmål. Vent Retry-After sekunder."),
}


class OAuthView(APIView):
    """Form in, JSON out, never kept by anybody on the way. Errors are the RFC's, not problem documents."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (FormParser,)
    http_method_names = ("post",)
    limited_as = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The body is read within Django's limit before anything parses it."""
        try:
            request.body  # noqa: B018 - reading is the point
        except RequestDataTooBig:
            # Told by `answer`: a body that Django has refused is not there to be parsed.
            request._too_big = True  # type: ignore[attr-defined]  # noqa: SLF001
        answer = super().dispatch(request, *args, **kwargs)
        answer["Cache-Control"], answer["Pragma"] = "no-store", "no-cache"
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            answer["Retry-After"] = str(RETRY_AFTER_SECONDS)
        if answer.status_code == HTTPStatus.UNAUTHORIZED:
            answer["WWW-Authenticate"] = 'Basic realm="dho"'
        return answer

    def answer(self, request: Request, give: Callable[[HttpRequest, dict[str, str]], Answer]) -> Response:
        """What `give` says to the fields of the request, if they are fields and there are not too many requests."""
        outer = request._request  # noqa: SLF001 - DRF's documented way to Django's request
        if getattr(outer, "_too_big", False):
            return _told(refused("invalid_request", "The request is too large.", status=413))
        if is_over(outer, self.limited_as, key=origin_of(request).address):
            return _told(refused("slow_down", "Too many requests.", status=429))
        fields = form_of(outer, cast("QueryDict", request.data or QueryDict()))
        if fields is None:
            return _told(refused("invalid_request", "A field stands twice, is too long, or holds what it cannot."))
        if fields.get("client_id") == WEB_CLIENT:
            return _told(refused("invalid_client", "This client is the service's own.", status=401))
        return _told(give(form_request(outer, fields), fields))

    def handle_exception(self, exc: Exception) -> Response:
        """Another method, another content type, or what is no form at all; a lost database goes on upwards."""
        if isinstance(exc, APIException | SuspiciousOperation):
            status = HTTPStatus.METHOD_NOT_ALLOWED if isinstance(exc, MethodNotAllowed) else HTTPStatus.BAD_REQUEST
            return _told(refused("invalid_request", f"Post a form ({FORM}).", status=status))
        raise exc


def _told(answer: Answer) -> Response:
    return Response(answer.body, status=answer.status)


@logs_nothing("Nobody's tablet yet: whose it becomes is logged where staff confirm the code.")
class DeviceCodeView(OAuthView):
    """A tablet wants to be paired."""

    limited_as = "device_code"

    @extend_schema(
        summary="Be om å bli koblet til en pasient",
        description="Vis «user_code» på nettbrettet. En ansatt skriver den på pasientens side. Spør imens om nøkkel på "
        "/api/v1/oauth/token/ hvert femte sekund.",
        auth=[],
        request={FORM: AskCodeSerializer},
        responses={200: DeviceCodeSerializer, **_REFUSED},
    )
    def post(self, request: Request) -> Response:
        """The codes."""

        def give(inner: HttpRequest, fields: dict[str, str]) -> Answer:
            model = fields.get("device_model", "")
            if fields.get("client_id") != APP_CLIENT:
                return refused("invalid_client", f"Tablets are {APP_CLIENT}.", status=401)
            if len(model) > LONGEST_MODEL:
                return refused("invalid_request", f"device_model is at most {LONGEST_MODEL} characters.")
            if fields.get("scope", "device") != "device":
                return refused("invalid_scope", "A tablet has no scope but «device».")
            return show_code(inner, model=model)

        return self.answer(request, give)


@logs_nothing(NO_RECORD)
class TokenView(OAuthView):
    """Tokens for tablets and systems."""

    limited_as = "token"

    @extend_schema(
        summary="Hent nøkkel",
        description="Nettbrett: device_code når koden er bekreftet, siden refresh_token. Den nye refresh_token "
        "erstatter den gamle. Kom svaret aldri fram, kan den gamle brukes en gang til. Systemer: client_credentials.",
        auth=[],
        request={FORM: AskTokenSerializer},
        responses={200: TokenSerializer, **_REFUSED},
    )
    def post(self, request: Request) -> Response:
        """The tokens."""
        origin = origin_of(request)
        return self.answer(request, lambda inner, _: answer_token_request(inner, now=timezone.now(), origin=origin))

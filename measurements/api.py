"""What tablets, gateways and systems call. The rules are in services; here requests become calls, outcomes answers."""

from dataclasses import replace
from typing import Any, ClassVar, Final, cast
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation.trans_real import parse_accept_lang_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import SystemScope
from accounts.models import DeviceCredential
from accounts.services import SystemAtWork
from audit.enums import Action
from audit.logged import logs, logs_nothing
from audit.services import record_device_access, record_system_access, record_system_refusal
from dho.lib.origin import origin_of
from measurements.authentication import Caller, MayCall, tried
from measurements.enums import FORM_LANGUAGES
from measurements.openapi import described
from measurements.parsers import as_json
from measurements.problems import refused_by
from measurements.queries import InvalidCursor, is_followed_up, readings_page, types_for
from measurements.refusals import Refused, field_error
from measurements.serializers.answered import (
    BatchAnswerSerializer,
    ReadingPageSerializer,
    StoredSerializer,
    item_answer,
    own_readings,
    stored,
)
from measurements.serializers.fields import IdField
from measurements.serializers.received import (
    BATCH,
    READING,
    READING_QUERY,
    RESPONSE,
    BatchSerializer,
    ReadingQuerySerializer,
    ReadingSerializer,
    ResponseSerializer,
    check,
    check_each,
)
from measurements.services import keep_refused, store_readings, store_response
from measurements.services.machine import Machine
from measurements.services.refused import KEPT_BYTES

# What the device itself got wrong; 401 and 405 are not about the content.
_KEPT_STATUSES: Final = {400, 409, 413, 415}

INGEST: Final = "What the patient sends in is no look at the record; the reading itself names its sender."
PATIENT: Final = "patient"
FOR_SYSTEMS: Final = OpenApiParameter(
    PATIENT,
    OpenApiTypes.UUID,
    description="Pasientens id. Systemer må sende den; en enhet har bare én pasient og sender den ikke.",
)
IN_LANGUAGE: Final = OpenApiParameter(
    "lang",
    OpenApiTypes.STR,
    enum=FORM_LANGUAGES,
    description="Språket i tekstene. Uten feltet: det første av disse i Accept-Language, ellers bokmål. Det som "
    "ikke er oversatt, kommer på bokmål.",
)


class CallerView(APIView):
    """A door for devices and systems: one transaction, limited to the municipality of whoever calls."""

    permission_classes = [MayCall]
    http_method_names = ["get", "head", "post"]
    # What a system must be allowed, by method.
    scopes: ClassVar[dict[str, SystemScope]] = {}
    # The action under which a system's look is logged, by the device's.
    of_systems: ClassVar[dict[Action, Action]] = {}
    # What may stand in the address beside `patient`, by method.
    asks: ClassVar[dict[str, frozenset[str]]] = {}
    # Known once `initial` has let the caller in.
    caller: Caller | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """One transaction from the look-up of the credential to the answer.

        A refusal has written nothing, so what is kept of it shares the transaction.
        """
        _read_body(request)
        with transaction.atomic():
            return super().dispatch(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer with a problem document, and keep what was sent in vain. A lost database goes on upwards."""
        response = super().handle_exception(exc)
        refused = refused_by(exc)
        if self.caller and refused and refused.status in _KEPT_STATUSES and self.request.method == "POST":
            self.keep(refused.codes, _sent(self.request))
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After who calls and whether it may: whose record. `patient` is a system's to say, and a device's to leave."""
        super().initial(request, *args, **kwargs)
        caller = cast("Caller", request.auth)
        named = _patient_named(request)
        if isinstance(caller, SystemAtWork):
            caller = replace(caller, patient_id=named)
            if named is None or not is_followed_up(named, municipality_id=caller.municipality_id):
                action = self.of_systems.get(tried(request), Action.SYSTEM_SEND)
                record_system_refusal(action, system=caller, origin=origin_of(request), now=timezone.now())
                raise Refused(code="unknown_patient")
        elif PATIENT in request.query_params and named != caller.patient_id:
            raise Refused(code="unknown_patient")
        self.caller = caller
        known = self.asks.get(request.method or "", frozenset()) | {PATIENT}
        if unknown := sorted(set(request.query_params) - known):
            raise Refused(*(field_error(name, "unknown_field") for name in unknown))

    @property
    def sender(self) -> Machine:
        """Who calls, at the patient. `initial` has let nobody else in."""
        return cast("Machine", self.caller)

    def log(self, action: Action) -> None:
        """A look at what we hold about the patient. What is sent in is none."""
        origin, now = origin_of(self.request), timezone.now()
        if isinstance(self.caller, SystemAtWork):
            record_system_access(self.of_systems[action], system=self.caller, origin=origin, now=now)
        else:
            record_device_access(action, device=cast("DeviceCredential", self.caller), origin=origin, now=now)

    def keep(self, codes: list[str], body: bytes, *, items: int = 1) -> None:
        """Keep refused content; the follow-up service sees it when it happens again and again."""
        path = self.request.path
        keep_refused(credential=self.sender, endpoint=path, codes=codes, body=body, now=timezone.now(), items=items)


def language_of(request: Request) -> str:
    """The language asked for in the address, else by the header. Raises Refused for one that is not spoken here."""
    asked = request.query_params.getlist(IN_LANGUAGE.name)
    if asked:
        if len(asked) > 1 or asked[0] not in FORM_LANGUAGES:
            raise Refused(field_error(IN_LANGUAGE.name, "unknown_language"))
        return asked[0]
    for name, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        spoken = name.partition("-")[0].replace("no", "nb")
        if spoken in FORM_LANGUAGES:
            return spoken
    return FORM_LANGUAGES[0]


def _patient_named(request: Request) -> UUID | None:
    """The id in `?patient=`, if it is one and stands there once."""
    try:
        (named,) = request.query_params.getlist(PATIENT)
        return UUID(named)
    except ValueError:
        return None


def _read_body(request: HttpRequest) -> None:
    """Read it before the transaction opens: a slow sender must not hold one open."""
    try:
        request.body  # noqa: B018 - reading is the point; Django keeps what it read
    except RequestDataTooBig:
        return  # Told by the parser, when we know who sends.


def _sent(request: Request) -> bytes:
    """The raw body; of one that is too large, the part that we keep."""
    try:
        body: bytes = request.body
    except RequestDataTooBig:
        body = request.read(KEPT_BYTES)
    return body


class ReadingsView(CallerView):
    """The readings of the patient."""

    scopes = {"GET": SystemScope.READINGS_READ, "POST": SystemScope.READINGS_WRITE}
    of_systems = {Action.READ_READINGS: Action.SYSTEM_READINGS}
    asks = {"GET": frozenset(READING_QUERY.fields), "HEAD": frozenset(READING_QUERY.fields)}

    @logs(Action.READ_READINGS, Action.SYSTEM_READINGS)
    @extend_schema(
        summary="Hent egne målinger",
        description="Nyeste først, 100 om gangen. Uten farger: det er oppfølgingstjenesten som vurderer.",
        parameters=[FOR_SYSTEMS, ReadingQuerySerializer],
        responses=described({200: ReadingPageSerializer}, 400, 401, 403, 404),
    )
    def get(self, request: Request) -> Response:
        """Newest first, filtered by type and time."""
        query = request.query_params.dict()
        query.pop(PATIENT, None)
        asked = check(READING_QUERY, query)
        types = types_for([])
        if asked["type"] is not None and asked["type"] not in types:
            raise Refused(field_error("type", "unknown_type", accepted=", ".join(types)))
        try:
            readings, following = readings_page(
                self.sender.patient_id, type_id=asked["type"], since=asked["since"], cursor=asked["cursor"]
            )
        except InvalidCursor:
            raise Refused(code="invalid_cursor") from None
        self.log(Action.READ_READINGS)
        return Response({"readings": own_readings(readings, types), "next": following})

    @logs_nothing(INGEST)
    @extend_schema(
        summary="Send én måling",
        description="201 første gang. Sendt på nytt med samme innhold: 200 og samme svar. Annet innhold under samme "
        "id: 409. En måling med et tall som ikke kan stemme, lagres likevel og blir sett av en sykepleier.",
        parameters=[FOR_SYSTEMS],
        request=ReadingSerializer,
        responses=described({201: StoredSerializer, 200: StoredSerializer}, 400, 401, 403, 404, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:
        """One reading."""
        submitted = check(READING, request.data)
        outcome = store_readings(credential=self.sender, submitted=[submitted], now=timezone.now())[0]
        if isinstance(outcome, Refused):
            raise outcome
        return Response(stored(outcome), status=201 if outcome.created else 200)


class BatchView(CallerView):
    """Many readings at once, for a device that has been offline."""

    scopes = {"POST": SystemScope.READINGS_WRITE}

    @logs_nothing(INGEST)
    @extend_schema(
        summary="Send inntil 500 målinger",
        description="Svaret sier hva som skjedde med hver måling, i samme rekkefølge. De som er i orden, er lagret, "
        "også når andre ble avvist. Send bare de avviste på nytt, når de er rettet.",
        parameters=[FOR_SYSTEMS],
        request=BatchSerializer,
        responses=described({200: BatchAnswerSerializer}, 400, 401, 403, 404, 413, 415),
    )
    def post(self, request: Request) -> Response:
        """Up to 500 readings, each answered for itself."""
        items = check(BATCH, request.data)["readings"]
        outcomes = store_readings(credential=self.sender, submitted=check_each(items), now=timezone.now())
        answered = list(zip(items, outcomes, strict=True))
        self.keep_refused([(item, outcome) for item, outcome in answered if isinstance(outcome, Refused)])
        return Response({"results": [item_answer(_id_of(item), outcome) for item, outcome in answered]})

    def keep_refused(self, refused: list[tuple[Any, Refused]]) -> None:
        """Keep the refused readings only, so that they are whole also when the batch is larger than what we keep."""
        if refused:
            codes = [code for _, outcome in refused for code in outcome.codes]
            body = as_json([item for item, _ in refused]).encode("utf-8", "replace")
            self.keep(codes, body, items=len(refused))


def _id_of(item: Any) -> UUID | None:
    """The id that the device gave the item, if it can be read."""
    try:
        return IdField().run_validation(item.get("id")) if isinstance(item, dict) else None
    except ValidationError:
        return None


class ResponsesView(CallerView):
    """Answered questionnaires."""

    scopes = {"POST": SystemScope.READINGS_WRITE}

    @logs_nothing(INGEST)
    @extend_schema(
        summary="Send et besvart skjema",
        description="201 første gang. Sendt på nytt med samme innhold: 200 og samme svar. Annet innhold under samme "
        "id: 409. Et spørsmål med «shown_if» besvares bare når det vises: når det tidligere spørsmålet selv vises og "
        "har ett av svarene. Svar på et skjult spørsmål blir avvist (hidden_item), og det mangler aldri.",
        parameters=[FOR_SYSTEMS],
        request=ResponseSerializer,
        responses=described({201: StoredSerializer, 200: StoredSerializer}, 400, 401, 403, 404, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:
        """One answered questionnaire."""
        submitted = check(RESPONSE, request.data)
        outcome = store_response(credential=self.sender, submitted=submitted, now=timezone.now())
        if isinstance(outcome, Refused):
            raise outcome
        return Response(stored(outcome), status=201 if outcome.created else 200)

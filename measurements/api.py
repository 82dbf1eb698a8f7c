"""What tablets and gateways call. The rules are in the services; here requests become calls and outcomes answers."""

from typing import Any, Final, cast
from uuid import UUID

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import DeviceCredential
from measurements.authentication import IsDevice
from measurements.openapi import described
from measurements.parsers import as_json
from measurements.problems import refused_by
from measurements.queries import InvalidCursor, readings_page, types_for
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
from measurements.services.refused import KEPT_BYTES

# What the device itself got wrong; 401 and 405 are not about the content.
_KEPT_STATUSES: Final = {400, 409, 413, 415}


class DeviceView(APIView):
    """A door for devices only: one transaction, limited to the municipality of the device's patient."""

    permission_classes = [IsDevice]
    http_method_names = ["get", "head", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """One transaction from the look-up of the credential to the answer.

        A refusal has written nothing, so what is kept of it shares the transaction.
        """
        _read_body(request)
        with transaction.atomic():
            return super().dispatch(request, *args, **kwargs)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer with a problem document, and keep what a device sent in vain. A lost database goes on upwards."""
        response = super().handle_exception(exc)
        refused = refused_by(exc)
        if refused and refused.status in _KEPT_STATUSES and self.request.method == "POST":
            self.keep(refused.codes, _sent(self.request))
        return response

    @property
    def device(self) -> DeviceCredential:
        """Who calls. `IsDevice` has let nobody else in."""
        return cast("DeviceCredential", self.request.auth)

    def keep(self, codes: list[str], body: bytes, *, items: int = 1) -> None:
        """Keep refused content; the follow-up service sees it when it happens again and again."""
        path = self.request.path
        keep_refused(credential=self.device, endpoint=path, codes=codes, body=body, now=timezone.now(), items=items)


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


class ReadingsView(DeviceView):
    """The readings of the device's patient."""

    @extend_schema(
        summary="Hent egne målinger",
        description="Nyeste først, 100 om gangen. Uten farger: det er oppfølgingstjenesten som vurderer.",
        parameters=[ReadingQuerySerializer],
        responses=described({200: ReadingPageSerializer}, 400, 401, 403),
    )
    def get(self, request: Request) -> Response:
        """Newest first, filtered by type and time."""
        asked = check(READING_QUERY, request.query_params.dict())
        types = types_for([])
        if asked["type"] is not None and asked["type"] not in types:
            raise Refused(field_error("type", "unknown_type", accepted=", ".join(types)))
        try:
            readings, following = readings_page(
                self.device.patient_id, type_id=asked["type"], since=asked["since"], cursor=asked["cursor"]
            )
        except InvalidCursor:
            raise Refused(code="invalid_cursor") from None
        return Response({"readings": own_readings(readings, types), "next": following})

    @extend_schema(
        summary="Send én måling",
        description="201 første gang. Sendt på nytt med samme innhold: 200 og samme svar. Annet innhold under samme "
        "id: 409. En måling med et tall som ikke kan stemme, lagres likevel og blir sett av en sykepleier.",
        request=ReadingSerializer,
        responses=described({201: StoredSerializer, 200: StoredSerializer}, 400, 401, 403, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:
        """One reading."""
        submitted = check(READING, request.data)
        outcome = store_readings(credential=self.device, submitted=[submitted], now=timezone.now())[0]
        if isinstance(outcome, Refused):
            raise outcome
        return Response(stored(outcome), status=201 if outcome.created else 200)


class BatchView(DeviceView):
    """Many readings at once, for a device that has been offline."""

    @extend_schema(
        summary="Send inntil 500 målinger",
        description="Svaret sier hva som skjedde med hver måling, i samme rekkefølge. De som er i orden, er lagret, "
        "også når andre ble avvist. Send bare de avviste på nytt, når de er rettet.",
        request=BatchSerializer,
        responses=described({200: BatchAnswerSerializer}, 400, 401, 403, 413, 415),
    )
    def post(self, request: Request) -> Response:
        """Up to 500 readings, each answered for itself."""
        items = check(BATCH, request.data)["readings"]
        outcomes = store_readings(credential=self.device, submitted=check_each(items), now=timezone.now())
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


class ResponsesView(DeviceView):
    """Answered questionnaires."""

    @extend_schema(
        summary="Send et besvart skjema",
        description="201 første gang. Sendt på nytt med samme innhold: 200 og samme svar. Annet innhold under samme "
        "id: 409.",
        request=ResponseSerializer,
        responses=described({201: StoredSerializer, 200: StoredSerializer}, 400, 401, 403, 409, 413, 415),
    )
    def post(self, request: Request) -> Response:
        """One answered questionnaire."""
        submitted = check(RESPONSE, request.data)
        outcome = store_response(credential=self.device, submitted=submitted, now=timezone.now())
        if isinstance(outcome, Refused):
            raise outcome
        return Response(stored(outcome), status=201 if outcome.created else 200)

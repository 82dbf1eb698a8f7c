"""RFC 9457 problem documents: every refusal over REST says which field, which code, and what to do."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from measurements.refusals import CODES, FieldError, Refused

CONTENT_TYPE: Final = "application/problem+json"
# An echoed field name may be anything a device thought of.
_LONGEST_NAME: Final = 80

_CODE_OF: Final[dict[type[Exception], str]] = {
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.PermissionDenied: "permission_denied",
    PermissionDenied: "permission_denied",
    exceptions.NotFound: "not_found",
    Http404: "not_found",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.ParseError: "invalid_json",
}


def problem(refused: Refused) -> dict[str, Any]:
    """The problem document of a refusal."""
    _, title, detail = CODES[refused.code]
    return {
        "type": f"/api/v1/#{refused.code}",
        "title": title,
        "status": refused.status,
        "code": refused.code,
        "detail": refused.errors[0].message if len(refused.errors) == 1 else detail,
        "errors": error_list(refused.errors),
    }


def error_list(errors: Iterable[FieldError]) -> list[dict[str, str]]:
    """The field errors as they are sent. A lone surrogate in a field's name cannot be written as UTF-8."""
    return [
        {
            "field": error.field.encode("utf-8", "replace").decode()[:_LONGEST_NAME],
            "code": error.code,
            "message": error.message,
        }
        for error in errors
    ]


def refusal_of(error: exceptions.ValidationError) -> Refused:
    """What the serializer found, as field errors with dotted names."""
    return Refused(*_flattened(error.detail))


def _flattened(detail: Any, path: str = "") -> Iterator[FieldError]:
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flattened(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _flattened(inner, path)
    else:
        yield FieldError(path, detail.code, str(detail))


def refused_by(error: Exception) -> Refused | None:
    """The refusal that this error means; None for what is no refusal, such as a lost database."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, exceptions.ValidationError):
        return refusal_of(error)
    code = next((code for kind, code in _CODE_OF.items() if isinstance(error, kind)), None)
    return Refused(code=code) if code else None


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to what went wrong in a view; None lets it go on upwards."""
    refused = refused_by(error)
    if refused is None:
        return None
    response = Response(problem(refused), status=refused.status, content_type=CONTENT_TYPE)
    if refused.status == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response

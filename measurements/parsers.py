"""Reading JSON without changing a digit, and without letting a strange body become an internal error."""

import json
import re
from typing import Any, Final, Never

from django.core.exceptions import RequestDataTooBig
from rest_framework.parsers import BaseParser

from measurements.refusals import Refused, field_error

MAX_DEPTH: Final = 20
# A JSON number as text (RFC 8259 section 6), for values sent in quotes.
NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Literal(str):
    """A JSON number exactly as it was written. Floats would turn 0.1 into something else and 1e400 into infinity."""

    __slots__ = ()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        # Which of the two was meant cannot be known, and a value must not be guessed.
        names = [name for name, _ in pairs]
        raise Refused(field_error(next(name for name in names if names.count(name) > 1), "duplicate_key"))
    return found


def _refuse(_: str) -> Never:
    raise Refused(code="invalid_json")


_DECODER: Final = json.JSONDecoder(
    parse_float=Literal, parse_int=Literal, parse_constant=_refuse, object_pairs_hook=_unique
)


class ExactJSONParser(BaseParser):
    """JSON in UTF-8, with numbers kept as they were written. Raises Refused for everything else."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The decoded body. Larger than DATA_UPLOAD_MAX_MEMORY_SIZE is `too_large`."""
        try:
            return _DECODER.decode(parser_context["request"].body.decode("utf-8"))
        except RequestDataTooBig:
            raise Refused(code="too_large") from None
        except (ValueError, RecursionError):
            raise Refused(code="invalid_json") from None


def as_json(value: Any, depth: int = 0) -> str:
    """Parsed JSON written again with the same numbers; what lies deeper than anything we accept is cut."""
    if depth > MAX_DEPTH:
        return '"…"'
    if isinstance(value, Literal):
        return str(value)
    if isinstance(value, dict):
        inner = ", ".join(f"{json.dumps(name)}: {as_json(item, depth + 1)}" for name, item in value.items())
        return f"{{{inner}}}"
    if isinstance(value, list):
        return f"[{', '.join(as_json(item, depth + 1) for item in value)}]"
    return json.dumps(value)

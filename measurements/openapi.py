"""The OpenAPI document: what drf-spectacular cannot see by itself, and the same document for the readable page."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiResponse

from measurements.problems import CONTENT_TYPE
from measurements.serializers.answered import ProblemSerializer
from measurements.serializers.received import LARGEST_BATCH

_REFUSALS: Final = {
    400: "Noe i innholdet må rettes. «errors» sier hvilket felt, og hva som må gjøres.",
    401: "Enheten er ukjent eller sperret.",
    403: "Enheten har ikke tilgang hit.",
    404: "Finnes ikke.",
    409: "Id-en er brukt før, med annet innhold.",
    413: "For mye på en gang.",
    415: "Innholdet er ikke JSON.",
}
_PRINTABLE: Final = r"[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]"
_UNAVAILABLE: Final = "Databasen er borte. Send det samme på nytt, med samme id, etter Retry-After sekunder."


def described(answers: dict[int, Any], *refusals: int) -> dict[Any, Any]:
    """The answers of an operation, with its refusals as problem documents. Any operation may answer 503."""
    found: dict[Any, Any] = dict(answers)
    for status in refusals:
        found[status, CONTENT_TYPE] = OpenApiResponse(ProblemSerializer, description=_REFUSALS[status])
    found[503, CONTENT_TYPE] = OpenApiResponse(ProblemSerializer, description=_UNAVAILABLE)
    return found


class StrictSchema(OpenApiSerializerExtension):
    """Says in the document that unknown fields are refused, and how long a batch may be."""

    target_class = "measurements.serializers.fields.StrictSerializer"
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """The ordinary schema, closed."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)  # noqa: SLF001
        schema["additionalProperties"] = False
        if "readings" in schema["properties"]:
            schema["properties"]["readings"] |= {"minItems": 1, "maxItems": LARGEST_BATCH}
        return schema


class TextSchema(OpenApiSerializerFieldExtension):
    """How long a text may be, and that it is no control characters and not only spaces."""

    target_class = "measurements.serializers.fields.TextField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """A string."""
        pattern = rf"^{_PRINTABLE}*$" if self.target.blank else rf"^{_PRINTABLE}*\S{_PRINTABLE}*$"
        return {"type": "string", "maxLength": self.target.max_length, "pattern": pattern}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The whole document. It depends on the code only, so each process makes it once."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form, for the readable page."""

    name: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One address and method, for the readable page."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: list[Field]
    body: str
    answers: list[tuple[str, str, str]]


def operations() -> Iterator[Operation]:
    """Every operation of the document, in its order."""
    for path, methods in document()["paths"].items():
        for method, found in methods.items():
            yield Operation(
                id=found["operationId"],
                method=method.upper(),
                path=path,
                summary=found.get("summary", ""),
                description=found.get("description", ""),
                parameters=[
                    Field(each["name"], _kind(each["schema"]), each.get("required", False), each.get("description", ""))
                    for each in found.get("parameters", [])
                ],
                body=_name(found.get("requestBody", {})),
                answers=[(status, each["description"], _name(each)) for status, each in found["responses"].items()],
            )


def forms() -> Iterator[tuple[str, str, list[Field]]]:
    """Every form of the document: name, description and fields."""
    for name, schema in document()["components"]["schemas"].items():
        needed = schema.get("required", [])
        fields = [
            Field(field, _kind(inner), field in needed, inner.get("description", ""))
            for field, inner in schema.get("properties", {}).items()
        ]
        yield name, schema.get("description", ""), fields


def _name(holder: dict[str, Any]) -> str:
    """The name of the form that a request or an answer carries."""
    content: dict[str, Any] = next(iter(holder.get("content", {}).values()), {})
    reference: str = content.get("schema", {}).get("$ref", "")
    return reference.rpartition("/")[2]


def _kind(schema: dict[str, Any]) -> str:
    """The type of a field in a few words."""
    if "allOf" in schema or "oneOf" in schema:
        return " | ".join(_kind(each) for each in schema.get("allOf", schema.get("oneOf", [])))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if schema.get("type") == "array":
        return f"liste av {_kind(schema['items'])}"
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kind = str(schema.get("type", ""))
    return f"{kind} ({schema['format']})" if "format" in schema else kind

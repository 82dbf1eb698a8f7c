"""The REST interface held against its own document by machine: briefly in a test, at length in script/bench fuzz."""

from collections import Counter

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dho.wsgi import application
from tests.measurements.tablet import BATCH

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def hold(path: str, method: str, *, token: str, examples: int) -> Counter[int]:
    """Good and broken requests to one operation, so many of each kind; how often each status was answered.

    Raises what schemathesis raises: a 5xx, an answer the document does not know, something wrong silently accepted.
    """
    answered: Counter[int] = Counter()
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", application)
    # A batch with a wrong item is answered 200, and the refusal stands in the item's own answer.
    checks = CHECKS if path == BATCH else [*CHECKS, negative_data_rejection]
    for mode in GenerationMode:
        cases = schema[path][method.upper()].as_strategy(generation_mode=mode)
        cases = cases.map(without_patient) if mode is GenerationMode.POSITIVE else cases

        @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=cases)
        def every_case(case):
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=checks)
            answered[answer.status_code] += 1

        every_case()
    return answered


def without_patient(case: schemathesis.Case) -> schemathesis.Case:
    """Only systems name the patient; a made-up one would end every good request of a device at 404."""
    if case.query:
        case.query.pop("patient", None)
    return case

"""The OpenAPI document, its readable page, and the interface held against it by machine."""

import json
import re

import pytest
from django.test import Client

from measurements import openapi
from measurements.refusals import CODES
from tests.factories.accounts import token_of
from tests.measurements.fuzzing import hold

OPERATIONS = {
    ("/api/v1/readings/", "get"): {"200", "400", "401", "403", "404", "503"},
    ("/api/v1/readings/", "post"): {"200", "201", "400", "401", "403", "404", "409", "413", "415", "503"},
    ("/api/v1/readings/batch/", "post"): {"200", "400", "401", "403", "404", "413", "415", "503"},
    ("/api/v1/questionnaire-responses/", "post"): {
        "200",
        "201",
        "400",
        "401",
        "403",
        "404",
        "409",
        "413",
        "415",
        "503",
    },
    ("/api/v1/plan/", "get"): {"200", "400", "401", "403", "404", "503"},
    ("/api/v1/questionnaires/", "get"): {"200", "400", "401", "403", "404", "503"},
}
# Whoever asks for a key has none yet, and gets the answers of the RFC.
OAUTH = {
    ("/api/v1/oauth/device/", "post"): {"200", "400", "401", "413", "429", "503"},
    ("/api/v1/oauth/token/", "post"): {"200", "400", "401", "413", "429", "503"},
}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def document() -> dict:
    return json.loads(json.dumps(openapi.document()))


def test_it_says_every_answer_of_every_operation(document):
    found = {
        (path, method): set(operation["responses"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    assert found == OPERATIONS | OAUTH


def test_every_refusal_is_a_problem_document(document):
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if "/oauth/" in path:
                continue
            for status, answer in operation["responses"].items():
                expected = "application/json" if status.startswith("2") else "application/problem+json"
                assert list(answer["content"]) == [expected]
                assert operation["security"] == [{"enhet": []}]


def test_a_key_is_asked_for_with_a_form_and_without_a_key(document):
    for path, method in OAUTH:
        operation = document["paths"][path][method]
        assert list(operation["requestBody"]["content"]) == [FORM]
        assert "security" not in operation
        assert {
            kind for status, answer in operation["responses"].items() if status != "503" for kind in answer["content"]
        } == {"application/json"}


def test_it_refuses_unknown_fields_and_says_so(document):
    asked = {"AskCodeRequest", "AskTokenRequest"}
    received = [name for name in document["components"]["schemas"] if name.endswith("Request") and name not in asked]
    assert sorted(received) == ["BatchRequest", "InstrumentRequest", "ReadingRequest", "ResponseRequest"]
    assert all(document["components"]["schemas"][name]["additionalProperties"] is False for name in received)
    readings = document["components"]["schemas"]["BatchRequest"]["properties"]["readings"]
    assert (readings["minItems"], readings["maxItems"]) == (1, 500)


def test_it_serves_the_document_without_a_credential(client: Client, db):
    answer = client.get("/api/v1/schema/")
    assert (answer.status_code, answer.json()["openapi"]) == (200, "3.0.3")


def test_the_page_shows_every_operation_form_and_code(client: Client, db, document):
    answer = client.get("/api/v1/")
    assert answer.status_code == 200
    page = answer.content.decode()
    for path, method in OPERATIONS | OAUTH:
        assert f"<code>{method.upper()} {path}</code>" in page
    for name in [*document["components"]["schemas"], *CODES]:
        assert f'id="{name}"' in page
    for unit in ("mm[Hg]", "[degF]", "mg/dL"):
        assert f"<code>{unit}</code>" in page


def test_the_page_fetches_nothing_from_elsewhere_and_has_nothing_inline(client: Client, db):
    page = client.get("/api/v1/").content.decode()
    assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//""", page) == []
    assert re.findall(r"<style|style=|<script(?![^>]*src=)|\son[a-z]+=", page) == []


def test_every_problem_type_leads_to_its_place_on_the_page(client: Client, db):
    problem = client.get("/api/v1/plan/").json()
    assert problem["type"] == "/api/v1/#not_authenticated"
    assert f'id="{problem["code"]}"' in client.get("/api/v1/").content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_pages_can_only_be_read(client: Client, db, method):
    for path in ("/api/v1/", "/api/v1/schema/"):
        assert getattr(client, method)(path).status_code == 405


@pytest.mark.slow
def test_no_generated_request_breaks_the_document(committed_world):
    """Good, broken and odd requests: no 5xx, only documented answers, nothing wrong silently accepted."""
    token = token_of(committed_world.per_tablet)
    for path, method in OPERATIONS | OAUTH:
        assert hold(path, method, token=token, examples=20).total() > 0

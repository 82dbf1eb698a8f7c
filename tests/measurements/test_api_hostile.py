"""Bodies that no tablet sends: every one gets a problem document, none an internal error or a silent yes."""

import gzip

import pytest
import time_machine

from measurements.models import QuestionnaireResponse, Reading, RefusedSubmission
from tests import database
from tests.factories.clock import NOW
from tests.measurements.tablet import BATCH, READINGS, RESPONSES, Tablet, reading

PATHS = [READINGS, BATCH, RESPONSES]
BODIES = {
    "spaces": (b"   ", 400, "invalid_json"),
    "half": (b'{"id": ', 400, "invalid_json"),
    "two": (b"{} {}", 400, "invalid_json"),
    "nan": (b'{"id": NaN}', 400, "invalid_json"),
    "infinity": (b'{"id": -Infinity}', 400, "invalid_json"),
    "single quotes": (b"{'id': 1}", 400, "invalid_json"),
    "trailing comma": (b'{"id": 1,}', 400, "invalid_json"),
    "duplicate key": (b'{"id": 1, "id": 2}', 400, "duplicate_key"),
    "duplicate key inside": (b'{"device": {"model": "a", "model": "b"}}', 400, "duplicate_key"),
    "duplicate surrogate key": (b'{"\\ud800": 1, "\\ud800": 2}', 400, "duplicate_key"),
    "byte order mark": (b"\xef\xbb\xbf{}", 400, "invalid_json"),
    "utf-16": ("{}".encode("utf-16"), 400, "invalid_json"),
    "latin-1": ('{"id": "æ"}'.encode("latin-1"), 400, "invalid_json"),
    "gzip": (gzip.compress(b"{}" * 1000), 400, "invalid_json"),
    "nul": (b"\x00", 400, "invalid_json"),
    "raw control character": (b'{"id": "\x00"}', 400, "invalid_json"),
    "deep lists": (b"[" * 100_000, 400, "invalid_json"),
    "deep objects": (b'{"a":' * 100_000, 400, "invalid_json"),
    "closed deep lists": (b"[" * 100_000 + b"]" * 100_000, 400, "invalid_json"),
    "deep but bearable": (b"[" * 100 + b"]" * 100, 400, "not_an_object"),
    "list": (b"[]", 400, "not_an_object"),
    "number": (b"1", 400, "not_an_object"),
    "text": (b'"spo2"', 400, "not_an_object"),
    "null": (b"null", 400, "null"),
    "form": (b"id=1&type=spo2", 400, "invalid_json"),
    "10 MB": (b'{"id": "' + b"x" * 10_000_000 + b'"}', 413, "too_large"),
}


@pytest.fixture(autouse=True)
def _at_ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tablet(world) -> Tablet:
    return Tablet(world.per_tablet)


@pytest.mark.parametrize("path", PATHS)
def test_it_misses_every_field_of_an_empty_body(tablet, path):
    answer = tablet.post(path, b"")
    assert answer.status_code == 400
    assert {error["code"] for error in answer.json()["errors"]} == {"required"}


def nothing_stored() -> bool:
    database.see_everything()
    return not Reading.objects.exists() and not QuestionnaireResponse.objects.exists()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", BODIES)
def test_it_refuses_and_keeps_a_body_that_is_no_json_object(world, tablet, path, name):
    body, status, code = BODIES[name]
    answer = tablet.post(path, body)
    assert (answer.status_code, answer["Content-Type"], answer.json()["code"]) == (
        status,
        "application/problem+json",
        code,
    )
    assert nothing_stored()
    kept = RefusedSubmission.objects.get()
    assert (kept.patient_id, kept.codes) == (world.per.pk, [code])
    assert kept.body == body[: 64 * 1024].decode("utf-8", "replace")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", ["deep lists", "10 MB", "duplicate key"])
def test_it_reads_nothing_from_those_it_does_not_know(world, path, name):
    assert Tablet(None, token="feil").post(path, BODIES[name][0]).status_code == 401
    database.see_everything()
    assert RefusedSubmission.objects.count() == 0


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "key", ["\x00", "\ud800", "'; DROP TABLE measurements_reading; --", "<script>alert(1)</script>", "a" * 10_000]
)
def test_it_answers_strange_field_names_safely(tablet, path, key):
    answer = tablet.post(path, {key: "x"})
    assert answer.status_code == 400
    shown = key.encode("utf-8", "replace").decode()[:80]
    assert (shown, "unknown_field") in [(error["field"], error["code"]) for error in answer.json()["errors"]]
    assert nothing_stored()


@pytest.mark.parametrize("field", ["id", "type", "value", "unit", "taken_at", "source", "device"])
@pytest.mark.parametrize("value", ["\x00", "\ud800", "=1+1", [], [[]], {}, {"a": {}}, True, "x" * 100_000, "\u202e"])
def test_it_refuses_strange_values_in_every_field(tablet, field, value):
    answer = tablet.post(READINGS, reading(**{field: value}))
    if field == "device" and value == {}:
        assert answer.status_code == 201  # an instrument without model and serial number is allowed
    else:
        assert answer.status_code == 400
        assert {error["field"].split(".")[0] for error in answer.json()["errors"]} == {field}
        assert nothing_stored()


@pytest.mark.parametrize("text", ["\x00", "\ud800", "\x1b[31m"])
def test_it_refuses_text_that_no_column_or_screen_can_hold(tablet, text):
    answer = tablet.post(READINGS, reading(device={"model": text}))
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("device.model", "not_text")]


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "<b>x</b>", "'; DROP TABLE x; --", "🫀", "Ærlig måler"])
def test_it_stores_any_other_text_as_it_is(tablet, text):
    body = reading(device={"model": text, "serial": text})
    assert tablet.post(READINGS, body).status_code == 201
    database.see_everything()
    found = Reading.objects.get()
    assert (found.device_model, found.device_serial) == (text, text)


def test_it_answers_a_batch_of_100_000_without_storing_any(tablet):
    answer = tablet.post(BATCH, b'{"readings": [' + b"{}," * 99_999 + b"{}]}")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_readings")
    assert nothing_stored()


def test_it_keeps_a_deeply_nested_item_of_a_batch_cut_short(tablet):
    answer = tablet.post(BATCH, b'{"readings": [' + b"[" * 200 + b"]" * 200 + b"]}")
    assert [result["code"] for result in answer.json()["results"]] == ["not_an_object"]
    database.see_everything()
    assert RefusedSubmission.objects.get().body == "[" * 21 + '"…"' + "]" * 21


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*"])
def test_it_answers_as_json_only(tablet, accept):
    tablet.headers["Accept"] = accept
    answer = tablet.get(READINGS)
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")

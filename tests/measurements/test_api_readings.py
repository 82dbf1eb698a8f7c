"""POST /api/v1/readings/: one reading, stored exactly, once, or refused with what to do."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client

from accounts.services import revoke_credential
from measurements.enums import Source, Timing
from measurements.models import Reading, RefusedSubmission
from tests import database
from tests.factories.accounts import token_of
from tests.factories.clock import NOW
from tests.measurements.tablet import READINGS, Tablet, blood_pressure, reading


@pytest.fixture(autouse=True)
def _at_ten_o_clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def tablet(world) -> Tablet:
    return Tablet(world.per_tablet)


def stored_reading(body: dict) -> Reading:
    database.see_everything()
    return Reading.objects.get(client_id=body["id"])


def refused() -> list[RefusedSubmission]:
    database.see_everything()
    return list(RefusedSubmission.objects.order_by("received_at"))


def problem_of(answer) -> tuple[int, str, list[tuple[str, str]]]:
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return answer.status_code, problem["code"], [(error["field"], error["code"]) for error in problem["errors"]]


def test_it_stores_a_reading_of_the_tablets_patient(world, tablet):
    body = reading()
    answer = tablet.post(READINGS, body)
    assert (answer.status_code, answer.json()) == (
        201,
        {"id": body["id"], "received_at": "2026-11-18T09:00:00Z", "timing": "ON_TIME"},
    )
    found = stored_reading(body)
    assert (found.municipality_id, found.patient_id, found.submitted_by_device_id, found.submitted_by_user_id) == (
        world.a.pk,
        world.per.pk,
        world.per_tablet.pk,
        None,
    )
    assert (found.type_id, found.value, found.value2, found.sent_value, found.sent_unit) == (
        "spo2",
        Decimal(92),
        None,
        "92",
        "%",
    )
    assert (found.taken_at, found.received_at, found.timing, found.assessed_at) == (
        NOW - timedelta(minutes=30),
        NOW,
        Timing.ON_TIME,
        None,
    )
    assert (found.source, found.device_model, found.device_serial) == (Source.DEVICE, "Nonin 3230", "501234")


def test_it_stores_both_numbers_of_a_panel(tablet):
    body = blood_pressure(values={"diastolic": "82", "systolic": 138.5})
    assert tablet.post(READINGS, body).status_code == 201
    found = stored_reading(body)
    assert (found.value, found.value2, found.sent_value) == (Decimal("138.5"), Decimal(82), "138.5/82")


@pytest.mark.parametrize(
    ("sent", "value", "sent_value"),
    [
        (b"92", Decimal(92), "92"),
        (b'"92"', Decimal(92), "92"),
        (b"91.999999", Decimal("91.999999"), "91.999999"),
        (b"0.1", Decimal("0.1"), "0.1"),
        (b"-0", Decimal(0), "-0"),
        (b"9.2e1", Decimal(92), "9.2e1"),
        # Impossible but well-formed: stored, and judged "cannot be judged" later.
        (b"9999", Decimal(9999), "9999"),
        (b"-5", Decimal(-5), "-5"),
        # What no column can hold is kept as it was sent.
        (b"1e400", None, "1e400"),
        (b'"1e400"', None, "1e400"),
        (b"1e99999999999999999999", None, "1e99999999999999999999"),
        (b"-1000000", None, "-1000000"),
        (b"1" * 5000, None, "1" * 78 + "…"),
    ],
)
def test_it_keeps_every_digit(tablet, sent, value, sent_value):
    body = reading()
    raw = b'{"id": "%s", "type": "spo2", "value": %s, "unit": "%%", "taken_at": "%s"}'
    answer = tablet.post(READINGS, raw % (body["id"].encode(), sent, body["taken_at"].encode()))
    assert answer.status_code == 201
    found = stored_reading(body)
    assert (found.value, found.sent_value) == (value, sent_value)


@pytest.mark.parametrize(
    ("type_id", "value", "unit", "canonical"),
    [
        ("weight", "180", "lb", Decimal("81.646627")),
        ("temperature", "98.6", "[degF]", Decimal(37)),
        ("glucose", "100", "mg/dL", Decimal("5.550745")),
        ("weight", "81.4", " kg ", Decimal("81.4")),
    ],
)
def test_it_converts_accepted_units_and_keeps_what_was_sent(tablet, type_id, value, unit, canonical):
    body = reading(type=type_id, value=value, unit=unit)
    assert tablet.post(READINGS, body).status_code == 201
    found = stored_reading(body)
    assert (found.value, found.sent_value, found.sent_unit) == (canonical, value, unit.strip())


@pytest.mark.parametrize(
    ("changes", "source"),
    [
        ({"source": "PROXY"}, Source.PROXY),
        ({"source": "MANUAL"}, Source.MANUAL),
        ({"source": None}, Source.DEVICE),
        ({"source": None, "device": None}, Source.MANUAL),
    ],
)
def test_it_stores_how_the_value_came_about(tablet, changes, source):
    body = reading(**changes)
    assert tablet.post(READINGS, body).status_code == 201
    assert stored_reading(body).source == source


@pytest.mark.parametrize(
    ("off", "timing"),
    [
        (timedelta(minutes=5), "ON_TIME"),
        (timedelta(minutes=5, seconds=1), "FUTURE"),
        (timedelta(days=365 * 100), "FUTURE"),
        (timedelta(days=-30), "ON_TIME"),
        (timedelta(days=-30, seconds=-1), "OLD"),
        (timedelta(days=-365 * 50), "OLD"),
    ],
)
def test_it_flags_a_strange_clock_and_drops_nothing(tablet, off, timing):
    body = reading(taken_at=(NOW + off).isoformat())
    answer = tablet.post(READINGS, body)
    assert (answer.status_code, answer.json()["timing"]) == (201, timing)
    assert (stored_reading(body).taken_at, stored_reading(body).timing) == (NOW + off, timing)


def test_it_keeps_both_half_past_twos_of_the_autumn_night_apart(tablet):
    first = reading(taken_at="2026-10-25T02:30:00+02:00")
    second = reading(taken_at="2026-10-25T02:30:00+01:00")
    assert [tablet.post(READINGS, body).status_code for body in (first, second)] == [201, 201]
    assert stored_reading(second).taken_at - stored_reading(first).taken_at == timedelta(hours=1)


def test_it_gives_the_same_answer_when_the_same_is_sent_again(tablet):
    body = reading()
    first = tablet.post(READINGS, body)
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        again = tablet.post(READINGS, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    database.see_everything()
    assert Reading.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "92"},
        {"value": "92.00"},
        {"value": "9.2e1"},
        {"taken_at": "2026-11-18T08:30:00Z"},
        {"taken_at": "2026-11-18T08:30:00.000000000Z"},
        {"unit": " %"},
    ],
)
def test_it_takes_the_same_content_written_otherwise_as_the_same(tablet, changes):
    body = reading()
    assert [tablet.post(READINGS, sent).status_code for sent in (body, body | changes)] == [201, 200]


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 91},
        {"value": "92.0000001"},
        {"type": "pulse", "unit": "/min"},
        {"taken_at": "2026-11-18T08:30:01Z"},
        {"source": "MANUAL"},
        {"device": {"model": "Nonin 3230", "serial": "501235"}},
    ],
)
def test_it_refuses_other_content_under_the_same_id_and_keeps_it(world, tablet, changes):
    body = reading()
    tablet.post(READINGS, body)
    assert problem_of(tablet.post(READINGS, body | changes)) == (409, "id_reused", [("id", "id_reused")])
    assert stored_reading(body).value == Decimal(92)
    assert [kept.codes for kept in refused()] == [["id_reused"]]


def test_it_lets_two_patients_use_the_same_id(world, tablet):
    body = reading()
    assert tablet.post(READINGS, body).status_code == 201
    assert Tablet(world.nils_tablet).post(READINGS, body | {"value": 80}).status_code == 201
    database.see_everything()
    found = Reading.objects.filter(client_id=UUID(body["id"])).values_list("municipality_id", "value")
    assert set(found) == {(world.a.pk, Decimal(92)), (world.c.pk, Decimal(80))}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"id": None}, "id", "required"),
        ({"id": "1"}, "id", "not_a_uuid"),
        ({"id": 7}, "id", "not_a_uuid"),
        ({"id": "{3f2b1c00-0000-4000-8000-000000000000}"}, "id", "not_a_uuid"),
        ({"type": None}, "type", "required"),
        ({"type": 5}, "type", "not_text"),
        ({"type": "  "}, "type", "blank"),
        ({"type": "SPO2"}, "type", "unknown_type"),
        ({"type": "x" * 33}, "type", "too_long"),
        ({"value": None}, "value", "required"),
        ({"value": "37,5"}, "value", "decimal_comma"),
        ({"value": "NaN"}, "value", "not_a_number"),
        ({"value": "Infinity"}, "value", "not_a_number"),
        ({"value": "0x5c"}, "value", "not_a_number"),
        ({"value": " 92"}, "value", "not_a_number"),
        ({"value": "٩٢"}, "value", "not_a_number"),
        ({"value": "1_0"}, "value", "not_a_number"),
        ({"value": ""}, "value", "not_a_number"),
        ({"value": True}, "value", "not_a_number"),
        ({"value": [92]}, "value", "not_a_number"),
        ({"value": {"a": 1}}, "value", "not_a_number"),
        ({"values": {"spo2": 92}}, "values", "use_value"),
        ({"unit": None}, "unit", "required"),
        ({"unit": "percent"}, "unit", "unknown_unit"),
        ({"unit": "kg"}, "unit", "unknown_unit"),
        ({"unit": ""}, "unit", "blank"),
        ({"taken_at": None}, "taken_at", "required"),
        ({"taken_at": "2026-11-18T09:30:00"}, "taken_at", "timestamp_needs_offset"),
        ({"taken_at": "2026-11-18"}, "taken_at", "not_a_timestamp"),
        ({"taken_at": "18.11.2026 kl. 9.30"}, "taken_at", "not_a_timestamp"),
        ({"taken_at": "2026-02-30T09:30:00Z"}, "taken_at", "not_a_timestamp"),
        ({"taken_at": "2026-11-18T09:30:00+99:00"}, "taken_at", "not_a_timestamp"),
        ({"taken_at": 1763456400}, "taken_at", "not_a_timestamp"),
        ({"taken_at": "0001-01-01T00:00:00+14:00"}, "taken_at", "not_a_timestamp"),
        ({"taken_at": "0001-01-01T00:00:00Z"}, "taken_at", "timestamp_out_of_range"),
        ({"taken_at": "9999-12-31T23:59:59Z"}, "taken_at", "timestamp_out_of_range"),
        ({"source": "STAFF"}, "source", "unknown_source"),
        ({"source": ["DEVICE"]}, "source", "unknown_source"),
        ({"device": "Nonin"}, "device", "not_an_object"),
        ({"device": {"model": "x" * 81}}, "device.model", "too_long"),
        ({"device": {"modell": "Nonin"}}, "device.modell", "unknown_field"),
        ({"takenat": "2026-11-18T09:30:00Z"}, "takenat", "unknown_field"),
        ({"patient": "3f2b1c00-0000-4000-8000-000000000000"}, "patient", "unknown_field"),
    ],
)
def test_it_refuses_naming_the_field_and_keeps_what_was_sent(world, tablet, changes, field, code):
    body = reading(**changes)
    assert problem_of(tablet.post(READINGS, body)) == (400, code, [(field, code)])
    kept = refused()
    assert [(one.patient_id, one.device_id, one.endpoint, one.codes) for one in kept] == [
        (world.per.pk, world.per_tablet.pk, READINGS, [code])
    ]
    assert Reading.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"values": None}, [("values", "use_values")]),
        ({"values": None, "value": 138}, [("value", "use_values")]),
        ({"value": 138}, [("value", "use_values")]),
        ({"values": {"systolic": 138}}, [("values.diastolic", "required")]),
        (
            {"values": {"systolic": 138, "pulse": 60}},
            [("values.diastolic", "required"), ("values.pulse", "unknown_field")],
        ),
        ({"values": {"systolic": "138,5", "diastolic": 82}}, [("values.systolic", "decimal_comma")]),
        ({"values": {"systolic": "x", "diastolic": []}}, [
            ("values.systolic", "not_a_number"),
            ("values.diastolic", "not_a_number"),
        ]),
        ({"values": [138, 82]}, [("values", "not_an_object")]),
    ],
)  # fmt: skip
def test_it_takes_a_panel_whole_or_not_at_all(tablet, changes, errors):
    code = errors[0][1] if len(errors) == 1 else "several_errors"
    assert problem_of(tablet.post(READINGS, blood_pressure(**changes))) == (400, code, errors)


def test_it_names_every_wrong_field_at_once(tablet):
    answer = tablet.post(READINGS, {"id": "x", "type": "spo2", "value": "9,2", "colour": "RED"})
    status, code, errors = problem_of(answer)
    assert (status, code) == (400, "several_errors")
    assert sorted(errors) == [
        ("colour", "unknown_field"),
        ("id", "not_a_uuid"),
        ("taken_at", "required"),
        ("unit", "required"),
        ("value", "decimal_comma"),
    ]


def test_it_says_what_to_do_in_norwegian(tablet):
    problem = tablet.post(READINGS, reading(unit="kg")).json()
    assert problem == {
        "type": "/api/v1/#unknown_unit",
        "title": "Ukjent enhet",
        "status": 400,
        "code": "unknown_unit",
        "detail": "Bruk en av disse enhetene: %.",
        "errors": [{"field": "unit", "code": "unknown_unit", "message": "Bruk en av disse enhetene: %."}],
    }


def test_it_keeps_the_refused_body_encrypted_and_whole(tablet):
    body = b'{"id": "x", "type": "spo2", "value": 92.50}'
    tablet.post(READINGS, body)
    kept = refused()
    assert [one.body for one in kept] == [body.decode()]
    with database.connection.cursor() as cursor:
        cursor.execute("SELECT body FROM measurements_refusedsubmission")
        assert "spo2" not in cursor.fetchone()[0]


@pytest.mark.parametrize("token", ["", "feil", "dho_340100_" + "0" * 32 + "_hemmelig-tilgang"])
def test_it_refuses_those_it_does_not_know_and_keeps_nothing(world, token):
    answer = Tablet(None, token=token).post(READINGS, reading())
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == ("invalid_token" if token else "not_authenticated")
    assert refused() == []
    assert Reading.objects.count() == 0


def test_it_refuses_a_token_forged_with_another_municipality(world):
    forged = token_of(world.per_tablet).replace(str(world.a.pk), str(world.c.pk))
    answer = Tablet(None, token=forged).post(READINGS, reading())
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert Tablet(world.per_tablet).post(READINGS, reading()).status_code == 201


def test_it_refuses_a_revoked_device_and_says_so(world, tablet):
    revoke_credential(credential=world.per_tablet, by=world.actor(world.kari), now=NOW)
    answer = tablet.post(READINGS, reading())
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")
    database.see_everything()
    assert Reading.objects.count() == 0


def test_it_does_not_take_a_signed_in_person_for_a_device(world, as_kari):
    answer = as_kari.post(READINGS, reading(), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_it_answers_other_methods_with_405(tablet, method):
    answer = getattr(Client(), method)(READINGS, headers=tablet.headers)
    assert problem_of(answer) == (405, "method_not_allowed", [])
    assert answer["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_it_takes_json_only(tablet, content_type):
    answer = tablet.post(READINGS, b'{"id": 1}', content_type=content_type)
    assert problem_of(answer) == (415, "unsupported_media_type", [])
    assert [(one.codes, one.body) for one in refused()] == [(["unsupported_media_type"], '{"id": 1}')]


def test_it_writes_a_reading_with_few_questions_to_the_database(world, tablet, django_assert_num_queries):
    tablet.post(READINGS, reading())
    body = reading(id=str(uuid4()))
    # Savepoint and release are the test's own: in production these two are BEGIN and COMMIT.
    with django_assert_num_queries(4) as asked:
        assert tablet.post(READINGS, body).status_code == 201
    verbs = [query["sql"].split()[0] for query in asked.captured_queries]
    assert verbs == ["SAVEPOINT", "SELECT", "INSERT", "RELEASE"]

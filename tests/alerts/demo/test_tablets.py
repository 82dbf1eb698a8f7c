"""The tablets that the simulator plays."""

from random import Random

import pytest

from accounts.models import DeviceCredential
from accounts.services import identify_device
from alerts.demo.conditions import quantities_of
from alerts.demo.places import TOWNS
from alerts.demo.tablets import answered_form, find_tablets, usual_reading, worse_reading
from dho.lib import rls
from patients.models import Enrolment, Patient


@pytest.fixture
def tablets(demo):
    return find_tablets(now=demo)


def numbers(body) -> dict[str, float]:
    values = body.get("values") or {quantities_of(body["type"])[0]: body["value"]}
    return {code: float(value) for code, value in values.items()}


def test_it_finds_the_tablets_of_those_who_measure(demo, tablets):
    with rls.acting_for(TOWNS):
        on = {tablet.credential_id for tablet in tablets}
        names = set(
            Patient.objects.filter(pk__in=DeviceCredential.objects.filter(pk__in=on).values("patient_id")).values_list(
                "family_name", flat=True
            )
        )
        assert not Enrolment.objects.filter(patient__family_name__in=names, status="ENDED").exists()
    assert {"Aasen", "Bakke", "Utsi"} <= names
    # These have been still, or their equipment fails: the simulator does not wake them.
    assert not names & {"Jensen", "Iversen", "Kvamme", "Moberg", "Fossum", "Grinder"}


def test_it_knows_secrets_that_are_nowhere_stored(demo, tablets):
    with rls.acting_for(TOWNS):
        for tablet in tablets:
            assert identify_device(token=tablet.token, now=demo).pk == tablet.credential_id


def test_it_knows_no_secret_under_another_key(demo, settings):
    settings.SECRET_KEY = "another installation's key"
    assert find_tablets(now=demo) == []


def test_it_keeps_usual_readings_within_the_limits_of_the_plan(demo, tablets):
    rng = Random(1)
    for tablet in tablets * 5:
        for code, value in numbers(usual_reading(tablet, rng, now=demo)).items():
            rule = tablet.limits.get(code)
            if rule:
                assert rule.yellow_low is None or value >= rule.yellow_low
                assert rule.yellow_high is None or value <= rule.yellow_high


def test_it_passes_a_limit_when_something_is_wrong(demo, tablets):
    rng = Random(1)
    found = [(tablet, body) for tablet in tablets if (body := worse_reading(tablet, rng, now=demo))]
    assert len(found) > 10
    for tablet, body in found:
        code, value = next(iter(numbers(body).items()))
        rule = tablet.limits[code]
        low, high = rule.yellow_low, rule.yellow_high
        assert (low is not None and value < low) or (high is not None and value > high)


def test_it_sends_no_bad_reading_for_a_patient_without_a_plan(demo, tablets):
    without = [tablet for tablet in tablets if not tablet.limits]
    assert without
    assert [worse_reading(tablet, Random(1), now=demo) for tablet in without] == [None] * len(without)


def test_it_answers_the_forms_of_the_patient(demo, tablets):
    form = next(form for tablet in tablets if (form := answered_form(tablet, Random(1), now=demo)))
    assert form["version"] == 1
    assert form["answers"]

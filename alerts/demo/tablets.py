"""The demo patients' tablets as the simulator plays them: their tokens, and values that each of them could send."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any, Final
from uuid import UUID, uuid4

from accounts.models import DeviceCredential
from alerts.demo.answers import answers_for
from alerts.demo.clock import local_date
from alerts.demo.conditions import NATURES, quantities_of
from alerts.demo.facts import MODELS, UNITS
from alerts.demo.places import TOWNS
from alerts.demo.seeded import token_of
from careplans.queries.in_force import rulesets_by_patient
from careplans.scoring import Rule, RuleKind
from dho.lib import rls
from dho.lib.numbers import OSLO
from measurements.enums import Source
from measurements.models import QuestionnaireResponse, Reading
from patients.enums import EnrolmentStatus
from patients.models import Enrolment, Pause

_RECENT: Final = timedelta(days=21)
_OFFERED: Final = {EnrolmentStatus.TRIAL, EnrolmentStatus.ACTIVE}


@dataclass(frozen=True)
class Tablet:
    """One tablet: what its patient usually measures and answers, and the limits of the plan in force by quantity."""

    credential_id: UUID
    token: str
    usual: dict[str, tuple[float, ...]]
    forms: tuple[tuple[str, int], ...]
    limits: dict[str, Rule]


def find_tablets(*, now: datetime) -> list[Tablet]:
    """Tablets of enrolled patients whose secret the demo can work out. None where no demo is loaded."""
    with rls.acting_for(TOWNS, actor="demo"):
        today = local_date(now)
        away = Pause.objects.filter(first_day__lte=today, last_day__gte=today).values("enrolment_id")
        enrolled = Enrolment.objects.filter(status__in=_OFFERED).exclude(pk__in=away).values("patient_id")
        credentials = DeviceCredential.objects.filter(patient_id__in=enrolled, revoked_at__isnull=True).order_by("pk")
        tokens = {each: token for each in credentials if (token := token_of(each))}
        patients = [each.patient_id for each in tokens]
        usual, forms = _usual(patients, now - _RECENT), _forms(patients, now - _RECENT)
        versions = rulesets_by_patient(patients, since=now, until=now)
        bands = {
            patient_id: _bands(rule for _, ruleset in found for rule in ruleset.rules)
            for patient_id, found in versions.items()
        }
    return [
        Tablet(each.pk, token, usual[each.patient_id], forms.get(each.patient_id, ()), bands.get(each.patient_id, {}))
        for each, token in tokens.items()
        if each.patient_id in usual
    ]


def usual_reading(tablet: Tablet, rng: Random, *, now: datetime) -> dict[str, Any]:
    """A reading near the patient's usual values, mostly sent by the instrument, now and then typed in."""
    code = rng.choice(sorted(tablet.usual))
    values = [
        _inside(usual + rng.gauss(0, NATURES[quantity].spread / 2), tablet.limits.get(quantity))
        for quantity, usual in zip(quantities_of(code), tablet.usual[code], strict=True)
    ]
    return _reading(code, values, now, typed_in=rng.random() < 0.06)


def worse_reading(tablet: Tablet, rng: Random, *, now: datetime) -> dict[str, Any] | None:
    """A reading beyond a limit of the plan, yellow or red; None where the plan has no such limit."""
    codes = [code for code in sorted(tablet.usual) if quantities_of(code)[0] in tablet.limits]
    if not codes:
        return None
    code = rng.choice(codes)
    quantity = quantities_of(code)[0]
    beyond = _beyond(tablet.limits[quantity], 10 ** -NATURES[quantity].decimals, red=rng.random() < 0.3)
    return _reading(code, [beyond, *tablet.usual[code][1:]], now)


def answered_form(tablet: Tablet, rng: Random, *, now: datetime) -> dict[str, Any] | None:
    """One of the patient's forms, answered as on a usual day."""
    if not tablet.forms:
        return None
    code, version = rng.choice(tablet.forms)
    return {
        "id": str(uuid4()),
        "questionnaire": code,
        "version": version,
        "taken_at": _stamp(now),
        "answers": answers_for(code, rng, steady=True),
    }


def _usual(patients: Sequence[UUID], since: datetime) -> dict[UUID, dict[str, tuple[float, ...]]]:
    """The middle of each patient's recent values, by type."""
    found: dict[UUID, dict[str, list[tuple[float, ...]]]] = defaultdict(lambda: defaultdict(list))
    rows = Reading.objects.filter(patient_id__in=patients, taken_at__gte=since, value__isnull=False)
    for patient_id, code, value, value2 in rows.values_list("patient_id", "type_id", "value", "value2"):
        found[patient_id][code].append(tuple(float(each) for each in (value, value2) if each is not None))
    return {
        patient_id: {code: tuple(median(column) for column in zip(*rows, strict=True)) for code, rows in types.items()}
        for patient_id, types in found.items()
    }


def _forms(patients: Sequence[UUID], since: datetime) -> dict[UUID, tuple[tuple[str, int], ...]]:
    rows = QuestionnaireResponse.objects.filter(patient_id__in=patients, taken_at__gte=since).order_by("patient_id")
    found: dict[UUID, set[tuple[str, int]]] = defaultdict(set)
    for patient_id, code, version in rows.values_list("patient_id", "questionnaire__code", "questionnaire__version"):
        found[patient_id].add((code, version))
    return {patient_id: tuple(sorted(forms)) for patient_id, forms in found.items()}


def _bands(rules: Iterable[Rule]) -> dict[str, Rule]:
    return {rule.quantity: rule for rule in rules if rule.kind == RuleKind.BAND}


def _inside(value: float, rule: Rule | None) -> float:
    """The value, moved to the nearest limit when it lies beyond: chance alone raises no alert."""
    low, high = (rule.yellow_low, rule.yellow_high) if rule else (None, None)
    raised = value if low is None else max(value, float(low))
    return raised if high is None else min(raised, float(high))


def _beyond(rule: Rule, step: float, *, red: bool) -> float:
    """Just beyond the yellow limit, or the red one where there is one: below if the plan has a lower limit."""
    low = rule.red_low if red and rule.red_low is not None else rule.yellow_low
    if low is not None:
        return float(low) - step
    high = rule.red_high if red and rule.red_high is not None else rule.yellow_high
    return float(high or Decimal(0)) + step


def _reading(code: str, values: Sequence[float], now: datetime, *, typed_in: bool = False) -> dict[str, Any]:
    quantities = quantities_of(code)
    numbers = [f"{value:.{NATURES[quantity].decimals}f}" for quantity, value in zip(quantities, values, strict=True)]
    body: dict[str, Any] = {
        "id": str(uuid4()),
        "type": code,
        "unit": UNITS[code],
        "taken_at": _stamp(now),
        "source": str(Source.MANUAL if typed_in else Source.DEVICE),
    }
    if not typed_in:
        body["device"] = {"model": MODELS.get(code, "")}
    many = {"values": dict(zip(quantities, numbers, strict=True))}
    return body | (many if len(numbers) > 1 else {"value": numbers[0]})


def _stamp(now: datetime) -> str:
    return now.astimezone(OSLO).isoformat(timespec="seconds")

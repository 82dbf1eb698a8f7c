"""A tablet as it speaks to the service: over HTTP, with its bearer token."""

import json
from typing import Any
from uuid import uuid4

from django.test import Client

from accounts.models import DeviceCredential
from tests.factories.accounts import token_of

READINGS = "/api/v1/readings/"
BATCH = "/api/v1/readings/batch/"
RESPONSES = "/api/v1/questionnaire-responses/"
AT = "2026-11-18T09:30:00+01:00"


class Tablet:
    """Sends JSON and gets JSON."""

    def __init__(self, device: DeviceCredential | None, *, token: str | None = None) -> None:
        found = token if token is not None else device and token_of(device)
        self.headers = {"Authorization": f"Bearer {found}"} if found else {}

    def post(self, path: str, body: Any, content_type: str = "application/json"):
        """Post an object as JSON, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Client().post(path, data, content_type=content_type, headers=self.headers)

    def get(self, path: str, **query: str):
        """Get with a query string."""
        return Client().get(path, query, headers=self.headers)


def reading(**changes: Any) -> dict[str, Any]:
    """SpO₂ 92 % half an hour ago. A change to None takes the field away."""
    whole = {
        "id": str(uuid4()),
        "type": "spo2",
        "value": 92,
        "unit": "%",
        "taken_at": AT,
        "source": "DEVICE",
        "device": {"model": "Nonin 3230", "serial": "501234"},
    } | changes
    return {name: value for name, value in whole.items() if value is not None}


def blood_pressure(**changes: Any) -> dict[str, Any]:
    """138/82 mmHg half an hour ago."""
    panel = {"type": "blood_pressure", "value": None, "values": {"systolic": 138, "diastolic": 82}, "unit": "mm[Hg]"}
    return reading(**(panel | changes))


COPD_ANSWERS = {
    "breath": "worse",
    "cough": "usual",
    "sputum_amount": "more",
    "sputum_colour": "green",
    "sleep": "usual",
    "day_form": "usual",
}


def response(**changes: Any) -> dict[str, Any]:
    """The COPD form answered half an hour ago: 1 + 1 + 2 points."""
    whole = {
        "id": str(uuid4()),
        "questionnaire": "symptoms_copd",
        "version": 1,
        "taken_at": AT,
        "answers": dict(COPD_ANSWERS),
    } | changes
    return {name: value for name, value in whole.items() if value is not None}

"""Tablets that go on measuring: real requests to the real interface, at the pace of a calm day."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Final

import requests

from alerts.demo.tablets import Tablet, answered_form, usual_reading, worse_reading

log = logging.getLogger(__name__)

_TIMEOUT: Final = (3, 10)
_AWAY_SECONDS: Final = 5.0
_LONGEST_WAIT: Final = 60.0
# Of a thousand sendings, so many are something else than a usual reading.
_WORSE, _FORM, _LOST_ANSWER = 15, 60, 30


@dataclass
class Simulation:
    """Sends for these tablets. `seconds_to_wait` says how long the service has asked us to stay away."""

    base_url: str
    tablets: list[Tablet]
    rng: Random
    clock: Callable[[], datetime]
    session: requests.Session = field(default_factory=requests.Session)
    seconds_to_wait: float = 0.0

    def send_one(self) -> bool:
        """One thing from one tablet; whether it was accepted. Errors of the network or the service are only noted."""
        self.seconds_to_wait = 0.0
        tablet = self.rng.choice(self.tablets)
        path, body = self._something(tablet)
        lost = self.rng.randrange(1000) < _LOST_ANSWER
        accepted = self._post(tablet, path, body)
        if accepted and lost:
            # The answer never reached the tablet, so it sends the same once more.
            accepted = self._post(tablet, path, body)
        return accepted

    def _something(self, tablet: Tablet) -> tuple[str, dict[str, Any]]:
        drawn, now = self.rng.randrange(1000), self.clock()
        if drawn < _WORSE and (worse := worse_reading(tablet, self.rng, now=now)):
            return "readings/", worse
        if drawn < _FORM and (form := answered_form(tablet, self.rng, now=now)):
            return "questionnaire-responses/", form
        return "readings/", usual_reading(tablet, self.rng, now=now)

    def _post(self, tablet: Tablet, path: str, body: dict[str, Any]) -> bool:
        try:
            answer = self.session.post(
                f"{self.base_url}/api/v1/{path}",
                json=body,
                headers={"Authorization": f"Bearer {tablet.token}"},
                timeout=_TIMEOUT,
            )
        except requests.RequestException as error:
            log.warning("%s not sent: %s", body["id"], type(error).__name__)
            self.seconds_to_wait = _AWAY_SECONDS
            return False
        log.info("%s %s", body["id"], answer.status_code)
        if answer.status_code == requests.codes.service_unavailable:
            self.seconds_to_wait = _asked_to_wait(answer)
        elif answer.status_code in {requests.codes.unauthorized, requests.codes.forbidden}:
            # Somebody has revoked this tablet.
            self.tablets.remove(tablet)
        return answer.ok


def _asked_to_wait(answer: requests.Response) -> float:
    asked = answer.headers.get("Retry-After", "")
    return min(float(asked), _LONGEST_WAIT) if asked.isdigit() else _AWAY_SECONDS


def pauses(rng: Random, per_minute: float) -> Callable[[], float]:
    """Seconds to the next sending: never quite even, as many as asked for on average."""
    mean = 60 / per_minute
    return lambda: rng.uniform(0.6, 1.4) * mean


def run(simulation: Simulation, *, count: int | None, pause: Callable[[], float], sleep: Callable[[float], Any]) -> int:
    """Send `count` times, or for ever; how many were accepted. Ends early when no tablet is left."""
    accepted = sent = 0
    while simulation.tablets and (count is None or sent < count):
        accepted += simulation.send_one()
        sent += 1
        if count is None or sent < count:
            sleep(max(pause(), simulation.seconds_to_wait))
    return accepted

"""How the simulated tablets behave towards a service that answers this and that."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from random import Random
from uuid import uuid4

import pytest

from alerts.demo.simulation import Simulation, pauses, run
from alerts.demo.tablets import Tablet

NOW = datetime(2026, 11, 18, 9, 0, tzinfo=UTC)


@dataclass
class Service:
    """A small web server that keeps what it was sent and answers as told, the last answer again and again."""

    answers: list[tuple[int, dict[str, str]]] = field(default_factory=lambda: [(201, {})])
    received: list[tuple[str, str, dict]] = field(default_factory=list)
    url: str = ""


@pytest.fixture
def service() -> Iterator[Service]:
    known = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known.received.append((self.path, self.headers["Authorization"], body))
            status, headers = known.answers.pop(0) if len(known.answers) > 1 else known.answers[0]
            self.send_response(status)
            for name, value in ({"Content-Length": "0"} | headers).items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Quiet."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        known.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield known
        server.shutdown()
        thread.join()


def simulation(service: Service, seed: int = 1) -> Simulation:
    tablet = Tablet(uuid4(), "dho_340100_x_y", {"spo2": (93.0,)}, (("symptoms_copd", 1),), {})
    return Simulation(service.url, [tablet], Random(seed), lambda: NOW)


def go(simulated: Simulation, count: int) -> tuple[int, list[float]]:
    """How many were accepted, and the pauses in between."""
    slept: list[float] = []
    with simulated.session:
        return run(simulated, count=count, pause=lambda: 0.0, sleep=slept.append), slept


def test_it_sends_readings_and_forms_with_the_token_of_the_tablet(service):
    accepted, _ = go(simulation(service), 60)
    assert accepted == 60
    paths = {path for path, _, _ in service.received}
    assert paths == {"/api/v1/readings/", "/api/v1/questionnaire-responses/"}
    assert {token for _, token, _ in service.received} == {"Bearer dho_340100_x_y"}


def test_it_sends_the_same_again_when_the_answer_was_lost(service):
    go(simulation(service), 100)
    ids = [body["id"] for _, _, body in service.received]
    again = [body for _, _, body in service.received if ids.count(body["id"]) == 2]
    assert 1 <= len(again) / 2 <= 12
    assert again[0] == again[1]


def test_it_stays_away_as_long_as_it_is_asked_to(service):
    service.answers = [(503, {"Retry-After": "7"}), (201, {})]
    assert go(simulation(service), 3) == (2, [7.0, 0.0])


def test_it_never_stays_away_longer_than_a_minute(service):
    service.answers = [(503, {"Retry-After": "86400"}), (201, {})]
    assert go(simulation(service), 2) == (1, [60.0])


def test_it_puts_a_revoked_tablet_down(service):
    service.answers = [(403, {})]
    assert go(simulation(service), 5) == (0, [5 * 0.0])
    assert len(service.received) == 1


def test_it_goes_on_when_the_service_is_away():
    away = simulation(Service(url="http://127.0.0.1:9"))
    assert go(away, 2) == (0, [5.0])


def test_it_keeps_the_pace_it_was_given():
    pause = pauses(Random(1), 20)
    drawn = [pause() for _ in range(500)]
    assert 1.8 <= min(drawn) < max(drawn) <= 4.2
    assert sum(drawn) / 500 == pytest.approx(3, abs=0.15)

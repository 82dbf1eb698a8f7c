"""script/bench plan: the doctor's page with four weeks of six measurements, and the count anew after a slider.

Server time as a browser at the same machine sees it, beside a page of ours that asks the database nothing, in one run.
The coordinator's board is measured last, as `script/bench board` does it.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

from bench.lab import MUNICIPALITY, Lab, Result, django_here, goal, keep_alive
from bench.queue import repeat

DAYS = 28
LIMITS = [
    {"kind": "BAND", "quantity": "spo2", "red_low": Decimal(86), "yellow_low": Decimal(88)},
    {"kind": "BAND", "quantity": "pulse", "yellow_high": Decimal(100), "red_high": Decimal(120)},
    {"kind": "REPEATED", "quantity": "pulse", "yellow_high": Decimal(90), "n": 3, "m": 5},
    {"kind": "BAND", "quantity": "systolic", "yellow_high": Decimal(150), "red_high": Decimal(180)},
    {"kind": "BAND", "quantity": "diastolic", "yellow_high": Decimal(95), "red_high": Decimal(110)},
    {"kind": "CHANGE", "quantity": "weight", "yellow_high": Decimal("1.5"), "red_high": Decimal(2), "window_hours": 72},
    {"kind": "SHARE", "quantity": "weight", "yellow_low": Decimal(95), "red_low": Decimal(90), "baseline": Decimal(80)},
    {"kind": "BAND", "quantity": "temperature", "yellow_high": Decimal("37.7"), "red_high": Decimal("37.9")},
    {"kind": "BAND", "quantity": "respiration_rate", "yellow_high": Decimal(20), "red_high": Decimal(24)},
]  # fmt: skip
# What each measurement is on day n; the blood pressure has its second number.
VALUES = {
    "spo2": lambda n: 86 + n % 8,
    "pulse": lambda n: 70 + n * 7 % 40,
    "blood_pressure": lambda n: 130 + n % 30,
    "weight": lambda n: Decimal(800 + n % 20) / 10,
    "temperature": lambda n: Decimal(366 + n % 14) / 10,
    "respiration_rate": lambda n: 14 + n % 9,
}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with Lab("plan") as lab:
        lab.migrate()
        django_here(lab)
        version, limit = make_proposal()
        port = lab.web()
        measure(lab, port, version, limit, options.requests)
        lab.end_all()
    # A process of its own: Django keeps the servers that it was set up with.
    subprocess.run([sys.executable, "-m", "bench.board", f"--requests={options.requests}"], check=True)


def make_proposal() -> tuple[str, str]:
    """A patient with an approved plan, four weeks of readings, and a proposal; its id, and the name of one limit."""
    from accounts.enums import Role  # noqa: PLC0415 - needs Django
    from accounts.models import DeviceCredential, User  # noqa: PLC0415
    from bench.people import make_patients, make_service_with_nurse  # noqa: PLC0415
    from dho.lib import rls  # noqa: PLC0415
    from organisations.models import GpPractice  # noqa: PLC0415
    from tests.factories.accounts import make_membership  # noqa: PLC0415
    from tests.factories.careplans import add_schedule, approve, make_draft, propose  # noqa: PLC0415
    from tests.factories.measurements import make_reading  # noqa: PLC0415
    from tests.factories.organisations import make_agreement  # noqa: PLC0415

    service, nurse = make_service_with_nurse()
    patient = make_patients(1, service, nurse)[0]
    now = datetime.now(UTC)
    with rls.acting_for([MUNICIPALITY]):
        gp = User.objects.get(username=f"{service.name}-gp")
        practice = GpPractice.objects.create(name="Bench legesenter", located_in_id=MUNICIPALITY)
        make_agreement(None, MUNICIPALITY, practice=practice)
        make_membership(gp, Role.GP, practice=practice)
        device = DeviceCredential.objects.get(patient_id=patient.pk)
        for day in range(1, DAYS + 1):
            for code, value in VALUES.items():
                at = now - timedelta(days=day)
                make_reading(device, code, value(day), value2=80 if code == "blood_pressure" else None, at=at)
        start = now - timedelta(days=DAYS + 1)
        old = make_draft(patient, nurse, limits=LIMITS, now=start)
        add_schedule(old)
        approve(old, gp, now=start)
        new = make_draft(patient, nurse, limits=LIMITS, now=now)
        add_schedule(new)
        new.thresholds.filter(quantity="spo2").update(yellow_low=90)
        new.thresholds.filter(quantity="weight", kind="CHANGE").update(yellow_high=1)
        limit = new.thresholds.get(quantity="spo2")
        return str(propose(new, now=now).pk), f"limit-{limit.pk}-yellow_low"


def measure(lab: Lab, port: int, version: str, limit: str, requests: int) -> None:
    """The page, the count after each move of a slider, and the bare page, one client at a time."""
    master = lab.processes[-1].pid
    cookie, path = sign_in(), f"/planer/{version}/"
    with keep_alive(port) as connection:
        connection.request("GET", path, headers={"Cookie": cookie})
        page = connection.getresponse().read().decode()
    opened = re.search(r'name="opened" value="([^"]+)"', page)[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    used = [cpu_seconds(master)]
    shown = repeat(port, path, requests, {"Cookie": cookie})
    used.append(cpu_seconds(master))
    moved = slide(port, f"{path}tell/", requests, cookie, {"opened": opened, "csrfmiddlewaretoken": token}, limit)
    used.append(cpu_seconds(master))
    floor = repeat(port, "/tilgjengelighet/", requests, {})
    print(f"the doctor's page: {DAYS} days x {len(VALUES)} measurements, {len(page) // 1000} kB, {words(page)} words")
    print(f"  page                {shown}")
    print(f"  count after a move  {moved}")
    print(f"  a page without a question to the database, for comparison  {floor}")
    of_page, of_count = (1000 * (after - before) / requests for before, after in pairwise(used))
    print(f"  processor time of the server, ms a request: page {of_page:.0f}, count {of_count:.0f}")
    goal("approval page, p95 in ms", shown.percentile(0.95), 300, at_least=False)
    goal("count after a slider, p95 in ms", moved.percentile(0.95), 100, at_least=False)
    print(f"  ratio to the bare page at p50: page {shown.percentile(0.5) / floor.percentile(0.5):.1f},", end=" ")
    print(f"count {moved.percentile(0.5) / floor.percentile(0.5):.1f}")


def cpu_seconds(master: int) -> float:
    """What gunicorn's workers have used so far. On a machine that others work on too, it tells more than the clock."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    ticks = [Path(f"/proc/{child}/stat").read_text().rsplit(")", 1)[1].split()[11:13] for child in children]
    return sum(int(each) for pair in ticks for each in pair) / os.sysconf("SC_CLK_TCK")


def words(page: str) -> int:
    """What the doctor reads before answering: no figure of a curve, and nothing that is folded away."""
    read = re.search(r"<main.*</main>", page, re.DOTALL)[0]
    for unread in (r"<svg.*?</svg>", r"<details.*?</details>", r"<legend.*?</legend>", r"<[^>]*>"):
        read = re.sub(unread, " ", read, flags=re.DOTALL)
    return len(re.findall(r"[^\W_]+(?:[.,:–][^\W_]+)*", read))


def slide(port: int, path: str, requests: int, cookie: str, fields: dict[str, str], limit: str) -> Result:
    """The slider moved again and again, to a new place each time."""
    found = []
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    with keep_alive(port) as connection:
        begin = time.monotonic()
        for number in range(requests):
            body = urlencode(fields | {limit: str(87 + number % 10)})
            sent = time.monotonic()
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            found.append(time.monotonic() - sent)
    return Result(found, time.monotonic() - begin)


def sign_in() -> str:
    """The session of the doctor, as after password and one-time code, and the cookie against forged requests."""
    from django.middleware.csrf import _get_new_csrf_string  # noqa: PLC0415 - needs Django
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from tests.factories.accounts import let_in  # noqa: PLC0415

    doctor = let_in(Client(), User.objects.get(username="bench-gp"))
    return f"sessionid={doctor.cookies['sessionid'].value}; csrftoken={_get_new_csrf_string()}"


if __name__ == "__main__":
    main()

"""script/bench queue: a nurse's page of 50 rows with 1 and with 10 million readings, and an unchanged poll."""

import argparse
import re
import time

from bench.lab import MUNICIPALITY, Lab, Result, django_here, goal, keep_alive

ROWS = 50
# Built anew after filling: a hundred bytes a row are sorted faster than inserted one by one.
INDEXES = {
    "reading_by_patient": "CREATE INDEX reading_by_patient ON measurements_reading (patient_id, type_id, taken_at)",
}
UNIQUE = {
    "reading_once_per_client_id": "UNIQUE (patient_id, client_id)",
}
READINGS = """
    INSERT INTO measurements_reading (id, municipality_id, patient_id, type_id, client_id, value, sent_value, sent_unit,
        taken_at, received_at, timing, source, device_model, device_serial, submitted_by_device_id, assessed_at)
    SELECT gen_random_uuid(), {municipality}, d.patient_id, 'spo2', gen_random_uuid(), 88 + (n * 7 + 3) % 10, '92', '%',
        now() - n * interval '5 hours', now() - n * interval '5 hours', 'ON_TIME', 'DEVICE', '', '', d.id, now()
    FROM accounts_devicecredential d CROSS JOIN generate_series({first}, {last}) n
"""


def main() -> None:
    """Print the figures for each size of the readings table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=20_000)
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 10])
    parser.add_argument("--requests", type=int, default=200)
    options = parser.parse_args()
    with Lab("queue") as lab:
        lab.migrate()
        django_here(lab)
        begin = time.monotonic()
        make_tenant(options.patients)
        print(f"{options.patients} patients with approved plans made in {time.monotonic() - begin:.0f} s", flush=True)
        pages: dict[int, Result] = {}
        filled = 0
        for millions in options.millions:
            wanted = millions * 1_000_000 // options.patients
            fill(lab, filled + 1, wanted)
            filled = wanted
            port = lab.web()
            pages[millions] = measure(lab, port, options.requests, millions)
            lab.end_all()
        first, last = options.millions[0], options.millions[-1]
        if first != last:
            ratio = pages[last].percentile(0.95) / pages[first].percentile(0.95)
            goal(f"page p95 with {last} million readings / with {first} million", ratio, 1.25, at_least=False)


def make_tenant(patients: int) -> None:
    """The patients of one service, 50 of them with an open alert; the nurse `bench-nurse` works there."""
    from django.utils import timezone  # noqa: PLC0415

    from accounts.models import DeviceCredential  # noqa: PLC0415
    from alerts.services import assess_patient  # noqa: PLC0415 - needs Django
    from bench.people import make_patients, make_service_with_nurse  # noqa: PLC0415
    from dho.lib import rls  # noqa: PLC0415
    from tests.factories.measurements import make_reading  # noqa: PLC0415

    service, nurse = make_service_with_nurse()
    made = make_patients(patients, service, nurse)
    now = timezone.now()
    for number, patient in enumerate(made[:ROWS]):
        with rls.acting_for([MUNICIPALITY]):
            make_reading(DeviceCredential.objects.get(patient_id=patient.pk), "spo2", 80 + number % 8, at=now)
        assess_patient(patient_id=patient.pk, municipality_id=MUNICIPALITY, now=now, wait=True)


def fill(lab: Lab, first: int, last: int) -> None:
    """Readings number `first` to `last` of every patient, five hours apart."""
    begin = time.monotonic()
    drops = [f"DROP INDEX {name}" for name in INDEXES]
    drops += [f"ALTER TABLE measurements_reading DROP CONSTRAINT {name}" for name in UNIQUE]
    # As replica no foreign key is checked row by row; what is inserted is right by construction.
    insert = READINGS.format(municipality=MUNICIPALITY, first=first, last=last)
    lab.as_superuser(f"SET session_replication_role = replica; {'; '.join(drops)}; {insert}")
    adds = [f"ALTER TABLE measurements_reading ADD CONSTRAINT {name} {what}" for name, what in UNIQUE.items()]
    lab.as_superuser("SET maintenance_work_mem = '1GB'; " + "; ".join([*INDEXES.values(), *adds]))
    # The aftermath of filling is not what is measured: without this, autovacuum goes through it during the requests.
    for command in ("VACUUM (ANALYZE)", "CHECKPOINT"):
        lab.as_superuser(command)
    print(f"filled to {last} readings a patient in {time.monotonic() - begin:.0f} s", flush=True)


def measure(lab: Lab, port: int, requests: int, millions: int) -> Result:
    """The queue page, its list, and the unchanged poll, one client at a time."""
    cookie = sign_in()
    page = repeat(port, "/arbeidsko/", requests, {"Cookie": cookie})
    with keep_alive(port) as connection:
        connection.request("GET", "/arbeidsko/liste/", headers={"Cookie": cookie})
        answer = connection.getresponse()
        rows = len(re.findall(rb'<tr id="r-', answer.read()))
    unchanged = poll(port, requests, cookie)
    floor = repeat(port, "/tilgjengelighet/", requests, {})
    print(f"{millions} million readings, {rows} rows")
    print(f"  page            {page}")
    print(f"  unchanged poll  {unchanged}")
    print(f"  a page without a question to the database, for comparison  {floor}")
    goal("page of 50 rows, p95 in ms", page.percentile(0.95), 100, at_least=False)
    goal("unchanged poll, p50 in ms", unchanged.percentile(0.5), 5, at_least=False)
    goal("unchanged poll, p95 in ms", unchanged.percentile(0.95), 5, at_least=False)
    return page


def repeat(port: int, path: str, requests: int, headers: dict[str, str]) -> Result:
    """The latencies of one client asking again and again."""
    found = []
    with keep_alive(port) as connection:
        begin = time.monotonic()
        for _ in range(requests):
            sent = time.monotonic()
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            found.append(time.monotonic() - sent)
    return Result(found, time.monotonic() - begin)


def poll(port: int, requests: int, cookie: str) -> Result:
    """Polls that are answered 304; the one in a minute that is not is left out, and counted."""
    found, etag = [], ""
    with keep_alive(port) as connection:
        begin = time.monotonic()
        while len(found) < requests:
            sent = time.monotonic()
            connection.request("GET", "/arbeidsko/liste/", headers={"Cookie": cookie, "If-None-Match": etag})
            answer = connection.getresponse()
            answer.read()
            if answer.status == 304:
                found.append(time.monotonic() - sent)
            etag = answer.headers["ETag"]
    return Result(found, time.monotonic() - begin)


def sign_in() -> str:
    """The session cookie of the nurse, as after password and one-time code."""
    from django.test import Client  # noqa: PLC0415 - needs Django

    from accounts.models import User  # noqa: PLC0415
    from tests.factories.accounts import let_in  # noqa: PLC0415

    nurse = let_in(Client(), User.objects.get(username="bench-nurse"))
    return f"sessionid={nurse.cookies['sessionid'].value}"


if __name__ == "__main__":
    main()

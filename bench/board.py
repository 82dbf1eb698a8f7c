"""script/bench board: the board of 2 000 courses, and one step of it, beside a bare page in the same run."""

import argparse
import time

from bench.lab import Lab, django_here, goal
from bench.queue import repeat, sign_in

# As replica no trigger asks for the steps: what is inserted is right by construction.
SPREAD = """
    SET session_replication_role = replica;
    UPDATE patients_enrolment e SET
        status = CASE n.n % 4 WHEN 0 THEN 'START_UP' WHEN 1 THEN 'TRIAL' ELSE 'ACTIVE' END,
        allocated_on = current_date - 40,
        started_on = CASE WHEN n.n % 4 = 0 THEN NULL ELSE current_date - (n.n % 30)::int END,
        trial_ends_on = CASE WHEN n.n % 4 = 1 THEN current_date - (n.n % 30)::int + 21 END,
        next_evaluation_on = CASE WHEN n.n % 4 > 1 THEN current_date - 10 + (n.n % 90)::int END
    FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM patients_enrolment) n WHERE n.id = e.id;
    INSERT INTO careplans_casetask (id, municipality_id, patient_id, enrolment_id, kind, title, due_on, role, ticked,
        note, created_at)
    SELECT gen_random_uuid(), e.municipality_id, e.patient_id, e.id, k.kind, '', current_date - 5 + k.days, 'NURSE',
        '{}', '', now()
    FROM patients_enrolment e
    CROSS JOIN (VALUES ('HOME_VISIT', 20), ('TRAINING', 40), ('DOCUMENT', 60)) k (kind, days);
"""


def main() -> None:
    """Print the figures of the whole board, of one step, and of a page that asks the database nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--courses", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=100)
    options = parser.parse_args()
    with Lab("board") as lab:
        lab.migrate()
        django_here(lab)
        begin = time.monotonic()
        make_courses(lab, options.courses)
        print(f"{options.courses} courses with three tasks each made in {time.monotonic() - begin:.0f} s", flush=True)
        port = lab.web()
        measure(port, options.requests)
        lab.end_all()


def make_courses(lab: Lab, count: int) -> None:
    """Spread over the steps, some of them late."""
    from bench.people import make_patients, make_service_with_nurse  # noqa: PLC0415 - needs Django

    service, nurse = make_service_with_nurse()
    make_patients(count, service, nurse)
    lab.as_superuser(SPREAD)
    lab.as_superuser("VACUUM (ANALYZE)")


def measure(port: int, requests: int) -> None:
    """One client at a time, as the nurse."""
    cookie = {"Cookie": sign_in()}
    whole = repeat(port, "/forlop/", requests, cookie)
    step = repeat(port, "/forlop/?steg=drift", requests, cookie)
    floor = repeat(port, "/tilgjengelighet/", requests, {})
    print(f"  the board       {whole}")
    print(f"  one step        {step}")
    print(f"  a page without a question to the database, for comparison  {floor}")
    goal("board, p95 in ms", whole.percentile(0.95), 100, at_least=False)
    goal("one step, p95 in ms", step.percentile(0.95), 100, at_least=False)


if __name__ == "__main__":
    main()

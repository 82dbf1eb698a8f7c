"""Many patients with approved plans and tablets, made with set-based SQL so that large numbers take seconds."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction

from accounts.enums import Role
from accounts.models import DeviceCredential, User
from bench.lab import MUNICIPALITY
from careplans.models import PlanVersion
from dho.lib import rls
from organisations.enums import ServiceKind
from organisations.models import FollowUpService
from patients.models import Patient
from tests.factories.accounts import make_membership, make_user
from tests.factories.careplans import approve, make_draft
from tests.factories.organisations import make_service
from tests.factories.patients import make_enrolment, make_patient

SECRET = "bench-secret"
PIECE = 1000
LIMITS = [
    {"kind": "BAND", "quantity": "spo2", "red_low": Decimal(86), "yellow_low": Decimal(88)},
    {"kind": "BAND", "quantity": "pulse", "yellow_low": Decimal(50), "yellow_high": Decimal(100)},
]
# One patient is made by the ordinary code, with plan and limits; the others are copies with new keys.
COPY = """
    INSERT INTO {table} ({columns})
    SELECT {values} FROM {table} t CROSS JOIN bench_copy c WHERE {where}
"""


def make_service_with_nurse(name: str = "bench") -> tuple[FollowUpService, User]:
    """A service in MUNICIPALITY and its nurse."""
    with rls.acting_for([MUNICIPALITY]):
        service = make_service(name, owner=MUNICIPALITY, kind=ServiceKind.OWN_UNIT)
        nurse = make_user(f"{name}-nurse", "Bench", "Nurse")
        make_membership(nurse, Role.NURSE, service=service)
    return service, nurse


def make_patients(count: int, service: FollowUpService, nurse: User) -> list[Patient]:
    """`count` patients enrolled at the service, each with an approved plan and a tablet whose secret is SECRET."""
    long_ago = datetime.now(UTC) - timedelta(days=400)
    with rls.acting_for([MUNICIPALITY]):
        gp = make_user(f"{service.name}-gp", "Bench", "Doctor", hpr_number="1234567")
        first = make_patient(MUNICIPALITY, "Bench", "Pasient 00000", gp=gp)
        make_enrolment(first, service, started_on=long_ago.date())
        approve(make_draft(first, nurse, limits=LIMITS, now=long_ago), gp, now=long_ago)
        DeviceCredential.objects.create(
            municipality_id=MUNICIPALITY,
            patient_id=first.pk,
            label="Nettbrett",
            secret_hash=DeviceCredential.hash_secret(SECRET),
            issued_at=long_ago,
            issued_by=nurse,
        )
    # In pieces: one huge transaction of new rows gets slower with every row that its triggers look up.
    for number in range(1, count, PIECE):
        _multiply(first, number, min(number + PIECE, count) - 1)
    with rls.acting_for([MUNICIPALITY]):
        return list(Patient.objects.filter(enrolments__service=service).order_by("family_name"))


def _multiply(first: Patient, start: int, end: int) -> None:
    """Copy the patient and everything below it, once for each number from `start` to `end`."""
    with rls.acting_for([MUNICIPALITY]):
        version = PlanVersion.objects.get(patient=first)
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE bench_copy ON COMMIT DROP AS SELECT n, gen_random_uuid() AS patient, "
                "gen_random_uuid() AS plan, gen_random_uuid() AS version FROM generate_series(%s, %s) n",
                [start, end],
            )
            patient = {
                "id": "c.patient",
                "family_name": "'Pasient ' || lpad(c.n::text, 5, '0')",
                "national_id_index": "md5(c.n::text)",
            }
            _copy(cursor, "patients_patient", patient, first.pk, "id")
            below = {"id": "gen_random_uuid()", "patient_id": "c.patient"}
            _copy(cursor, "patients_enrolment", below, first.pk, "patient_id")
            _copy(cursor, "accounts_devicecredential", below, first.pk, "patient_id")
            _copy(cursor, "careplans_plan", {"id": "c.plan", "patient_id": "c.patient"}, first.pk, "patient_id")
            of_version = {"id": "c.version", "plan_id": "c.plan", "patient_id": "c.patient"}
            moments = {
                "status": "'DRAFT'",
                "sent_at": "NULL",
                "sent_by_id": "NULL",
                "approved_at": "NULL",
                "approved_by_id": "NULL",
                "valid_until": "NULL",
            }
            _copy(cursor, "careplans_planversion", of_version | moments, version.pk, "id")
            _copy(
                cursor,
                "careplans_threshold",
                {"id": "gen_random_uuid()", "version_id": "c.version"},
                version.pk,
                "version_id",
            )
            _copy(
                cursor,
                "careplans_measure",
                {"id": "gen_random_uuid()", "version_id": "c.version"},
                version.pk,
                "version_id",
            )
            _copy(
                cursor,
                "careplans_approval",
                {"id": "gen_random_uuid()", "version_id": "c.version"},
                version.pk,
                "version_id",
            )
        drafts = PlanVersion.objects.filter(status="DRAFT")
        drafts.update(status="PROPOSED", sent_at=version.sent_at, sent_by=version.sent_by_id)
        PlanVersion.objects.filter(status="PROPOSED").update(
            status="APPROVED",
            approved_at=version.approved_at,
            approved_by=version.approved_by_id,
            valid_until=version.valid_until,
        )


def _copy(cursor, table: str, changed: dict[str, str], key, where: str) -> None:
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'", [table]
    )
    columns = [name for (name,) in cursor.fetchall()]
    values = ", ".join(changed.get(name, f't."{name}"') for name in columns)
    quoted = ", ".join(f'"{name}"' for name in columns)
    cursor.execute(COPY.format(table=table, columns=quoted, values=values, where=f"t.{where} = %s"), [key])


def tokens_of(patients: list[Patient]) -> list[str]:
    """The bearer tokens of the patients' tablets, in the order of the patients."""
    with rls.acting_for([MUNICIPALITY]):
        devices = DeviceCredential.objects.filter(patient_id__in=[patient.pk for patient in patients])
        found = {device.patient_id: f"dho_{MUNICIPALITY}_{device.pk.hex}_{SECRET}" for device in devices}
        return [found[patient.pk] for patient in patients]


def count(sql: str, *parameters: object) -> int:
    """The one number of a query, as the runtime role that sees the bench's municipality."""
    with transaction.atomic():
        rls.limit_to([MUNICIPALITY])
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.fetchone()[0])

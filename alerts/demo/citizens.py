"""The patients and the relative of the demo who sign in with ID-porten, on the stand-in that `script/server` starts."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from accounts.models import User
from alerts.demo.clock import local_date
from alerts.demo.places import TOWNS
from alerts.demo.seeded import rng_for, uuid_at
from dho.lib import rls
from dho.lib.encryption import blind_index
from dho.lib.national_id import make_synthetic
from patients.enums import GIVEN_TO_RELATIVES, Consent
from patients.models import Patient, RelativeAuthority

HIGH: Final = "idporten-loa-high"
SUBSTANTIAL: Final = "idporten-loa-substantial"
_FOR: Final = timedelta(days=20)
_MORE: Final = timedelta(days=160)


@dataclass(frozen=True)
class OwnLogin:
    """A patient of the cast under the name that is chosen on the stand-in's page."""

    name: str
    given: str
    family: str


PATIENTS: Final = (OwnLogin("kari-aasen", "Kari", "Aasen"), OwnLogin("solveig-eide", "Solveig", "Eide"))
# Her mother has asked for help, and the nurse has registered it.
RELATIVE: Final = OwnLogin("silje-jensen", "Silje", "Jensen")
_HELPED: Final = OwnLogin("", "Ruth", "Jensen")


def relatives_id() -> str:
    """A synthetic number that stays the same, so that the stand-in can tell it too."""
    return make_synthetic(date(1975, 5, 17), rng_for(0, "national id", RELATIVE.name)).value


def give_authority(*, now: datetime) -> None:
    """The relative's authority, also in a demo loaded by an older version."""
    helped = _patient(_HELPED)
    index = blind_index(relatives_id())
    if helped is None or RelativeAuthority.objects.filter(patient=helped, national_id_index=index).exists():
        return
    RelativeAuthority.objects.create(
        id=uuid_at(rng_for(0, "authority", RELATIVE.name), now - _FOR),
        municipality_id=helped.municipality_id,
        patient=helped,
        name=f"{RELATIVE.given} {RELATIVE.family}",
        relation="datter",
        national_id_index=index,
        scopes=list(GIVEN_TO_RELATIVES),
        valid_from=local_date(now - _FOR),
        valid_until=local_date(now + _MORE),
        given_at=now - _FOR,
        given_by=User.objects.get(username="ida"),
        consent=Consent.WRITTEN,
    )


def claims() -> list[dict[str, Any]]:
    """What the stand-in says of each, and of one who signs in too weakly."""
    with rls.acting_for(TOWNS, actor="demo"):
        known = [(each, _patient(each)) for each in PATIENTS]
    found = [_claims(each.name, patient.national_id, HIGH) for each, patient in known if patient]
    first, patient = known[0]
    weak = [_claims(f"{first.name}-mellomniva", patient.national_id, SUBSTANTIAL)] if patient else []
    return [*found, _claims(RELATIVE.name, relatives_id(), HIGH), *weak]


def logins() -> list[tuple[str, str]]:
    """Each name of the stand-in's page with who that is."""
    with rls.acting_for(TOWNS, actor="demo"):
        here = [each for each in PATIENTS if _patient(each)]
        helps = _patient(_HELPED) is not None
    rows = [(each.name, f"{each.given} {each.family}, patient") for each in here]
    return rows + [(RELATIVE.name, f"daughter of {_HELPED.given} {_HELPED.family}")] * helps


def _patient(login: OwnLogin) -> Patient | None:
    return Patient.objects.filter(given_name=login.given, family_name=login.family).order_by("pk").first()


def _claims(sub: str, pid: str, acr: str) -> dict[str, Any]:
    return {"sub": sub, "pid": pid, "acr": acr}

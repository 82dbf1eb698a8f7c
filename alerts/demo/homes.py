"""Where the people of the demo live: made-up streets, and two of the staff who are somebody's neighbours."""

from datetime import datetime
from typing import Final

from accounts.models import User
from alerts.demo.places import EIDSKOG, GRUE, KONGSVINGER, SOR_ODAL, STAVANGER
from alerts.demo.seeded import rng_for, uuid_at
from dho.lib.addresses import NOWHERE, AddressIndexes, indexes_of
from patients.models import HomeAddress, Patient

# Postal code and place of each town; the streets are nobody's.
_TOWNS: Final = {
    KONGSVINGER: ("2211", "Kongsvinger"),
    SOR_ODAL: ("2100", "Skarnes"),
    EIDSKOG: ("2230", "Skotterud"),
    GRUE: ("2260", "Kirkenær"),
    STAVANGER: ("4014", "Stavanger"),
}
_STREETS: Final = ("Eksempelveien", "Prøvegata", "Tenkt vei", "Demobakken", "Testløkka", "Oppdiktet allé")
# Ida lives in the street of some patients in Kongsvinger, Sand in that of some in Grue.
_NEAR: Final = {"ida": ("Eksempelvegen 3", KONGSVINGER), "sand": ("Prøvegt. 8 B", GRUE)}


def give_home(patient: Patient, *, seed: int, number: int, by: User, at: datetime) -> HomeAddress:
    """An address in the patient's town, the same for the same seed."""
    rng = rng_for(seed, "home address", number)
    code, place = _TOWNS[patient.municipality_id]
    street = f"{rng.choice(_STREETS)} {rng.randint(1, 60)}{rng.choice(['', '', '', ' A', ' B'])}"
    indexes = indexes_of(street, code)
    return HomeAddress.objects.create(
        id=uuid_at(rng, at),
        municipality_id=patient.municipality_id,
        patient=patient,
        street=street,
        postal_code=code,
        place=place,
        address_index=indexes.address,
        neighbourhood_index=indexes.neighbourhood,
        registered_at=at,
        registered_by=by,
    )


def home_of_staff(username: str) -> AddressIndexes:
    """Where one of the staff has told us to live, as it is kept: not readable."""
    street, town = _NEAR.get(username, ("", KONGSVINGER))
    return indexes_of(street, _TOWNS[town][0]) if street else NOWHERE

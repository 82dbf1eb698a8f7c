"""Who acts outside the staff: the patient herself, a relative with authority, or the patient's paired tablet."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from accounts.models import DeviceCredential, User
from audit.enums import DEVICE_ROLE, PATIENT_ROLE, RELATIVE_ROLE, Basis
from dho.lib.origin import NOWHERE, Origin
from patients.enums import Scope
from patients.models import Patient, RelativeAuthority

# A tablet stands in a home and opens with a PIN: it does not prove that it is the patient who gives others access.
_OF_A_DEVICE: Final = frozenset(Scope) - {Scope.GIVE_ACCESS}


@dataclass(frozen=True, slots=True)
class Citizen:
    """One who acts for `patient` and is no employee, as services and the log take it (`by=`).

    Exactly one of three: the patient (`user`), a relative (`user` with `authority`), the paired tablet (`device`).
    """

    patient: Patient
    user: User | None = None
    authority: RelativeAuthority | None = None
    device: DeviceCredential | None = None
    # The request in which the citizen acts, for the access log.
    origin: Origin = NOWHERE

    def __post_init__(self) -> None:
        if (self.user is None) == (self.device is None) or (self.authority and self.device):
            raise ValueError("A citizen is the patient, a relative or a device.")
        if not self._concerns_patient():
            raise ValueError("Somebody else's record.")

    def _concerns_patient(self) -> bool:
        bound = self.authority or self.device
        if bound:
            return bound.patient_id == self.patient.pk
        return self.user is not None and self.user.national_id_index == self.patient.national_id_index

    def may(self, scope: Scope) -> bool:
        """Whether the citizen may do this with the patient's record."""
        if self.authority:
            return Scope(scope) in self.authority.scopes
        return self.device is None or Scope(scope) in _OF_A_DEVICE

    @property
    def is_patient(self) -> bool:
        """The patient in person, strongly signed in."""
        return self.user is not None and self.authority is None

    @property
    def actor_id(self) -> UUID:
        """The person, or the device."""
        found = self.user or self.device
        assert found is not None  # noqa: S101 - held by __post_init__
        return found.pk

    @property
    def actor_name(self) -> str:
        """As the log and the screen name who acts: a relative as the patient wrote the name."""
        if self.authority:
            return self.authority.name
        return self.user.get_full_name() if self.user else str(self.device)

    @property
    def role(self) -> str:
        """What stands as role in the access log."""
        return RELATIVE_ROLE if self.authority else DEVICE_ROLE if self.device else PATIENT_ROLE

    @property
    def basis(self) -> Basis:
        """Why the citizen may look."""
        return Basis.AUTHORITY if self.authority else Basis.OWN

    @property
    def municipality_id(self) -> int:
        """The controller of the record."""
        return self.patient.municipality_id

    @property
    def patient_id(self) -> UUID:
        """Whose record."""
        return self.patient.pk

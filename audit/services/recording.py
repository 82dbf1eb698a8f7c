"""Writing the access log: who, whose, what, why, when, from where (R-300, R-301, R-305; norway.md 5)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.http import Http404

from audit.enums import DEVICE_ROLE, SYSTEM_ROLE, Action, Basis, basis_of
from audit.models import AccessEntry
from dho.lib.origin import Origin


class Person(Protocol):
    """What the log needs to know of who acts; `accounts.actor.Actor` is one."""

    @property
    def user(self) -> Any: ...
    @property
    def role(self) -> Any: ...
    @property
    def organisation(self) -> str: ...
    @property
    def employer_id(self) -> int | None: ...
    @property
    def municipality_ids(self) -> frozenset[int]: ...
    @property
    def origin(self) -> Origin: ...


class Outsider(Protocol):
    """What the log needs to know of who acts outside the staff; `patients.citizens.Citizen` is one."""

    @property
    def actor_id(self) -> UUID: ...
    @property
    def actor_name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def basis(self) -> Basis: ...
    @property
    def municipality_id(self) -> int: ...
    @property
    def patient_id(self) -> UUID: ...
    @property
    def origin(self) -> Origin: ...


class Machine(Protocol):
    """The same of a device, or of a system at one patient: a `DeviceCredential`, or a `SystemAtWork` of accounts."""

    @property
    def pk(self) -> UUID: ...
    @property
    def label(self) -> str: ...
    @property
    def municipality_id(self) -> int: ...
    @property
    def patient_id(self) -> UUID | None: ...


class Refused(Http404):
    """Not yours and does not exist answer the same. The middleware logs it, then it becomes a 404."""

    def __init__(self, action: Action, *, patient_id: UUID | None = None, object_id: str = "") -> None:
        super().__init__("not found")
        self.action, self.patient_id, self.object_id = action, patient_id, object_id


def _entry(
    by: Person | None, now: datetime, *, action: Action, basis: Basis | None = None, user: Any = None, **fields: Any
) -> AccessEntry:
    """One row by the actor; or, for who is signed in without being at work anywhere, by the `user` alone."""
    origin = {"request_id": by.origin.request_id, "address": by.origin.address} if by else {}
    user = by.user if by else user
    return AccessEntry(
        at=now,
        actor_id=user.pk if user else None,
        actor_name=user.get_full_name() if user else "",
        role=str(by.role) if by else "",
        organisation=by.organisation if by else "",
        hpr_number=user.hpr_number if user else "",
        action=action,
        basis=basis or basis_of(action),
        **origin | fields,
    )


def record_access(
    action: Action,
    *,
    municipality_id: int,
    patient_id: UUID | None,
    by: Person,
    now: datetime,
    basis: Basis | None = None,
    purpose: str = "",
    object_id: str = "",
) -> AccessEntry:
    """A look that was allowed: who, in which role, at whose record, what, when and why (R-300, R-301).

    `basis` is the action's own unless the code path is another, as in emergency access; `purpose` a written reason.
    """
    entry = _entry(
        by,
        now,
        action=action,
        basis=basis,
        municipality_id=municipality_id,
        patient_id=patient_id,
        purpose=purpose,
        object_id=object_id,
        allowed=True,
    )
    entry.save(force_insert=True)
    return entry


def record_list_access(action: Action, *, municipality_ids: Iterable[int], by: Person, now: datetime) -> None:
    """A look at a list of patients: one entry for each controller, so that each can read its own."""
    AccessEntry.objects.bulk_create(
        _entry(by, now, action=action, municipality_id=pk, allowed=True) for pk in sorted(municipality_ids)
    )


def record_patients_access(
    action: Action, *, patients: Iterable[tuple[int, UUID]], by: Person, now: datetime, object_id: str = ""
) -> None:
    """A look at several patients at once: one entry for each municipality and patient, written together."""
    AccessEntry.objects.bulk_create(
        _entry(
            by, now, action=action, municipality_id=municipality_id, patient_id=patient_id, object_id=object_id,
            allowed=True,
        )
        for municipality_id, patient_id in patients
    )  # fmt: skip


def record_refusal(
    refusal: Refused,
    *,
    by: Person | None,
    now: datetime,
    origin: Origin,
    user: Any = None,
    formerly_at: int | None = None,
) -> list[AccessEntry]:
    """A look that was refused, kept in the municipality that answers for the one who tried (AT-39).

    Where nobody employs the person, as in a hospital's own service, each municipality that the membership reaches has
    the row. `user` is who has signed in without any membership in force, `formerly_at` where that person worked last.
    """
    return AccessEntry.objects.bulk_create(
        _entry(
            by,
            now,
            action=refusal.action,
            user=user,
            patient_id=refusal.patient_id,
            object_id=refusal.object_id,
            municipality_id=municipality_id,
            allowed=False,
            request_id=origin.request_id,
            address=origin.address,
        )
        for municipality_id in _answering(by, formerly_at)
    )


def _answering(by: Person | None, formerly_at: int | None) -> Sequence[int | None]:
    if by and by.employer_id:
        return [by.employer_id]
    return (sorted(by.municipality_ids) if by else []) or [formerly_at]


def record_device_access(action: Action, *, device: Machine, origin: Origin, now: datetime) -> AccessEntry:
    """What a device fetched about its own patient: one row for each request."""
    return _machine_entry(action, device, origin, now, role=DEVICE_ROLE, allowed=True)


def record_device_refusal(action: Action, *, device: Machine, origin: Origin, now: datetime) -> AccessEntry:
    """A known device that was turned away: its access has been revoked. An unknown one is nobody's, and not kept."""
    return _machine_entry(action, device, origin, now, role=DEVICE_ROLE, allowed=False)


def record_system_access(action: Action, *, system: Machine, origin: Origin, now: datetime) -> AccessEntry:
    """What a system of the municipality fetched about one patient: its name stands where a person's would."""
    return _machine_entry(action, system, origin, now, role=SYSTEM_ROLE, allowed=True)


def record_system_refusal(action: Action, *, system: Machine, origin: Origin, now: datetime) -> AccessEntry:
    """A known system that was turned away; `patient_id` is whom it asked for, if anybody."""
    return _machine_entry(action, system, origin, now, role=SYSTEM_ROLE, allowed=False)


def _machine_entry(
    action: Action, who: Machine, origin: Origin, now: datetime, *, role: str, allowed: bool
) -> AccessEntry:
    entry = AccessEntry(
        at=now,
        actor_id=who.pk,
        actor_name=who.label,
        role=role,
        municipality_id=who.municipality_id,
        patient_id=who.patient_id,
        action=action,
        basis=basis_of(action),
        allowed=allowed,
        request_id=origin.request_id,
        address=origin.address,
    )
    entry.save(force_insert=True)
    return entry


def record_citizen_access(action: Action, *, by: Outsider, now: datetime, object_id: str = "") -> AccessEntry:
    """What the patient, a relative or the paired tablet saw or did: one row for each request."""
    return _citizen_entry(action, by, now, object_id, allowed=True)


def record_citizen_refusal(refusal: Refused, *, by: Outsider, now: datetime) -> AccessEntry:
    """A page that the authority does not cover, or somebody else's: kept with the patient who is acted for."""
    return _citizen_entry(refusal.action, by, now, refusal.object_id, allowed=False)


def _citizen_entry(action: Action, by: Outsider, now: datetime, object_id: str, *, allowed: bool) -> AccessEntry:
    entry = AccessEntry(
        at=now,
        actor_id=by.actor_id,
        actor_name=by.actor_name,
        role=by.role,
        municipality_id=by.municipality_id,
        patient_id=by.patient_id,
        action=action,
        basis=by.basis,
        object_id=object_id,
        allowed=allowed,
        request_id=by.origin.request_id,
        address=by.origin.address,
    )
    entry.save(force_insert=True)
    return entry

"""Everything the demo says, in a form that two databases can be compared by."""

from typing import Any

from accounts.models import DeviceCredential, Membership, User
from alerts.demo.places import TOWNS
from alerts.models import Alert, Assessment, Expectation, Handling, QueueEntry
from careplans.models import Approval, Measure, PlanVersion, Schedule, Threshold
from dho.lib import rls
from measurements.models import QuestionnaireResponse, Reading, ReadingStatement
from organisations.models import Agreement, FollowUpService, Partner
from patients.models import CareRelation, Enrolment, HomeAddress, Patient, Relative

# What the services number by the clock: the ids of plans and cases. Ciphertext and hashes differ each time as well.
_RANDOM = {
    "id", "plan_id", "version_id", "plan_version_id", "alert_id", "alert_ids", "handling_id", "measure_ids",
    "schedule_id", "password", "last_login", "secret_hash", "webhook_secret", "change", "reasons",
}  # fmt: skip
_SEEDED = [
    User, Membership, FollowUpService, Agreement, Partner, Patient, HomeAddress, Relative, Enrolment, CareRelation,
    DeviceCredential, Reading, QuestionnaireResponse,
]  # fmt: skip
_MADE_BY_SERVICES = [
    PlanVersion, Threshold, Schedule, Measure, Approval, Assessment, Alert, Handling, QueueEntry, Expectation,
    ReadingStatement,
]  # fmt: skip


def content() -> dict[str, list[str]]:
    """The rows of every table, sorted; ids included where the demo chooses them itself."""
    with rls.acting_for(TOWNS):
        rows = {model.__name__: _rows(model, _RANDOM - {"id"}) for model in _SEEDED}
        rows |= {model.__name__: _rows(model, _RANDOM) for model in _MADE_BY_SERVICES}
        reasons = Assessment.objects.values_list("reading_id", "response_id", "reasons")
        rows["reasons"] = sorted(str([*ids, _without_ids(parts)]) for *ids, parts in reasons)
    return rows


def _rows(model: type[Any], left_out: set[str]) -> list[str]:
    return sorted(
        str({name: value for name, value in row.items() if name not in left_out}) for row in model.objects.values()
    )


def _without_ids(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in part.items() if name != "rule_id"} for part in parts]

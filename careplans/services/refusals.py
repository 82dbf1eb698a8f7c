"""Why a step with the plan is refused."""

from careplans.models import Approval, PlanVersion


class PlanProblems(Exception):
    """The plan cannot be written or sent like this; `problems` says why, in sentences for the screen."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class LittleData(PlanProblems):
    """The trial holds less than the service asks for: the plan is sent only with a reason; `problems` says what."""


class VersionIsOpen(Exception):
    """Another draft or proposal of the same plan is open; at most one can be (`number`, `status`)."""

    def __init__(self, version: PlanVersion) -> None:
        super().__init__(str(version.status))
        self.number, self.status = version.number, version.status


class Overtaken(Exception):
    """Somebody else has saved the same section since it was read."""


class NeedsDoctor(Exception):
    """The limits or medical measures are not those that a doctor has approved, so a doctor must decide (P2)."""


class WrongStep(Exception):
    """The version's `status` does not allow this step."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class AlreadyDecided(Exception):
    """The version no longer waits: `by` (a name, empty when withdrawn) decided it `at` that time; see `status`."""

    def __init__(self, version: PlanVersion) -> None:
        super().__init__(str(version.status))
        decision = Approval.objects.filter(version=version).first()
        self.status = version.status
        self.by = decision.name if decision else ""
        self.at = decision.decided_at if decision else None


class NotYours(Exception):
    """This person may not do this with this patient's plan."""


class AlreadyAccepted(Exception):
    """The patient's acceptance of this version is already registered."""


class NameTaken(Exception):
    """The service already has a template of this name."""

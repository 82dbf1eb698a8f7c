"""Why a step beside the case is refused."""


class NotYours(Exception):
    """This person may not do this."""


class NotNow(Exception):
    """It cannot be done as things stand; `problem` says why, as the screen says it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem

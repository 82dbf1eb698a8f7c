"""The tasks of courses, made by the watch in every municipality."""

from datetime import datetime

from alerts.queries.work import everywhere
from careplans.services import keep_course_tasks


def keep_tasks(*, now: datetime) -> int:
    """First tasks of what has been allocated, and the next agreed guidance (R-012, R-046); how many were made."""
    with everywhere():
        return keep_course_tasks(now=now)

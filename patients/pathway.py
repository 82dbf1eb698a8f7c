"""The pathway's one table: which step may follow which, from referral to end (R-015).

Services ask it before they write, and the database's triggers are made from it, so the two cannot differ.
"""

from collections.abc import Mapping
from typing import Final

from patients.enums import EnrolmentStatus as E
from patients.enums import ReferralStatus as R

NEXT: Final[Mapping[str, tuple[str, ...]]] = {
    R.RECEIVED: (R.ASSESSED, R.DECLINED),
    R.ASSESSED: (R.ALLOCATED, R.DECLINED),
    R.ALLOCATED: (),
    R.DECLINED: (),
    E.START_UP: (E.TRIAL, E.ENDED),
    E.TRIAL: (E.ACTIVE, E.ENDED),
    E.ACTIVE: (E.ENDED,),
    E.ENDED: (),
}


def may_follow(now: str, then: str) -> bool:
    """Whether the table lets the step `then` follow `now`."""
    return then in NEXT[now]


def allowed_pairs() -> str:
    """The table as PostgreSQL reads it: `('RECEIVED', 'ASSESSED'), …`."""
    return ", ".join(f"('{now}', '{then}')" for now, following in NEXT.items() for then in following)

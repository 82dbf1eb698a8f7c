"""The differences between two versions as sentences: for the nurse whose proposal was changed, and for the doctor."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from accounts.actor import Actor
from careplans.enums import Decision
from careplans.models import Approval, PlanVersion
from careplans.queries.catalogue import judged_quantities, ruleset_of
from careplans.queries.changes import Change, Piece, limit_changes, schedule_changes, zone_measures
from careplans.queries.wording import Names


def differences(new: PlanVersion, old: PlanVersion) -> list[str]:
    """What `new` says otherwise than `old`, one sentence each; empty when both say the same."""
    names, catalogue = Names.current(), judged_quantities()
    limits = limit_changes(ruleset_of(new, catalogue=catalogue), ruleset_of(old, catalogue=catalogue), names)
    rows: list[Change[Any]] = [*limits, *schedule_changes(new, old, names)]
    sentences = [_sentence(row) for row in rows if not row.same]
    for zone in zone_measures(new, old):
        where = {"zone": zone.zone.label}
        sentences += [
            gettext("Nytt tiltak i %(zone)s: %(text)s") % {**where, "text": line.text}
            for line in zone.lines
            if line.new
        ]
        sentences += [
            gettext("Tiltak er fjernet fra %(zone)s: %(text)s") % {**where, "text": text} for text in zone.removed
        ]
    if new.what_matters != old.what_matters:
        sentences.append(gettext("Svaret på «Hva er viktig for deg?» er endret."))
    if new.habitual_state != old.habitual_state:
        sentences.append(gettext("Beskrivelsen av vanlig tilstand er endret."))
    return sentences


@dataclass(frozen=True, slots=True)
class Compared:
    """Another version, the answer it got, and how this one differs from it."""

    version: PlanVersion
    decision: Approval
    differences: list[str]


def seen_before(version: PlanVersion, *, by: Actor, present: PlanVersion | None) -> Compared | None:
    """What has changed since this doctor last decided about the plan: there the doctor has surely read it all.

    None where that is the version in force, which the page compares with anyway, or where there is none.
    """
    last = (
        Approval.objects.filter(
            version__plan_id=version.plan_id, decided_by=by.user, version__number__lt=version.number
        )
        .exclude(decision=Decision.CHANGED)
        .select_related("version")
        .order_by("-decided_at", "-pk")
        .first()
    )
    if last is None or (present is not None and last.version_id == present.pk):
        return None
    return Compared(last.version, last, differences(version, last.version))


def changed_from(version: PlanVersion) -> Compared | None:
    """For a version that a doctor wrote by approving with changes: the proposal it came from, and the changes."""
    if version.changed_from is None:
        return None
    return Compared(version.changed_from, version.changed_from.decision, differences(version, version.changed_from))


def _sentence(row: Change[Any]) -> str:
    before, after = _text(row.present_line), _text(row.proposed_line)
    if row.present is None:
        return gettext("%(what)s er ny: %(after)s.") % {"what": row.label, "after": after}
    if row.proposed is None:
        return gettext("%(what)s er tatt bort: %(before)s.") % {"what": row.label, "before": before}
    return gettext("%(what)s: %(before)s er blitt %(after)s.") % {"what": row.label, "before": before, "after": after}


def _text(line: list[Piece]) -> str:
    return " ".join(piece.text for piece in line)

"""What was typed in the editor, saved section by section: what is right is kept, the rest stays in the form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from careplans.forms.sections import Section
from careplans.services import Overtaken, PlanContent, PlanProblems, WrongStep
from careplans.services.sections import stamp_of, with_part


@dataclass
class Outcome:
    """How the saving went, by the sections' keys."""

    saved: list[str] = field(default_factory=list)
    failed: list[Section] = field(default_factory=list)
    overtaken: list[Section] = field(default_factory=list)
    # It is no draft any more, so nothing can be saved.
    closed: bool = False

    @property
    def well(self) -> bool:
        """Everything that was typed is kept."""
        return not (self.failed or self.overtaken or self.closed)

    @property
    def status(self) -> int:
        """The answer's code."""
        return 409 if self.closed or self.overtaken else 422 if self.failed else 200

    def errors(self) -> dict[str, list[str]]:
        """The sentences of each section that was not saved."""
        return {each.key: [text for _id, text in each.errors] + each.told.get("refused", []) for each in self.failed}


def save_typed(
    sections: Sequence[Section],
    data: Mapping[str, Any],
    content: PlanContent,
    save: Callable[[str, Mapping[str, Any], str], Any],
) -> Outcome:
    """Save each section that somebody has typed in. One that the page does not have, or that is untouched, is left."""
    outcome = Outcome()
    for section in sections:
        stamp = data.get(f"stamp-{section.key}")
        if stamp is None:
            continue
        if not section.is_valid():
            outcome.failed.append(section)
        elif _is_typed_in(section, stamp, content):
            _save_one(section, stamp, save, outcome)
    return outcome


def _is_typed_in(section: Section, stamp: str, content: PlanContent) -> bool:
    """Whether it says anything else than what was read, and than what stands."""
    typed = with_part(content, section.key, section.part(section))
    return stamp_of(typed, section.key) not in (stamp, stamp_of(content, section.key))


def _save_one(
    section: Section, stamp: str, save: Callable[[str, Mapping[str, Any], str], Any], outcome: Outcome
) -> None:
    try:
        save(section.key, section.part(section), stamp)
    except Overtaken:
        outcome.overtaken.append(section)
    except WrongStep:
        outcome.closed = True
    except PlanProblems as refused:
        section.told["refused"] = refused.problems
        outcome.failed.append(section)
    else:
        outcome.saved.append(section.key)


def put_stamps(sections: Sequence[Section], content: PlanContent, data: Mapping[str, Any], outcome: Outcome) -> None:
    """The stamps that the page goes on with.

    What was saved, and what somebody has been shown in a newer form, has the newest. Everything else keeps the stamp
    that came with it: what stands in the form is not what stands in the plan.
    """
    newest = {*outcome.saved, *(each.key for each in outcome.overtaken)}
    for section in sections:
        fresh = section.key in newest or f"stamp-{section.key}" not in data
        section.told["stamp"] = stamp_of(content, section.key) if fresh else data[f"stamp-{section.key}"]

"""What the answers to the seven criteria mean (R-006, R-018, AT-34), and local experience as advice (R-025)."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from dho.lib.texts import LazyText
from patients.enums import Criterion, TargetGroup

# «Bør», not a condition: 004:1414-1424.
SHOULD: Final = frozenset({Criterion.SERVICE_USE})
CONDITIONS: Final = tuple(each for each in Criterion if each not in SHOULD)

# Others' experience. It is shown where somebody decides, and stops nobody.
ADVICE: Final[Mapping[str, LazyText]] = {
    TargetGroup.MENTAL_ILLNESS: _("Asker fant ikke nytte for personer med ADHD."),
    TargetGroup.DEMENTIA_RELATIVES: _("Asker fant ikke nytte for personer som selv har demens."),
    TargetGroup.HEALTHY_LIFE: _(
        "En bydel i Oslo sluttet med dette for frisklivssentralen, etter å ha regnet på nytten."
    ),
}


def unmet(answers: Mapping[str, bool]) -> list[Criterion]:
    """The conditions that are not met. The effect on service use is none of them."""
    return [each for each in CONDITIONS if not answers[each]]


def needs_reason(answers: Mapping[str, bool], *, insecurity: bool) -> bool:
    """Whether the service may be allocated only with a written reason (AT-34; insecurity: R-018)."""
    return bool(unmet(answers)) or insecurity


def advice_for(groups: Sequence[str]) -> list[LazyText]:
    """What others have found for these target groups."""
    return [ADVICE[group] for group in groups if group in ADVICE]

"""Which plans ask for a questionnaire. Here and not beside the forms: measurements know nothing of plans."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from careplans.enums import VersionStatus
from careplans.models import PlanVersion, Schedule, Threshold
from careplans.queries.trial import trial_schedules
from careplans.scoring import RuleKind
from dho.lib import rls
from measurements.content import Problem, counts_otherwise, judged_otherwise
from measurements.enums import FormStatus
from measurements.models import Questionnaire
from organisations.models import Municipality

_ANSWER_LIMITED: Final = _(
    "«%(question)s»: planen til %(number)s av pasientene har en grense for svaret, og spørsmålet eller svarene er ikke "
    "som i versjon %(version)s. Behold dem, eller lag et nytt skjema."
)
_SCORE_LIMITED: Final = _(
    "Poengsummen: planen til %(number)s av pasientene har en grense for den, og poengene er ikke som i versjon "
    "%(version)s. Behold dem, eller lag et nytt skjema."
)


def _asking(codes: Iterable[str], *, at: datetime) -> Q:
    """Schedules of plans in force, and of trials as long as they count."""
    in_force = Q(version__in=PlanVersion.objects.in_force(at).values("pk"))
    in_trial = Q(pk__in=trial_schedules(at=at).values("pk"))
    return Q(questionnaire_code__in=list(codes)) & (in_force | in_trial)


def plans_by_form(codes: Iterable[str], *, at: datetime) -> dict[str, int]:
    """How many patients are asked for each form, as far as the reader's municipalities go."""
    return _patients(Schedule.objects.filter(_asking(codes, at=at)))


def _patients(schedules: QuerySet[Schedule]) -> dict[str, int]:
    """How many patients have these schedules, by form."""
    counted = Count(Coalesce("version__patient_id", "trial__patient_id"), distinct=True)
    found = schedules.order_by().values("questionnaire_code").annotate(number=counted)
    return dict(found.values_list("questionnaire_code", "number"))


def plans_that_need(code: str, *, at: datetime) -> int:
    """How many patients' plans ask for the form, or will when the doctor says yes.

    Counted in every municipality; all that crosses is the number.
    """
    with rls.acting_for(Municipality.objects.values_list("pk", flat=True)):
        waiting = Q(questionnaire_code=code, version__status=VersionStatus.PROPOSED)
        return _patients(Schedule.objects.filter(_asking([code], at=at) | waiting)).get(code, 0)


def limits_against(form: Questionnaire, *, at: datetime) -> list[Problem]:
    """Limits in plans that would judge answers to this draft otherwise than the doctor approved them for (P2).

    They name a question whose answers have changed since the version before, or the sum when points have. Words may
    change, and questions without a limit may come and go. A form that counts otherwise is another form.
    """
    before = Questionnaire.objects.filter(code=form.code).exclude(status=FormStatus.DRAFT).order_by("-version").first()
    if before is None:
        return []
    old, new = list(before.items.all()), list(form.items.all())
    texts = {item.code: item.text for item in old}
    changed, recounted = judged_otherwise(old, new), counts_otherwise(old, new)
    found = []
    for (kind, item), number in sorted(_limits_on(form.code, at=at).items()):
        told = {"question": texts.get(item, item), "number": number, "version": before.version}
        if kind == RuleKind.ANSWER and item in changed:
            found.append(Problem(item, _ANSWER_LIMITED % told))
        elif kind == RuleKind.SCORE and recounted:
            found.append(Problem("", _SCORE_LIMITED % told))
    return found


def _limits_on(code: str, *, at: datetime) -> dict[tuple[str, str], int]:
    """How many patients have limits on the form, by kind and question; plans in force and those that wait."""
    with rls.acting_for(Municipality.objects.values_list("pk", flat=True)):
        versions = PlanVersion.objects.in_force(at) | PlanVersion.objects.filter(status=VersionStatus.PROPOSED)
        limits = Threshold.objects.filter(quantity=code, version__in=versions.values("pk")).order_by()
        counted = limits.values("kind", "item").annotate(number=Count("version__patient_id", distinct=True))
        return {(row["kind"], row["item"]): row["number"] for row in counted}

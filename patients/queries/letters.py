"""What stands in a letter to the person: the answer, or the information alone, in the person's own language."""

from dataclasses import dataclass
from typing import Final

from accounts.enums import NORWEGIAN, Language
from organisations.models import FollowUpService
from organisations.queries import week_in_words
from patients.enums import ReferralStatus, TextKind
from patients.models import Enrolment, InformationText, PathwayStep, Patient, Referral
from patients.queries.reading import language_read_by

ANSWER: Final = "svar"
INFORMATION: Final = "informasjon"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, before it is laid out. `texts` are by the code of their kind."""

    kind: str
    referral: Referral
    patient: Patient
    language: str
    texts: dict[str, str]
    step: PathwayStep | None
    service: FollowUpService | None
    hours: str

    @property
    def allocated(self) -> bool:
        """Whether the answer is yes."""
        return self.referral.status == ReferralStatus.ALLOCATED


def language_of(patient: Patient) -> str:
    """What the person reads; bokmål for who reads English, which the texts are not written in."""
    found = language_read_by(patient)
    return found if found in NORWEGIAN else Language.NB.value


def letter_of(referral: Referral, kind: str, *, current: dict[str, InformationText]) -> Letter | None:
    """The letter with the texts as they were given, else as they are now; None where there is no such letter yet."""
    answered = referral.status in (ReferralStatus.ALLOCATED, ReferralStatus.DECLINED)
    if kind != INFORMATION and not (kind == ANSWER and answered):
        return None
    given = referral.information.select_related("information").order_by("registered_at", "pk")
    texts = current | {each.information.kind: each.information for each in given}
    language = language_of(referral.patient)
    service = _allocated_to(referral)
    return Letter(
        kind=kind,
        referral=referral,
        patient=referral.patient,
        language=language,
        texts={each: texts[each].body(language) for each in TextKind.values},
        step=referral.steps.select_related("by").order_by("-at", "-pk").first() if answered else None,
        service=service,
        hours=week_in_words(service.hours) if service else "",
    )


def _allocated_to(referral: Referral) -> FollowUpService | None:
    """The service of the answer, also when the course has been handed on to another since."""
    course = Enrolment.objects.filter(referral=referral).first()
    if course is None:
        return None
    first = course.handovers.filter(moved_at__isnull=False).order_by("moved_at").first()
    chosen = first.from_service_id if first else course.service_id
    return FollowUpService.objects.defer("webhook_secret").get(pk=chosen)

"""What keeps a draft from being sent, in sentences for the nurse, each with the section where it stands (R-041)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext

from careplans.enums import Initiator, Zone
from careplans.models import PlanVersion, Threshold
from careplans.queries.catalogue import ruleset_of
from careplans.queries.gp import latest_enrolment
from careplans.scoring import RuleKind
from careplans.scoring.answered import answer_code
from careplans.services.individual import not_yet_individual
from careplans.services.sentences import sentences
from measurements.enums import FormStatus, ItemKind
from measurements.models import Questionnaire
from patients.models import Patient
from patients.queries import has_deciding_doctor, in_hospitals_phase

_SECTION: Final = {Zone.GREEN: "gronn", Zone.YELLOW: "gul", Zone.RED: "rod"}
_OF_FORMS: Final = (RuleKind.SCORE.value, RuleKind.ANSWER.value)


@dataclass(frozen=True, slots=True)
class Hindrance:
    """One thing to put right, and the section of the editor where it stands; none where it is outside the plan."""

    section: str
    text: str


def problems_of(version: PlanVersion, *, now: datetime) -> list[str]:
    """Why the draft cannot be sent yet, in sentences for the nurse; empty when it can."""
    return [each.text for each in hindrances(version, now=now)] + _nobody_decides(version.patient, now=now)


def hindrances(version: PlanVersion, *, now: datetime) -> list[Hindrance]:
    """What is missing or impossible in the plan itself, whoever it goes to."""
    found = [Hindrance("grenser", sentence) for sentence in sentences(ruleset_of(version))]
    if not version.thresholds.exists():
        found.append(Hindrance("grenser", gettext("Planen har ingen grenseverdier.")))
    found += [*_unanswerable(version), *_zones(version), *_frame(version, now=now), *_forms_out_of_use(version)]
    return found + [Hindrance(section, text) for section, text in not_yet_individual(version)]


def warnings_of(version: PlanVersion) -> list[str]:
    """What as a main rule comes first, but never stops the plan (R-039, R-048)."""
    found = []
    if not version.meetings.exists():
        found.append(
            gettext("Det er ikke registrert noe tverrfaglig møte, og heller ikke at det er gjort etter avtale.")
        )
    if not hasattr(version, "acceptance"):
        found.append(gettext("Det er ikke registrert at pasienten er enig i planen."))
    if not version.schedules.exists():
        found.append(gettext("Planen sier ikke når pasienten skal måle. Da savner ingen en måling som ikke kommer."))
    return found


def _zones(version: PlanVersion) -> Iterator[Hindrance]:
    """A zone without measure or contact leaves the patient alone; yellow and red must be recognised (R-033)."""
    measures = set(version.measures.values_list("zone", flat=True))
    texts = {text.zone: text for text in version.zone_texts.all()}
    for zone in Zone:
        if zone not in measures:
            yield Hindrance(_SECTION[zone], gettext("Skriv minst ett tiltak for «%(zone)s».") % {"zone": zone.label})
    for zone in Zone:
        text = texts.get(zone)
        if text is None or not text.contact:
            sentence = gettext("Skriv hvem pasienten kontakter i «%(zone)s».")
            yield Hindrance(_SECTION[zone], sentence % {"zone": zone.label})
        if zone != Zone.GREEN and (text is None or not text.signs):
            sentence = gettext("Skriv hvordan pasienten kjenner igjen «%(zone)s».")
            yield Hindrance(_SECTION[zone], sentence % {"zone": zone.label})


def _frame(version: PlanVersion, *, now: datetime) -> Iterator[Hindrance]:
    if version.review_on is None:
        yield Hindrance("om", gettext("Skriv når planen skal gjennomgås."))
    elif version.review_on <= timezone.localdate(now):
        yield Hindrance("om", gettext("Velg en dag etter i dag for når planen skal gjennomgås."))
    if version.initiator == Initiator.HOSPITAL and not version.anchoring:
        yield Hindrance(
            "om", gettext("Skriv hvordan planen er forankret hos fastlegen, siden sykehuset har startet den.")
        )


def _forms_out_of_use(version: PlanVersion) -> Iterator[Hindrance]:
    """A form that no version of is in use would be asked for and never be there to answer."""
    asked = version.schedules.exclude(questionnaire_code="").values_list("questionnaire_code", flat=True).distinct()
    in_use = Questionnaire.objects.filter(code__in=asked, status=FormStatus.ACTIVE).values_list("code", flat=True)
    missing = gettext("Skjemaet «%(form)s» er ikke i bruk. Velg et annet, eller ta det ut av planen.")
    for code in sorted({*asked} - {*in_use}):
        yield Hindrance("maletider", missing % {"form": code})


def _unanswerable(version: PlanVersion) -> Iterator[Hindrance]:
    """Limits on a form, question or answer that nobody can give today: the worst answer would be judged green (P2)."""
    limits = version.thresholds.filter(kind__in=_OF_FORMS).order_by("quantity", "item", "pk")
    codes = {limit.quantity for limit in limits}
    active = Questionnaire.objects.filter(code__in=codes, status=FormStatus.ACTIVE).prefetch_related("items")
    forms = {form.code: form for form in active}
    for limit in limits:
        if text := _unanswerable_text(limit, forms.get(limit.quantity)):
            yield Hindrance("grenser", text)


def _unanswerable_text(limit: Threshold, form: Questionnaire | None) -> str:
    if form is None:
        missing = gettext("Grensen for skjemaet «%(form)s»: skjemaet er ikke i bruk. Fjern grensen.")
        return missing % {"form": limit.quantity}
    if limit.kind != RuleKind.ANSWER:
        return ""
    item = next((each for each in form.items.all() if each.code == limit.item), None)
    told = {"form": form.title, "question": item.text if item else limit.item}
    if item is None:
        return gettext("Grensen for «%(question)s»: spørsmålet er ikke i skjemaet «%(form)s». Fjern grensen.") % told
    known = {answer_code(Decimal(each) if type(each) is int else each) for each in item.answers}
    gone = {*limit.green_answers, *limit.yellow_answers, *limit.red_answers} - known
    # A number that is no scale can be anything.
    if not gone or (item.kind == ItemKind.NUMBER and not known):
        return ""
    told["answers"] = ", ".join(sorted(gone))
    return gettext("Grensen for «%(question)s»: svaret «%(answers)s» finnes ikke lenger. Fjern krysset.") % told


def _nobody_decides(patient: Patient, *, now: datetime) -> list[str]:
    """A proposal that no doctor is shown would wait for ever (C3)."""
    course = latest_enrolment(patient.pk, now=now)
    if has_deciding_doctor(patient, course, on=timezone.localdate(now)):
        return []
    if in_hospitals_phase(course):
        return [gettext("Ingen sykehuslege i tjenesten kan godkjenne planen. Be lederen gi en lege rollen først.")]
    return [gettext("Pasienten har ingen fastlege her. Registrer fastlegen først.")]

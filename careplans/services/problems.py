"""What keeps a draft from being sent, in sentences for the nurse (R-041, R-083)."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from careplans.enums import Zone
from careplans.models import PlanVersion
from careplans.queries.catalogue import ruleset_of
from careplans.queries.gp import latest_enrolment
from careplans.scoring import RuleSet, problems
from measurements.enums import FormStatus
from measurements.models import Questionnaire
from patients.models import Patient
from patients.queries import has_deciding_doctor, in_hospitals_phase


def problems_of(version: PlanVersion, *, now: datetime) -> list[str]:
    """Why the draft cannot be sent yet, in sentences for the nurse; empty when it can."""
    found = sentences(ruleset_of(version))
    if not version.thresholds.exists():
        found.append(gettext("Planen har ingen grenseverdier."))
    zones = set(version.measures.values_list("zone", flat=True))
    found += [
        gettext("Skriv minst ett tiltak for «%(zone)s».") % {"zone": zone.label} for zone in Zone if zone not in zones
    ]
    return found + _forms_out_of_use(version) + _nobody_decides(version.patient, now=now)


def _forms_out_of_use(version: PlanVersion) -> list[str]:
    """A form that no version of is in use would be asked for and never be there to answer."""
    asked = version.schedules.exclude(questionnaire_code="").values_list("questionnaire_code", flat=True).distinct()
    in_use = Questionnaire.objects.filter(code__in=asked, status=FormStatus.ACTIVE).values_list("code", flat=True)
    missing = gettext("Skjemaet «%(form)s» er ikke i bruk. Velg et annet, eller ta det ut av planen.")
    return [missing % {"form": code} for code in sorted({*asked} - {*in_use})]


def _nobody_decides(patient: Patient, *, now: datetime) -> list[str]:
    """A proposal that no doctor is shown would wait for ever (C3)."""
    course = latest_enrolment(patient.pk, now=now)
    if has_deciding_doctor(patient, course, on=timezone.localdate(now)):
        return []
    if in_hospitals_phase(course):
        return [gettext("Ingen sykehuslege i tjenesten kan godkjenne planen. Be lederen gi en lege rollen først.")]
    return [gettext("Pasienten har ingen fastlege her. Registrer fastlegen først.")]


def sentences(ruleset: RuleSet) -> list[str]:
    """The scorer's objections to the limits, each with the name of what it is about."""
    subjects = {rule.id: rule.quantity or str(rule.kind) for rule in ruleset.rules}
    labels = {code: quantity.label for code, quantity in ruleset.quantities.items()}
    return [
        f"{labels.get(subjects[problem.rule_id], subjects[problem.rule_id])}: {problem.message_nb}"
        for problem in problems(ruleset)
    ]

"""Choices of the self-care plan (egenbehandlingsplan)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VersionStatus(TextChoices):
    """The life of a plan version. Only APPROVED and in force scores (R-041, R-083)."""

    DRAFT = "DRAFT", _("Utkast")
    PROPOSED = "PROPOSED", _("Sendt til godkjenning")
    RETURNED = "RETURNED", _("Sendt tilbake med spørsmål")
    WITHDRAWN = "WITHDRAWN", _("Trukket tilbake")
    # The doctor wrote and approved another version in its place.
    CHANGED = "CHANGED", _("Endret av legen")
    APPROVED = "APPROVED", _("Godkjent")
    SUPERSEDED = "SUPERSEDED", _("Erstattet")


class Zone(TextChoices):
    """The three zones of the traffic light, in the patient's words (R-033, R-082)."""

    GREEN = "GREEN", _("Grønn – som vanlig")
    YELLOW = "YELLOW", _("Gul – begynnende forverring")
    RED = "RED", _("Rød – akutt forverring")


class MeasureKind(TextChoices):
    """Own measures, and medical ones, which need the doctor's approval (R-031, R-032, R-040)."""

    OWN = "OWN", _("Eget tiltak")
    MEDICAL = "MEDICAL", _("Medisinsk tiltak")


class MeasureCategory(TextChoices):
    """What a measure is about (R-031)."""

    MEDICATION = "MEDICATION", _("Medisiner")
    DIET = "DIET", _("Kosthold og ernæring")
    ACTIVITY = "ACTIVITY", _("Fysisk aktivitet og trening")
    SOCIAL = "SOCIAL", _("Sosial aktivitet og psykisk helse")
    OTHER = "OTHER", _("Annet")


class Initiator(TextChoices):
    """Who began the plan (R-037)."""

    SERVICE = "SERVICE", _("Oppfølgingstjenesten")
    GP = "GP", _("Fastlegen")
    HOSPITAL = "HOSPITAL", _("Sykehuset")


class GuidanceForm(TextChoices):
    """How the agreed guidance is given (R-046)."""

    PHONE = "PHONE", _("Telefon")
    VIDEO = "VIDEO", _("Video")
    VISIT = "VISIT", _("Hjemmebesøk")


class ReviewForm(TextChoices):
    """How the plan was gone through with those who take part (R-039)."""

    MEETING = "MEETING", _("Tverrfaglig møte")
    BY_AGREEMENT = "BY_AGREEMENT", _("Etter avtale")


class Decision(TextChoices):
    """What the doctor answered."""

    APPROVED = "APPROVED", _("Godkjent")
    RETURNED = "RETURNED", _("Sendt tilbake")
    CHANGED = "CHANGED", _("Godkjent med endring")


class DeliveryState(TextChoices):
    """The life of an outbound notice. Delivered is written only after success."""

    QUEUED = "QUEUED", _("I kø")
    SENDING = "SENDING", _("Sendes")
    WAITING = "WAITING", _("Venter på nytt forsøk")
    DELIVERED = "DELIVERED", _("Levert")
    FAILED = "FAILED", _("Feilet")


class NoticeKind(TextChoices):
    """What the doctor is told of."""

    PLAN = "PLAN", _("Plan til godkjenning")
    REMINDER = "REMINDER", _("Påminnelse om plan")
    CURVES = "CURVES", _("Kurver å se på")


class CurveWay(TextChoices):
    """How curves reach the GP (R-127)."""

    PLATFORM = "PLATFORM", _("Fastlegen åpner dem her")
    PAPER = "PAPER", _("På papir")


class ContactWay(TextChoices):
    """How the doctor was sought."""

    PHONE = "PHONE", _("Telefon til legekontoret")
    MESSAGE = "MESSAGE", _("Elektronisk melding")
    MEETING = "MEETING", _("Møte")


class LadderStep(TextChoices):
    """What the service does next while a plan waits for the doctor (ADR 27)."""

    WAIT = "WAIT", _("Vent på svar")
    REMIND = "REMIND", _("Send påminnelse")
    PHONE = "PHONE", _("Ring legekontoret")


class RoutineMode(TextChoices):
    """When the GP looks at the measurements (R-126)."""

    ON_MESSAGE = "ON_MESSAGE", _("Bare når tjenesten sender melding")
    AT_INTERVALS = "AT_INTERVALS", _("Også med faste mellomrom")


class RoutineKind(TextChoices):
    """The local checklists and routine documents of a municipality (R-009, R-012, R-027)."""

    ALLOCATION = "ALLOCATION", _("Sjekkliste for tildeling")
    HOME_VISIT = "HOME_VISIT", _("Sjekkliste for hjemmebesøk")
    TRAINING = "TRAINING", _("Sjekkliste for opplæring")
    EQUIPMENT = "EQUIPMENT", _("Sjekkliste for utstyr")
    EVALUATION = "EVALUATION", _("Sjekkliste for evaluering")
    ENDING = "ENDING", _("Sjekkliste for avslutning")
    ALLOCATION_GUIDE = "ALLOCATION_GUIDE", _("Veileder for kartlegging og tildeling")
    PLAN_GUIDE = "PLAN_GUIDE", _("Veileder for egenbehandlingsplanen")


class TaskKind(TextChoices):
    """What is to be done in a course. The first six are the coordinator's (R-158)."""

    HOME_VISIT = "HOME_VISIT", _("Hjemmebesøk: kartlegging og opplæring")
    GP_DIALOGUE = "GP_DIALOGUE", _("Dialog med fastlege og andre i kommunen")
    SERVICE_DIALOGUE = "SERVICE_DIALOGUE", _("Dialog med oppfølgingstjenesten")
    DOCUMENT = "DOCUMENT", _("Dokumentere i journalen")
    REPORT = "REPORT", _("Rapportere gevinster")
    RECEIVE = "RECEIVE", _("Ta imot kandidaten og vurdere vilkårene")
    TRAINING = "TRAINING", _("Opplæring av pasienten")
    RELATIVES = "RELATIVES", _("Opplæring av pårørende")
    EQUIPMENT = "EQUIPMENT", _("Utlevere utstyr")
    INFORMATION = "INFORMATION", _("Gi skriftlig informasjon")
    GUIDANCE = "GUIDANCE", _("Veiledning etter planen")
    RETURN = "RETURN", _("Utstyr ved avslutning")
    OTHER = "OTHER", _("Annet")


class EvaluationKind(TextChoices):
    """When the evaluation is held: after the trial, or again and again in the follow-up (R-014, R-016)."""

    TRIAL = "TRIAL", _("Etter prøveperioden")
    RECURRING = "RECURRING", _("Jevnlig evaluering")


class EvaluationOutcome(TextChoices):
    """What was decided (R-014)."""

    CONTINUE = "CONTINUE", _("Fortsette")
    ADJUST = "ADJUST", _("Justere")
    END = "END", _("Avslutte")


class CourseProblem(TextChoices):
    """Why something in the course cannot be done, as the screen says it: what, and what to do."""

    WRONG_STEP = "WRONG_STEP", _("Forløpet står et annet sted nå. Last siden på nytt, og se hva som er gjort.")
    START_BEFORE_ALLOCATION = (
        "START_BEFORE_ALLOCATION",
        _("Første dag: prøveperioden kan ikke begynne før tildelingen."),
    )
    START_TOO_FAR = (
        "START_TOO_FAR",
        _("Første dag: velg en dag fra sju dager tilbake til fjorten dager fram i tid."),
    )
    TRIAL_LENGTH = (
        "TRIAL_LENGTH",
        _("Siste dag: prøveperioden varer 14 til 28 dager. Velg en annen dag, eller skriv en begrunnelse."),
    )
    ENDS_BEFORE_START = "ENDS_BEFORE_START", _("Siste dag: velg en dag etter den første dagen.")
    NOTHING_SCHEDULED = (
        "NOTHING_SCHEDULED",
        _("Målinger: velg minst én måling og minst ett skjema med symptomspørsmål."),
    )
    FORM_NOT_OFFERED = "FORM_NOT_OFFERED", _("Symptomspørsmål: velg et skjema som er i bruk hos dere.")
    HELD_IN_FUTURE = "HELD_IN_FUTURE", _("Dato for evalueringen: velg i dag eller en dag som har vært.")
    HELD_BEFORE_START = "HELD_BEFORE_START", _("Dato for evalueringen: velg en dag etter at prøveperioden begynte.")
    NO_PLAN = (
        "NO_PLAN",
        _(
            "Grunnlag: pasienten har ingen godkjent egenbehandlingsplan som gjelder. Få planen godkjent først, "
            "eller skriv hvilken annen behandlingsplan oppfølgingen bygger på."
        ),
    )
    NEXT_IN_PAST = "NEXT_IN_PAST", _("Neste evaluering: velg en dag etter i dag.")
    NOT_LONGER = "NOT_LONGER", _("Ny siste dag: velg en dag som ikke har vært, etter den siste dagen i dag.")
    PAUSE_IN_PAST = "PAUSE_IN_PAST", _("Første dag: velg i dag eller en dag framover.")
    PAUSE_TOO_LONG = (
        "PAUSE_TOO_LONG",
        _("Siste dag: en pause varer høyst 90 dager om gangen. Du kan forlenge den senere."),
    )
    PAUSE_OVERLAPS = "PAUSE_OVERLAPS", _("Første dag: pausen overlapper en annen pause. Se over dagene.")
    PAUSE_OVER = "PAUSE_OVER", _("Pausen er over. Registrer en ny.")
    NO_PAUSE_NOW = "NO_PAUSE_NOW", _("Pause kan bare registreres i prøveperioden og når pasienten er i drift.")
    TASK_DONE = "TASK_DONE", _("Oppgaven er allerede utført.")


class TemplateStatus(TextChoices):
    """The life of a version of a plan template. One that has been in use never changes."""

    DRAFT = "DRAFT", _("Utkast")
    ACTIVE = "ACTIVE", _("I bruk")
    RETIRED = "RETIRED", _("Ikke lenger i bruk")

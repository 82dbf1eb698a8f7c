"""Choices of the self-care plan (egenbehandlingsplan)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VersionStatus(TextChoices):
    """The life of a plan version. Only APPROVED and in force scores (R-041, R-083)."""

    DRAFT = "DRAFT", _("Utkast")
    PROPOSED = "PROPOSED", _("Sendt til godkjenning")
    RETURNED = "RETURNED", _("Sendt tilbake med spørsmål")
    WITHDRAWN = "WITHDRAWN", _("Trukket tilbake")
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


class TemplateStatus(TextChoices):
    """The life of a version of a plan template. One that has been in use never changes."""

    DRAFT = "DRAFT", _("Utkast")
    ACTIVE = "ACTIVE", _("I bruk")
    RETIRED = "RETIRED", _("Ikke lenger i bruk")

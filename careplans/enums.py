"""Choices of the self-care plan (egenbehandlingsplan)."""

from django.db.models import TextChoices


class VersionStatus(TextChoices):
    """The life of a plan version. Only APPROVED and in force scores (R-041, R-083)."""

    DRAFT = "DRAFT", "Utkast"
    PROPOSED = "PROPOSED", "Sendt til fastlegen"
    RETURNED = "RETURNED", "Sendt tilbake med spørsmål"
    WITHDRAWN = "WITHDRAWN", "Trukket tilbake"
    APPROVED = "APPROVED", "Godkjent"
    SUPERSEDED = "SUPERSEDED", "Erstattet"


class Zone(TextChoices):
    """The three zones of the traffic light, in the patient's words (R-033, R-082)."""

    GREEN = "GREEN", "Grønn – som vanlig"
    YELLOW = "YELLOW", "Gul – begynnende forverring"
    RED = "RED", "Rød – akutt forverring"


class MeasureKind(TextChoices):
    """Own measures, and medical ones, which need the doctor's approval (R-031, R-032, R-040)."""

    OWN = "OWN", "Eget tiltak"
    MEDICAL = "MEDICAL", "Medisinsk tiltak"


class Decision(TextChoices):
    """What the doctor answered."""

    APPROVED = "APPROVED", "Godkjent"
    RETURNED = "RETURNED", "Sendt tilbake"

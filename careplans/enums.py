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


class Decision(TextChoices):
    """What the doctor answered."""

    APPROVED = "APPROVED", _("Godkjent")
    RETURNED = "RETURNED", _("Sendt tilbake")
    CHANGED = "CHANGED", _("Godkjent med endring")

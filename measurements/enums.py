"""Choices of readings and questionnaires."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# The languages of the patient's view. Forms are written in the first.
FORM_LANGUAGES: Final = ("nb", "nn", "en")


class Source(TextChoices):
    """How a value came about (R-064, R-065). A typed-in value is drawn with an open symbol."""

    DEVICE = "DEVICE", _("Overført fra måleutstyr")
    MANUAL = "MANUAL", _("Tastet inn av pasienten")
    STAFF = "STAFF", _("Registrert av helsepersonell")
    PROXY = "PROXY", _("Registrert av pårørende eller boligpersonell")


class SubmittedAs(TextChoices):
    """In what capacity a person sent a value in on behalf of the patient; empty for the patient and for devices."""

    RELATIVE = "RELATIVE", _("pårørende")
    GROUP_HOME = "GROUP_HOME", _("boligpersonell")


class Timing(TextChoices):
    """Whether the time of measuring can be trusted; nothing is dropped for it."""

    ON_TIME = "ON_TIME", _("Vanlig")
    FUTURE = "FUTURE", _("Klokken på enheten går feil (fram i tid)")
    OLD = "OLD", _("Mer enn 30 dager gammel da den kom")


class ItemKind(TextChoices):
    """What kind of answer a questionnaire item takes."""

    CHOICE = "choice", _("Valg")
    BOOLEAN = "boolean", _("Ja/nei")
    NUMBER = "number", _("Tall")
    TEXT = "text", _("Tekst")


class ItemType(TextChoices):
    """What the editor offers. A whole number, a decimal number and a scale are numbers to whoever answers."""

    CHOICE = "choice", _("Valg")
    BOOLEAN = "boolean", _("Ja/nei")
    WHOLE = "whole", _("Helt tall")
    DECIMAL = "decimal", _("Desimaltall")
    SCALE = "scale", _("Skala fra 0 til 10")
    TEXT = "text", _("Fritekst")


class FormStatus(TextChoices):
    """The life of one version of a questionnaire; there is no way back."""

    DRAFT = "DRAFT", _("Utkast")
    ACTIVE = "ACTIVE", _("I bruk")
    RETIRED = "RETIRED", _("Ikke i bruk lenger")


class HigherIs(TextChoices):
    """What more points say. It only tells the reader; the plan's limits decide the colour."""

    WORSE = "WORSE", _("Høyere poengsum betyr mer plager")
    BETTER = "BETTER", _("Høyere poengsum betyr mindre plager")


class StatementKind(TextChoices):
    """A later statement about a reading; the reading itself never changes (R-070, R-072)."""

    FAULTY = "FAULTY", _("Feilmåling")
    CONFIRMED = "CONFIRMED", _("Bekreftet")
    IN_DOUBT = "IN_DOUBT", _("Usikker")

"""Choices of the queue."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Level(IntegerChoices):
    """How much it matters, worst first: the number is the order of the queue (R-097)."""

    RED = 1, "Rød"
    YELLOW = 2, "Gul"
    NOT_ASSESSED = 3, "Ikke vurdert"
    MISSING = 4, "Mangler"
    EQUIPMENT = 5, "Utstyr"


class AlertKind(TextChoices):
    """What a person must handle. Together with patient and subject it names the one open alert."""

    ASSESSMENT = "ASSESSMENT", "Måling eller skjema"
    MISSING = "MISSING", "Manglende måling"
    EQUIPMENT = "EQUIPMENT", "Utstyr"
    DELIVERY = "DELIVERY", "Varsling feilet"


class AlertState(TextChoices):
    """An alert waits for a person, or has been closed with a reason."""

    OPEN = "OPEN", "Åpen"
    CLOSED = "CLOSED", "Lukket"


class CloseReason(TextChoices):
    """Why an alert is closed. The last two are the machine's, and only while nobody has touched the case."""

    HANDLED = "HANDLED", "Behandlet"
    ARRIVED = "ARRIVED", "Målingen kom"
    REASSESSED = "REASSESSED", "Ny vurdering med flere målinger"


class HandlingAction(TextChoices):
    """What a person did with a case."""

    CLAIM = "CLAIM", "Tok saken"
    RELEASE = "RELEASE", "Slapp saken"
    DONE = "DONE", "Ferdig"
    UNDO = "UNDO", "Angret"


class Outcome(TextChoices):
    """What was done for the patient; one or more for each handled case (R-100, AT-32)."""

    CALLED = "CALLED", "Ringte pasienten"
    REMEASURE = "REMEASURE", "Ba om ny måling"
    GP = "GP", "Kontaktet fastlege"
    EMERGENCY_CLINIC = "EMERGENCY_CLINIC", "Kontaktet legevakt 116 117"
    EMERGENCY = "EMERGENCY", "Ringte 113"
    NO_ACTION = "NO_ACTION", "Ingen tiltak nødvendig"


class Channel(TextChoices):
    """How a notice leaves."""

    EMAIL = "EMAIL", "E-post"
    WEBHOOK = "WEBHOOK", "Webhook"


class DeliveryState(TextChoices):
    """The life of an outbound notice. Delivered is written only after success."""

    QUEUED = "QUEUED", "I kø"
    SENDING = "SENDING", "Sendes"
    WAITING = "WAITING", "Venter på nytt forsøk"
    DELIVERED = "DELIVERED", "Levert"
    FAILED = "FAILED", "Feilet"


class Pattern(TextChoices):
    """Why a look at a record is unusual. All can be innocent: the list asks a question, it accuses nobody."""

    FAMILY_NAME = "FAMILY_NAME", "Samme etternavn som pasienten"
    SAME_ADDRESS = "SAME_ADDRESS", _("Samme adresse som pasienten")
    NEIGHBOUR = "NEIGHBOUR", _("Nabo: samme gate og postnummer som pasienten")
    NO_TASK = "NO_TASK", "Pasienten hadde ikke noe varsel og ingen plan til behandling den dagen"
    MANY = "MANY", "Så på mange pasienter uten varsel innen én time"
    NIGHT = "NIGHT", "Så på pasienten om natten, mens tjenesten var stengt"
    OFTEN = "OFTEN", "Åpnet samme pasient svært mange ganger samme dag"

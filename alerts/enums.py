"""Choices of the queue."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Level(IntegerChoices):
    """How much it matters, worst first: the number is the order of the queue (R-097)."""

    RED = 1, _("Rød")
    YELLOW = 2, _("Gul")
    NOT_ASSESSED = 3, _("Ikke vurdert")
    MISSING = 4, _("Mangler")
    EQUIPMENT = 5, _("Utstyr")


class AlertKind(TextChoices):
    """What a person must handle. Together with patient and subject it names the one open alert."""

    ASSESSMENT = "ASSESSMENT", _("Måling eller skjema")
    MISSING = "MISSING", _("Manglende måling")
    EQUIPMENT = "EQUIPMENT", _("Utstyr")
    DELIVERY = "DELIVERY", _("Varsling feilet")
    DOCTOR = "DOCTOR", _("Kontakt lege")


class AlertState(TextChoices):
    """An alert waits for a person, or has been closed with a reason."""

    OPEN = "OPEN", _("Åpen")
    CLOSED = "CLOSED", _("Lukket")


class CloseReason(TextChoices):
    """Why an alert is closed. The last two are the machine's, and only while nobody has touched the case."""

    HANDLED = "HANDLED", _("Behandlet")
    ARRIVED = "ARRIVED", _("Målingen kom")
    REASSESSED = "REASSESSED", _("Ny vurdering med flere målinger")


class HandlingAction(TextChoices):
    """What a person did with a case."""

    CLAIM = "CLAIM", _("Tok saken")
    RELEASE = "RELEASE", _("Slapp saken")
    DONE = "DONE", _("Ferdig")
    UNDO = "UNDO", _("Angret")


class Outcome(TextChoices):
    """What was done for the patient; one or more for each handled case (R-100, AT-32)."""

    CALLED = "CALLED", _("Ringte pasienten")
    REMEASURE = "REMEASURE", _("Ba om ny måling")
    GP = "GP", _("Kontaktet fastlege")
    EMERGENCY_CLINIC = "EMERGENCY_CLINIC", _("Kontaktet legevakt 116 117")
    EMERGENCY = "EMERGENCY", _("Ringte 113")
    NO_ACTION = "NO_ACTION", _("Ingen tiltak nødvendig")


class Channel(TextChoices):
    """How a notice leaves."""

    EMAIL = "EMAIL", _("E-post")
    WEBHOOK = "WEBHOOK", _("Webhook")


class Pattern(TextChoices):
    """Why a look at a record is unusual. All can be innocent: the list asks a question, it accuses nobody."""

    FAMILY_NAME = "FAMILY_NAME", _("Samme etternavn som pasienten")
    SAME_ADDRESS = "SAME_ADDRESS", _("Samme adresse som pasienten")
    NEIGHBOUR = "NEIGHBOUR", _("Nabo: samme gate og postnummer som pasienten")
    NO_TASK = "NO_TASK", _("Pasienten hadde ikke noe varsel og ingen plan til behandling den dagen")
    MANY = "MANY", _("Så på mange pasienter uten varsel innen én time")
    NIGHT = "NIGHT", _("Så på pasienten om natten, mens tjenesten var stengt")
    OFTEN = "OFTEN", _("Åpnet samme pasient svært mange ganger samme dag")


class EndProblem(TextChoices):
    """Why a course cannot end as things stand, as the screen says it: what, and what to do (R-017)."""

    ENDED = "ENDED", _("Forløpet er allerede avsluttet.")
    IN_FUTURE = "IN_FUTURE", _("Siste dag: velg i dag eller en dag som har vært.")
    BEFORE_START = "BEFORE_START", _("Siste dag: velg en dag etter at forløpet begynte.")
    OPEN_ALERTS = (
        "OPEN_ALERTS",
        _("Pasienten har åpne varsler. En sykepleier må behandle dem før forløpet kan avsluttes."),
    )
    WAITING_SLOTS = (
        "WAITING_SLOTS",
        _("En forespørsel om hastetime venter på svar. Skriv inn svaret fra avdelingen før du avslutter forløpet."),
    )
    NOT_ASSESSED = "NOT_ASSESSED", _("Nye målinger blir vurdert akkurat nå. Vent et øyeblikk, og prøv igjen.")
    DEVICES = "DEVICES", _("Utstyret er endret mens du hadde siden åpen. Se over det, og prøv igjen.")


class Side(TextChoices):
    """On which side of a limit a value lies."""

    LOW = "LOW", _("For lavt")
    HIGH = "HIGH", _("For høyt")


class AgendaReason(TextChoices):
    """Why a patient stands on the agenda of a red-zone meeting (R-141)."""

    RED = "RED", _("Har vært rød")
    YELLOW_AGAIN = "YELLOW_AGAIN", _("Gul igjen etter at tiltak var gjort")
    YELLOW_OFTEN = "YELLOW_OFTEN", _("Gul minst tre ganger")
    BY_HAND = "BY_HAND", _("Lagt til av sykepleier")


class MeetingDecision(TextChoices):
    """What a meeting can decide about a patient (R-052)."""

    NONE = "NONE", _("Ingen endring")
    PLAN_CHANGE = "PLAN_CHANGE", _("Endre planen")
    MEDICATION = "MEDICATION", _("Endre medisiner")
    OUTPATIENT = "OUTPATIENT", _("Poliklinisk time")
    OTHER = "OTHER", _("Annet")


class OutpatientAnswer(TextChoices):
    """What the department answers to a request for an urgent slot (R-142)."""

    GIVEN = "GIVEN", _("Time gitt")
    DECLINED = "DECLINED", _("Avslått med råd")


class OutpatientOutcome(TextChoices):
    """Whether the slot was used."""

    ATTENDED = "ATTENDED", _("Pasienten møtte")
    MISSED = "MISSED", _("Pasienten møtte ikke")


class ActivityKind(TextChoices):
    """What the hospital did in a course (R-146, R-208)."""

    MEETING = "MEETING", _("Møte om pasienten")
    PATIENT_TALK = "PATIENT_TALK", _("Møte med pasienten")
    TRANSFER = "TRANSFER", _("Overføringssamtale")
    ENDING = "ENDING", _("Del i å avslutte forløpet")
    OUTPATIENT = "OUTPATIENT", _("Poliklinisk time")
    OTHER = "OTHER", _("Annet")

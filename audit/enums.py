"""What the access log can say."""

from typing import Final

from django.db.models import TextChoices

# What stands in an entry's `role` where a device looked, not a person.
DEVICE_ROLE: Final = "DEVICE"


class Action(TextChoices):
    """What somebody did, or tried to do, with a patient's record."""

    OPEN_PATIENT = "OPEN_PATIENT", "Åpnet pasient"
    OPEN_QUEUE = "OPEN_QUEUE", "Åpnet arbeidskø"
    OPEN_EXPLANATION = "OPEN_EXPLANATION", "Åpnet forklaring"
    OPEN_PLAN = "OPEN_PLAN", "Åpnet plan"
    LIST_PATIENTS = "LIST_PATIENTS", "Åpnet pasientliste"
    SEARCH_PATIENTS = "SEARCH_PATIENTS", "Søkte etter pasient"
    LIST_PLANS = "LIST_PLANS", "Åpnet planer til godkjenning"
    PRINT_PLAN = "PRINT_PLAN", "Skrev ut plan"
    DECIDE_PLAN = "DECIDE_PLAN", "Tok stilling til plan"
    CLAIM = "CLAIM", "Tok saken"
    HANDLE = "HANDLE", "Behandlet sak"
    OPEN_DEVICES = "OPEN_DEVICES", "Åpnet enheter"
    ISSUE_DEVICE = "ISSUE_DEVICE", "Ga enhet tilgang"
    REVOKE_DEVICE = "REVOKE_DEVICE", "Sperret enhet"
    READ_READINGS = "READ_READINGS", "Hentet målinger til enheten"
    READ_PLAN = "READ_PLAN", "Hentet planen til enheten"
    READ_QUESTIONNAIRES = "READ_QUESTIONNAIRES", "Hentet skjemaer til enheten"
    SEND = "SEND", "Sendte inn fra enheten"
    READ_LOG = "READ_LOG", "Åpnet innsynsloggen"
    REVIEW_LOG = "REVIEW_LOG", "Kontrollerte innsynsloggen"
    PRINT_LOG = "PRINT_LOG", "Skrev ut hvem som har sett i journalen"
    EXPORT = "EXPORT", "Hentet ut alt om pasienten"
    CORRECT = "CORRECT", "Behandlet krav om retting"
    OPEN_ACCESS = "OPEN_ACCESS", "Så hvem som har tilgang"
    SHARE_PATIENT = "SHARE_PATIENT", "Endret hvem pasienten er delt med"
    LIST_HANDOVERS = "LIST_HANDOVERS", "Åpnet overføringer"
    HAND_OVER = "HAND_OVER", "Overførte ansvaret for pasienten"
    BLOCK_ACCESS = "BLOCK_ACCESS", "Registrerte pasientens sperring"
    LOOK_UP = "LOOK_UP", "Slo opp pasienten for nødtilgang"
    EMERGENCY_ACCESS = "EMERGENCY_ACCESS", "Åpnet nødtilgang"
    LIST_EMERGENCIES = "LIST_EMERGENCIES", "Åpnet nødtilganger"
    REVIEW_EMERGENCY = "REVIEW_EMERGENCY", "Vurderte nødtilgang"
    OPEN_CONTACT = "OPEN_CONTACT", "Åpnet kontaktopplysninger"
    CHANGE_CONTACT = "CHANGE_CONTACT", "Endret kontaktopplysninger"
    LIST_DELIVERIES = "LIST_DELIVERIES", "Åpnet leveringslisten"


class Basis(TextChoices):
    """Why somebody may look: a closed list, chosen by the code path. Reasons in own words stand in `purpose`."""

    HEALTH_CARE = "HEALTH_CARE", "Helsehjelp"
    ADMINISTRATION = "ADMINISTRATION", "Administrasjon av tjenesten"
    EMERGENCY = "EMERGENCY", "Nødtilgang"
    INSIGHT = "INSIGHT", "Innsyn for pasienten"
    CONTROL = "CONTROL", "Kontroll av hvem som har sett i journalen"
    OWN = "OWN", "Pasienten selv"
    AUTOMATIC = "AUTOMATIC", "Automatisk behandling"


# What is not here is health care.
_BASIS: Final[dict[Action, Basis]] = {
    Action.OPEN_DEVICES: Basis.ADMINISTRATION,
    Action.ISSUE_DEVICE: Basis.ADMINISTRATION,
    Action.REVOKE_DEVICE: Basis.ADMINISTRATION,
    Action.READ_READINGS: Basis.OWN,
    Action.READ_PLAN: Basis.OWN,
    Action.READ_QUESTIONNAIRES: Basis.OWN,
    Action.SEND: Basis.OWN,
    Action.READ_LOG: Basis.CONTROL,
    Action.REVIEW_LOG: Basis.CONTROL,
    Action.PRINT_LOG: Basis.INSIGHT,
    Action.EXPORT: Basis.INSIGHT,
    Action.CORRECT: Basis.INSIGHT,
    Action.OPEN_ACCESS: Basis.ADMINISTRATION,
    Action.SHARE_PATIENT: Basis.ADMINISTRATION,
    Action.LIST_HANDOVERS: Basis.ADMINISTRATION,
    Action.HAND_OVER: Basis.ADMINISTRATION,
    Action.BLOCK_ACCESS: Basis.ADMINISTRATION,
    Action.LOOK_UP: Basis.EMERGENCY,
    Action.EMERGENCY_ACCESS: Basis.EMERGENCY,
    Action.LIST_EMERGENCIES: Basis.CONTROL,
    Action.REVIEW_EMERGENCY: Basis.CONTROL,
    Action.OPEN_CONTACT: Basis.ADMINISTRATION,
    Action.CHANGE_CONTACT: Basis.ADMINISTRATION,
    Action.LIST_DELIVERIES: Basis.ADMINISTRATION,
}


def basis_of(action: Action) -> Basis:
    """The basis of an action when the code path does not say another (emergency access does)."""
    return _BASIS.get(action, Basis.HEALTH_CARE)


class ReviewOutcome(TextChoices):
    """What the privacy officer found out about an unusual look."""

    LAWFUL = "LAWFUL", "Innsynet var i orden"
    ASKED = "ASKED", "Lederen er spurt og skal svare"
    BREACH = "BREACH", "Innsynet var ikke i orden"

"""What the access log can say."""

from django.db.models import TextChoices


class Action(TextChoices):
    """What somebody did, or tried to do, with a patient's record."""

    OPEN_PATIENT = "OPEN_PATIENT", "Åpnet pasient"
    OPEN_QUEUE = "OPEN_QUEUE", "Åpnet arbeidskø"
    OPEN_EXPLANATION = "OPEN_EXPLANATION", "Åpnet forklaring"
    OPEN_PLAN = "OPEN_PLAN", "Åpnet plan"
    PRINT_PLAN = "PRINT_PLAN", "Skrev ut plan"
    DECIDE_PLAN = "DECIDE_PLAN", "Tok stilling til plan"
    CLAIM = "CLAIM", "Tok saken"
    HANDLE = "HANDLE", "Behandlet sak"
    ISSUE_DEVICE = "ISSUE_DEVICE", "Ga enhet tilgang"
    REVOKE_DEVICE = "REVOKE_DEVICE", "Sperret enhet"
    OPEN_ACCESS = "OPEN_ACCESS", "Så hvem som har tilgang"
    SHARE_PATIENT = "SHARE_PATIENT", "Endret hvem pasienten er delt med"
    LIST_HANDOVERS = "LIST_HANDOVERS", "Åpnet overføringer"
    HAND_OVER = "HAND_OVER", "Overførte ansvaret for pasienten"
    BLOCK_ACCESS = "BLOCK_ACCESS", "Registrerte pasientens sperring"
    LOOK_UP = "LOOK_UP", "Slo opp pasienten for nødtilgang"
    EMERGENCY_ACCESS = "EMERGENCY_ACCESS", "Åpnet nødtilgang"
    LIST_EMERGENCIES = "LIST_EMERGENCIES", "Åpnet nødtilganger"
    REVIEW_EMERGENCY = "REVIEW_EMERGENCY", "Vurderte nødtilgang"

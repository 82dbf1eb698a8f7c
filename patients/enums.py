"""Choices of the patient record and the enrolment."""

from django.db.models import TextChoices


class Sex(TextChoices):
    """Sex as in the population register; unknown is said, not guessed."""

    FEMALE = "F", "Kvinne"
    MALE = "M", "Mann"
    UNKNOWN = "U", "Ikke oppgitt"


class EnrolmentStatus(TextChoices):
    """Where the course of the service stands (R-015); referral and assessment come with the pathway."""

    TRIAL = "TRIAL", "Prøveperiode"
    ACTIVE = "ACTIVE", "I drift"
    PAUSED = "PAUSED", "Pause"
    ENDED = "ENDED", "Avsluttet"


class Decision(TextChoices):
    """What was decided about a request for correction (GDPR article 16)."""

    WAITING = "", "Venter på svar"
    ACCEPTED = "ACCEPTED", "Rettet"
    REFUSED = "REFUSED", "Avslått"


class EndReason(TextChoices):
    """Why the service ended (R-017)."""

    NO_BENEFIT = "NO_BENEFIT", "Ikke lenger nytte"
    TOO_ILL = "TOO_ILL", "For syk"
    NOT_SUITED = "NOT_SUITED", "Ikke egnet etter prøveperiode"
    INSECURITY = "INSECURITY", "Skaper utrygghet"
    OWN_WISH = "OWN_WISH", "Eget ønske"
    MOVED = "MOVED", "Flyttet"
    DEAD = "DEAD", "Død"
    OTHER = "OTHER", "Annet"


class TargetGroup(TextChoices):
    """Target groups as tags; none is required, the service is diagnosis-independent (R-007, R-023)."""

    COPD = "COPD", "Kols"
    HEART_FAILURE = "HEART_FAILURE", "Hjertesvikt"
    DIABETES = "DIABETES", "Diabetes"
    CANCER = "CANCER", "Kreft"
    MENTAL_ILLNESS = "MENTAL_ILLNESS", "Psykisk helse"
    NUTRITION = "NUTRITION", "Ernæring"
    COMPLEX_NEEDS = "COMPLEX_NEEDS", "Sammensatte behov"
    GROUP_HOME = "GROUP_HOME", "Bofellesskap"
    HEALTHY_LIFE = "HEALTHY_LIFE", "Frisklivssentral"
    DEMENTIA_RELATIVES = "DEMENTIA_RELATIVES", "Pårørende ved demens"


class NationalIdKind(TextChoices):
    """Which kind of national id the patient has (norway.md 4.6)."""

    FNR = "FNR", "Fødselsnummer"
    DNR = "DNR", "D-nummer"
    HNR = "HNR", "H-nummer"
    FHN = "FHN", "Felles hjelpenummer"


class HandoverAnswer(TextChoices):
    """What the receiving service said; empty while nobody has answered."""

    ACCEPTED = "ACCEPTED", "Tatt imot"
    DECLINED = "DECLINED", "Avslått"

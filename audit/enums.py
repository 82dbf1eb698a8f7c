"""What the access log can say."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# What stands in an entry's `role` where a device looked, not a person.
DEVICE_ROLE: Final = "DEVICE"
# And where somebody outside the staff did: the patient, or a relative whom the patient has given authority.
PATIENT_ROLE: Final = "PATIENT"
RELATIVE_ROLE: Final = "RELATIVE"
# And where a system of the municipality did.
SYSTEM_ROLE: Final = "SYSTEM"


class Action(TextChoices):
    """What somebody did, or tried to do, with a patient's record."""

    OPEN_PATIENT = "OPEN_PATIENT", _("Åpnet pasient")
    OPEN_QUEUE = "OPEN_QUEUE", _("Åpnet arbeidskø")
    OPEN_EXPLANATION = "OPEN_EXPLANATION", _("Åpnet forklaring")
    OPEN_PLAN = "OPEN_PLAN", _("Åpnet plan")
    LIST_PATIENTS = "LIST_PATIENTS", _("Åpnet pasientliste")
    SEARCH_PATIENTS = "SEARCH_PATIENTS", _("Søkte etter pasient")
    LIST_PLANS = "LIST_PLANS", _("Åpnet planer til godkjenning")
    WRITE_PLAN = "WRITE_PLAN", _("Skrev på plan")
    EXPORT_PLAN = "EXPORT_PLAN", _("Hentet ut plan som fil")
    PRINT_PLAN = "PRINT_PLAN", _("Skrev ut plan")
    DECIDE_PLAN = "DECIDE_PLAN", _("Tok stilling til plan")
    CLAIM = "CLAIM", _("Tok saken")
    HANDLE = "HANDLE", _("Behandlet sak")
    OPEN_DEVICES = "OPEN_DEVICES", _("Åpnet enheter")
    ISSUE_DEVICE = "ISSUE_DEVICE", _("Ga enhet tilgang")
    REVOKE_DEVICE = "REVOKE_DEVICE", _("Sperret enhet")
    FIND_TABLET = "FIND_TABLET", _("Slo opp koden fra et nettbrett")
    PAIR_DEVICE = "PAIR_DEVICE", _("Koblet nettbrett til pasienten")
    RESET_PIN = "RESET_PIN", _("Nullstilte PIN-koden til et nettbrett")
    REUSE_KEY = "REUSE_KEY", _("Brukte en nøkkel som var brukt før. Nettbrettet ble sperret.")
    READ_READINGS = "READ_READINGS", _("Hentet målinger til enheten")
    READ_PLAN = "READ_PLAN", _("Hentet planen til enheten")
    READ_QUESTIONNAIRES = "READ_QUESTIONNAIRES", _("Hentet skjemaer til enheten")
    SEND = "SEND", _("Sendte inn fra enheten")
    SYSTEM_READINGS = "SYSTEM_READINGS", _("Hentet målinger til et annet system")
    SYSTEM_PLAN = "SYSTEM_PLAN", _("Hentet planen til et annet system")
    SYSTEM_FORMS = "SYSTEM_FORMS", _("Hentet skjemaene til et annet system")
    SYSTEM_SEND = "SYSTEM_SEND", _("Sendte inn fra et annet system")
    READ_LOG = "READ_LOG", _("Åpnet innsynsloggen")
    REVIEW_LOG = "REVIEW_LOG", _("Kontrollerte innsynsloggen")
    PRINT_LOG = "PRINT_LOG", _("Skrev ut hvem som har sett i journalen")
    REQUEST_INSIGHT = "REQUEST_INSIGHT", _("Behandlet krav om innsyn")
    EXPORT = "EXPORT", _("Hentet ut alt om pasienten")
    CORRECT = "CORRECT", _("Behandlet krav om retting")
    OPEN_ACCESS = "OPEN_ACCESS", _("Så hvem som har tilgang")
    SHARE_PATIENT = "SHARE_PATIENT", _("Endret hvem pasienten er delt med")
    LIST_HANDOVERS = "LIST_HANDOVERS", _("Åpnet overføringer")
    HAND_OVER = "HAND_OVER", _("Overførte ansvaret for pasienten")
    BLOCK_ACCESS = "BLOCK_ACCESS", _("Registrerte pasientens sperring")
    LOOK_UP = "LOOK_UP", _("Slo opp pasienten for nødtilgang")
    EMERGENCY_ACCESS = "EMERGENCY_ACCESS", _("Åpnet nødtilgang")
    LIST_EMERGENCIES = "LIST_EMERGENCIES", _("Åpnet nødtilganger")
    REVIEW_EMERGENCY = "REVIEW_EMERGENCY", _("Vurderte nødtilgang")
    OPEN_OWN = "OPEN_OWN", _("Åpnet pasientens egne sider")
    OPEN_SUBMIT = "OPEN_SUBMIT", _("Åpnet siden for å sende måling")
    SUBMIT = "SUBMIT", _("Sendte inn måling")
    READ_OWN_LOG = "READ_OWN_LOG", _("Så hvem som har sett i egen journal")
    AUTHORISE = "AUTHORISE", _("Ga eller trakk tilbake fullmakt")
    OPEN_CONTACT = "OPEN_CONTACT", _("Åpnet kontaktopplysninger")
    CHANGE_CONTACT = "CHANGE_CONTACT", _("Endret kontaktopplysninger")
    LIST_DELIVERIES = "LIST_DELIVERIES", _("Åpnet leveringslisten")
    LIST_WAITING_PLANS = "LIST_WAITING_PLANS", _("Åpnet planer som venter på lege")
    LIST_GP_TASKS = "LIST_GP_TASKS", _("Åpnet legens oppgaver")
    CONTACT_DOCTOR = "CONTACT_DOCTOR", _("Minnet eller kontaktet legen")
    GP_ROUTINE = "GP_ROUTINE", _("Åpnet eller endret avtalen med fastlegen")
    SEND_CURVES = "SEND_CURVES", _("Sendte kurver til fastlegen, eller så hva som er sendt")
    OPEN_CURVES = "OPEN_CURVES", _("Åpnet kurver som er sendt til fastlegen")
    GP_LOOK = "GP_LOOK", _("Så på målingene som avtalt")
    LIST_COURSES = "LIST_COURSES", _("Åpnet forløpstavlen")
    OPEN_COURSE = "OPEN_COURSE", _("Åpnet forløpet")
    CHANGE_COURSE = "CHANGE_COURSE", _("Endret forløpet")
    END_COURSE = "END_COURSE", _("Avsluttet forløpet")
    LIST_REFERRALS = "LIST_REFERRALS", _("Åpnet henvisninger")
    REFER = "REFER", _("Henviste pasienten")
    OPEN_REFERRAL = "OPEN_REFERRAL", _("Åpnet henvisningen")
    ASSESS_REFERRAL = "ASSESS_REFERRAL", _("Vurderte henvisningen")
    DECIDE_REFERRAL = "DECIDE_REFERRAL", _("Avgjorde henvisningen")
    PRINT_LETTER = "PRINT_LETTER", _("Skrev ut brev til pasienten")
    OPEN_MEETING = "OPEN_MEETING", _("Åpnet agendaen til et rødsonemøte")
    CHANGE_AGENDA = "CHANGE_AGENDA", _("Endret agenda eller referat i et rødsonemøte")
    DECIDE_IN_MEETING = "DECIDE_IN_MEETING", _("Skrev beslutning i et rødsonemøte")
    REQUEST_SLOT = "REQUEST_SLOT", _("Ba om hastetime")
    ANSWER_SLOT = "ANSWER_SLOT", _("Besvarte eller avsluttet hastetime")
    LIST_SLOTS = "LIST_SLOTS", _("Åpnet listen over hastetimer")
    LOG_ACTIVITY = "LOG_ACTIVITY", _("Registrerte aktivitet på sykehuset")
    LIST_ACTIVITIES = "LIST_ACTIVITIES", _("Åpnet listen over aktiviteter")


class Basis(TextChoices):
    """Why somebody may look: a closed list, chosen by the code path. Reasons in own words stand in `purpose`."""

    HEALTH_CARE = "HEALTH_CARE", _("Helsehjelp")
    ADMINISTRATION = "ADMINISTRATION", _("Administrasjon av tjenesten")
    EMERGENCY = "EMERGENCY", _("Nødtilgang")
    INSIGHT = "INSIGHT", _("Innsyn for pasienten")
    CONTROL = "CONTROL", _("Kontroll av hvem som har sett i journalen")
    OWN = "OWN", _("Pasienten selv")
    AUTHORITY = "AUTHORITY", _("Fullmakt fra pasienten")
    AUTOMATIC = "AUTOMATIC", _("Automatisk behandling")


# What is not here is health care.
_BASIS: Final[dict[Action, Basis]] = {
    Action.OPEN_DEVICES: Basis.ADMINISTRATION,
    Action.ISSUE_DEVICE: Basis.ADMINISTRATION,
    Action.REVOKE_DEVICE: Basis.ADMINISTRATION,
    Action.FIND_TABLET: Basis.ADMINISTRATION,
    Action.PAIR_DEVICE: Basis.ADMINISTRATION,
    Action.RESET_PIN: Basis.ADMINISTRATION,
    Action.REUSE_KEY: Basis.OWN,
    Action.READ_READINGS: Basis.OWN,
    Action.READ_PLAN: Basis.OWN,
    Action.READ_QUESTIONNAIRES: Basis.OWN,
    Action.SEND: Basis.OWN,
    Action.READ_LOG: Basis.CONTROL,
    Action.REVIEW_LOG: Basis.CONTROL,
    Action.PRINT_LOG: Basis.INSIGHT,
    Action.REQUEST_INSIGHT: Basis.INSIGHT,
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
    Action.OPEN_OWN: Basis.OWN,
    Action.READ_OWN_LOG: Basis.OWN,
    Action.AUTHORISE: Basis.ADMINISTRATION,
    Action.OPEN_CONTACT: Basis.ADMINISTRATION,
    Action.CHANGE_CONTACT: Basis.ADMINISTRATION,
    Action.LIST_DELIVERIES: Basis.ADMINISTRATION,
    Action.LIST_REFERRALS: Basis.ADMINISTRATION,
    Action.OPEN_REFERRAL: Basis.ADMINISTRATION,
    Action.ASSESS_REFERRAL: Basis.ADMINISTRATION,
    Action.DECIDE_REFERRAL: Basis.ADMINISTRATION,
    Action.PRINT_LETTER: Basis.ADMINISTRATION,
    Action.LOG_ACTIVITY: Basis.ADMINISTRATION,
    Action.LIST_ACTIVITIES: Basis.ADMINISTRATION,
}


def basis_of(action: Action) -> Basis:
    """The basis of an action when the code path does not say another (emergency access does)."""
    return _BASIS.get(action, Basis.HEALTH_CARE)


class ReviewOutcome(TextChoices):
    """What the privacy officer found out about an unusual look."""

    LAWFUL = "LAWFUL", _("Innsynet var i orden")
    ASKED = "ASKED", _("Lederen er spurt og skal svare")
    BREACH = "BREACH", _("Innsynet var ikke i orden")

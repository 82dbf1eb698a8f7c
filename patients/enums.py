"""Choices of the patient record and the enrolment."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from organisations.enums import ServiceKind


class Sex(TextChoices):
    """Sex as in the population register; unknown is said, not guessed."""

    FEMALE = "F", _("Kvinne")
    MALE = "M", _("Mann")
    UNKNOWN = "U", _("Ikke oppgitt")


class ReferralStatus(TextChoices):
    """Where a referral or application stands, until the municipality has decided about it (R-001 to R-006)."""

    RECEIVED = "RECEIVED", _("Henvist")
    ASSESSED = "ASSESSED", _("Vurdert")
    ALLOCATED = "ALLOCATED", _("Tildelt")
    DECLINED = "DECLINED", _("Ikke tildelt")


class ReferralOrigin(TextChoices):
    """Who asks for the service (R-001)."""

    GP = "GP", _("Fastlege")
    HOME_NURSING = "HOME_NURSING", _("Hjemmetjeneste")
    HOSPITAL = "HOSPITAL", _("Sykehus")
    CITIZEN = "CITIZEN", _("Innbyggeren selv")
    OTHER = "OTHER", _("Andre")


class EnrolmentStatus(TextChoices):
    """Where the course of the service stands (R-015). A pause is no status: it is days, see `Pause`."""

    START_UP = "START_UP", _("Oppstart")
    TRIAL = "TRIAL", _("Prøveperiode")
    ACTIVE = "ACTIVE", _("I drift")
    ENDED = "ENDED", _("Avsluttet")


class PlanBasis(TextChoices):
    """What the follow-up after the trial rests on; without a self-care plan another plan is named (R-042, AT-52)."""

    NONE = "", _("Ikke avgjort")
    SELF_CARE_PLAN = "EBP", _("Egenbehandlingsplan")
    OTHER_PLAN = "OTHER", _("Annen behandlingsplan")


class Decision(TextChoices):
    """What was decided about a request for correction (GDPR article 16)."""

    WAITING = "", _("Venter på svar")
    ACCEPTED = "ACCEPTED", _("Rettet")
    REFUSED = "REFUSED", _("Avslått")


class InsightChannel(TextChoices):
    """How a patient's request for insight came (GDPR article 15)."""

    LETTER = "LETTER", _("brev")
    IN_PERSON = "IN_PERSON", _("oppmøte")
    PHONE = "PHONE", _("telefon")
    DIGITAL = "DIGITAL", _("digital melding")


class EndReason(TextChoices):
    """Why the service ended, or was not allocated (R-017)."""

    CRITERIA = "CRITERIA", _("Oppfyller ikke vilkårene")
    NO_BENEFIT = "NO_BENEFIT", _("Ikke lenger nytte")
    TOO_ILL = "TOO_ILL", _("For syk")
    NOT_SUITED = "NOT_SUITED", _("Ikke egnet etter prøveperiode")
    INSECURITY = "INSECURITY", _("Skaper utrygghet")
    OWN_WISH = "OWN_WISH", _("Eget ønske")
    MOVED = "MOVED", _("Flyttet")
    DEAD = "DEAD", _("Død")
    OTHER = "OTHER", _("Annet")


class TargetGroup(TextChoices):
    """Target groups as tags; none is required, the service is diagnosis-independent (R-007, R-023)."""

    COPD = "COPD", _("Kols")
    HEART_FAILURE = "HEART_FAILURE", _("Hjertesvikt")
    DIABETES = "DIABETES", _("Diabetes")
    CANCER = "CANCER", _("Kreft")
    MENTAL_ILLNESS = "MENTAL_ILLNESS", _("Psykisk helse")
    NUTRITION = "NUTRITION", _("Ernæring")
    COMPLEX_NEEDS = "COMPLEX_NEEDS", _("Sammensatte behov")
    GROUP_HOME = "GROUP_HOME", _("Bofellesskap")
    HEALTHY_LIFE = "HEALTHY_LIFE", _("Frisklivssentral")
    DEMENTIA_RELATIVES = "DEMENTIA_RELATIVES", _("Pårørende ved demens")


class NationalIdKind(TextChoices):
    """Which kind of national id the patient has (norway.md 4.6)."""

    FNR = "FNR", _("Fødselsnummer")
    DNR = "DNR", _("D-nummer")
    HNR = "HNR", _("H-nummer")
    FHN = "FHN", _("Felles hjelpenummer")


class HandoverAnswer(TextChoices):
    """What the receiving service said; empty while nobody has answered."""

    ACCEPTED = "ACCEPTED", _("Tatt imot")
    DECLINED = "DECLINED", _("Avslått")
    WITHDRAWN = "WITHDRAWN", _("Trukket tilbake")


class Obstacle(TextChoices):
    """Why something about access or responsibility cannot be done, as the screen says it: what, and what to do."""

    NO_AGREEMENT = (
        "NO_AGREEMENT",
        _(
            "Tjenesten har ingen avtale som lar den se pasienter i kommunen den dagen. Velg en annen tjeneste, "
            "eller be kommunen inngå en avtale først."
        ),
    )
    HOLDS_COURSE = "HOLDS_COURSE", _("Tjenesten følger allerede opp pasienten. Velg en annen tjeneste.")
    ALREADY_SHARED = "ALREADY_SHARED", _("Pasienten er allerede delt med tjenesten. Avslutt delingen først.")
    BLOCKED = "BLOCKED", _("Pasienten har sperret for tjenesten. Snakk med pasienten, og opphev sperringen først.")
    PAST_DAY = "PAST_DAY", _("Dagen er passert. Velg i dag eller en dag framover.")
    NO_COURSE = "NO_COURSE", _("Pasienten har ikke noe forløp nå. Det er ingenting å overføre.")
    HANDOVER_OPEN = "HANDOVER_OPEN", _("En overføring venter allerede. Trekk den tilbake før du gjør dette.")
    NOBODY_THERE = (
        "NOBODY_THERE",
        _("Ingen sykepleier i tjenesten kan følge opp pasienten den dagen. Velg en annen tjeneste eller en annen dag."),
    )
    ANSWERED = "ANSWERED", _("Overføringen er allerede besvart eller trukket tilbake.")
    COURSE_CHANGED = "COURSE_CHANGED", _("Forløpet er avsluttet eller endret siden overføringen ble foreslått.")
    BLOCK_OF_HOLDER = (
        "BLOCK_OF_HOLDER",
        _(
            "Tjenesten følger opp pasienten, og ingen andre ser på målingene. Avslutt forløpet i stedet, "
            "eller overfør pasienten til en annen tjeneste."
        ),
    )
    BLOCK_OF_LAST_NURSE = (
        "BLOCK_OF_LAST_NURSE",
        _(
            "Sperringen gjør at ingen sykepleier ser pasientens varsler. Overfør pasienten til en annen tjeneste, "
            "eller avslutt forløpet i stedet."
        ),
    )
    ALREADY_BLOCKED = "ALREADY_BLOCKED", _("Sperringen gjelder allerede.")
    ALREADY_LIFTED = "ALREADY_LIFTED", _("Sperringen er allerede opphevet.")
    ALREADY_ENDED = "ALREADY_ENDED", _("Delingen er allerede avsluttet.")
    SHORT_REASON = "SHORT_REASON", _("Begrunnelse: skriv minst 20 tegn om hvorfor du trenger innsyn nå.")
    ALREADY_OPEN = "ALREADY_OPEN", _("Du har allerede tilgang til pasienten.")
    OWN_EMERGENCY = "OWN_EMERGENCY", _("Du kan ikke vurdere din egen nødtilgang. En annen må gjøre det.")
    ALREADY_REVIEWED = "ALREADY_REVIEWED", _("Nødtilgangen er allerede vurdert.")
    NO_REVIEW = "NO_REVIEW", _("Vurdering: skriv hva du har kommet fram til.")
    OWN_AUTHORITY = (
        "OWN_AUTHORITY",
        _("Fødselsnummer: dette er pasientens eget nummer. Skriv nummeret til den pårørende."),
    )
    HAS_AUTHORITY = "HAS_AUTHORITY", _("Personen har allerede en fullmakt i denne perioden. Trekk den tilbake først.")
    AUTHORITY_TO_ONESELF = "AUTHORITY_TO_ONESELF", _("Du kan ikke registrere en fullmakt til deg selv.")
    AUTHORITY_TOO_LONG = "AUTHORITY_TOO_LONG", _("En fullmakt varer høyst ett år. Velg en kortere tid.")
    AUTHORITY_ENDED = "AUTHORITY_ENDED", _("Fullmakten er allerede trukket tilbake eller utløpt.")
    NO_SUCH_STEP = (
        "NO_SUCH_STEP",
        _("Saken står et annet sted i forløpet nå. Last siden på nytt, og se hva som er gjort."),
    )
    NOT_HERE = "NOT_HERE", _("Pasienten er død eller har flyttet fra kommunen. Ingen kan få fullmakt.")
    DEAD = "DEAD", _("Personen er registrert som død. Se over fødselsnummeret.")
    MOVED = "MOVED", _("Personen har flyttet fra kommunen. Den nye kommunen tar imot henvisningen.")
    OTHER_NAME = (
        "OTHER_NAME",
        _("Fødselsnummeret er registrert på en person med et annet etternavn. Se over nummeret og navnet."),
    )
    IN_COURSE = (
        "IN_COURSE",
        _("Personen har digital hjemmeoppfølging allerede. Avslutt forløpet før du registrerer en ny henvisning."),
    )
    REFERRED = "REFERRED", _("Personen har en henvisning som ikke er avgjort. Behandle den.")
    NOT_RECEIVED = (
        "NOT_RECEIVED",
        _("Kommunen kan ikke ta imot en ny henvisning for personen nå. Ring kommunen."),
    )
    CONDITIONS_UNMET = (
        "CONDITIONS_UNMET",
        _("Begrunnelse: skriv hvorfor dere tildeler selv om ikke alle vilkår er oppfylt."),
    )


class Scope(TextChoices):
    """What somebody outside the staff may do with a patient's record (docs/rights.md)."""

    SEE = "SEE", _("se målinger og plan")
    SUBMIT = "SUBMIT", _("sende målinger")
    READ_LOG = "READ_LOG", _("se hvem som har sett i journalen")
    GIVE_ACCESS = "GIVE_ACCESS", _("gi og trekke tilbake fullmakter")


# What a patient can let a relative do. Giving others access is never handed on.
GIVEN_TO_RELATIVES: Final = (Scope.SEE, Scope.SUBMIT, Scope.READ_LOG)


class Consent(TextChoices):
    """How the patient said yes to an authority."""

    OWN = "OWN", _("Pasienten ga den selv, innlogget med ID-porten")
    SPOKEN = "SPOKEN", _("Muntlig, til den som registrerte")
    WRITTEN = "WRITTEN", _("Skriftlig, på underskrevet skjema")


class Criterion(TextChoices):
    """The seven national criteria (R-006): six are conditions, the effect on service use a «should» (AT-34)."""

    OBSERVABLE = "OBSERVABLE", _("Tilstanden kan følges hjemmefra med målinger og spørsmål")
    MOTIVATED = "MOTIVATED", _("Personen er motivert")
    JUSTIFIABLE = "JUSTIFIABLE", _("Det er forsvarlig, og personen ønsker det")
    BENEFIT = "BENEFIT", _("Vi venter at personen får nytte av det")
    SERVICE_USE = "SERVICE_USE", _("Vi venter at behovet for andre tjenester blir mindre")
    COMPETENT = "COMPETENT", _("Personen kan samtykke og følge en plan, eventuelt sammen med pårørende")
    TECHNOLOGY = "TECHNOLOGY", _("Personen kan bruke enkel teknologi, eventuelt etter opplæring")


class Login(TextChoices):
    """How the person signs in at home (R-011)."""

    BANK_ID = "BANK_ID", _("Har BankID")
    CAN_GET = "CAN_GET", _("Har ikke BankID, men kan få det")
    TABLET = "TABLET", _("Har ikke BankID: bruker nettbrett med kode fra tjenesten")


class Tablet(TextChoices):
    """What the person measures and answers on (R-011)."""

    OWN = "OWN", _("Har eget nettbrett eller egen telefon")
    LOAN = "LOAN", _("Må låne")


class Coverage(TextChoices):
    """Network or mobile coverage at home (R-011)."""

    GOOD = "GOOD", _("Har nett eller god mobildekning hjemme")
    MISSING = "MISSING", _("Mangler dekning. Det må løses før oppstart")


class Risk(TextChoices):
    """Risk of deterioration, readmission or more need of services (R-008)."""

    MEDIUM = "MEDIUM", _("Middels risiko")
    HIGH = "HIGH", _("Høy risiko")
    NEITHER = "NEITHER", _("Verken middels eller høy")


class PresentService(TextChoices):
    """Municipal services that the person already has; many have none (R-024)."""

    NONE = "NONE", _("Ingen")
    HOME_NURSING = "HOME_NURSING", _("Hjemmesykepleie")
    PRACTICAL_HELP = "PRACTICAL_HELP", _("Praktisk hjelp")
    SAFETY_ALARM = "SAFETY_ALARM", _("Trygghetsalarm")
    REHABILITATION = "REHABILITATION", _("Rehabilitering eller fysioterapi")
    MENTAL_HEALTH = "MENTAL_HEALTH", _("Psykisk helse eller rus")
    HOUSING = "HOUSING", _("Bolig med bemanning")
    OTHER = "OTHER", _("Annet")


class Replaces(TextChoices):
    """Whether the service stands instead of other services or beside them (R-003)."""

    REPLACES = "REPLACES", _("Kommer i stedet for andre tjenester")
    SUPPLEMENTS = "SUPPLEMENTS", _("Kommer i tillegg til andre tjenester")


class DecisionForm(TextChoices):
    """A formal decision is optional, case by case (R-004)."""

    OWN = "OWN", _("Eget vedtak")
    HOME_NURSING = "HOME_NURSING", _("Del av vedtak om hjemmesykepleie")
    NONE = "NONE", _("Ikke vedtak")


class Decider(TextChoices):
    """Whom the municipality lets assess and allocate (R-002)."""

    ALLOCATION_OFFICE = "ALLOCATION_OFFICE", _("Tildelingskontoret")
    FOLLOW_UP_SERVICE = "FOLLOW_UP_SERVICE", _("Oppfølgingstjenesten")
    RESPONSIBLE_UNIT = "RESPONSIBLE_UNIT", _("Den ansvarlige enheten, for eksempel hjemmesykepleien")


# Whose nurses decide, by the choice made. Who refers (a doctor's office, a hospital) never does.
DECIDING_KINDS: Final[dict[str, tuple[ServiceKind, ...]]] = {
    Decider.ALLOCATION_OFFICE: (),
    Decider.FOLLOW_UP_SERVICE: (
        ServiceKind.OWN_UNIT,
        ServiceKind.DISTRICT,
        ServiceKind.JOINT_CENTRE,
        ServiceKind.ALARM_CENTRE,
        ServiceKind.EMERGENCY_CLINIC,
        ServiceKind.SHARED_PHASES,
        ServiceKind.VIRTUAL_TEAM,
    ),
    Decider.RESPONSIBLE_UNIT: (ServiceKind.HOME_NURSING, ServiceKind.GROUP_HOME),
}


class TextKind(TextChoices):
    """What the patient must be told in writing (R-005, R-021)."""

    COURSE = "COURSE", _("Om tjenesten")
    NOT_EMERGENCY = "NOT_EMERGENCY", _("Ikke en nødtjeneste")
    COMPLAINT = "COMPLAINT", _("Retten til å klage")


class Told(TextChoices):
    """Who was informed."""

    PATIENT = "PATIENT", _("Pasienten")
    RELATIVE = "RELATIVE", _("Pårørende")


class TextGiven(TextChoices):
    """How a written text was given."""

    LETTER = "LETTER", _("I brev")
    IN_PERSON = "IN_PERSON", _("Skriftlig, i et møte")

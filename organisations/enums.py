"""The kinds of follow-up service (requirements C1)."""

from django.db.models import TextChoices


class ServiceKind(TextChoices):
    """Who looks at the readings: every organisational model of the register, as configuration (C1, R-345)."""

    GP_OFFICE = "GP_OFFICE", "Legekontor"
    OWN_UNIT = "OWN_UNIT", "Egen enhet i kommunen"
    HOME_NURSING = "HOME_NURSING", "Hjemmesykepleie"
    DISTRICT = "DISTRICT", "Bydel"
    JOINT_CENTRE = "JOINT_CENTRE", "Felles oppfølgingssenter"
    ALARM_CENTRE = "ALARM_CENTRE", "Oppfølgingstjeneste i alarmsentral"
    EMERGENCY_CLINIC = "EMERGENCY_CLINIC", "Interkommunal legevakt eller responssenter"
    HOSPITAL_COOPERATION = "HOSPITAL_COOPERATION", "Samarbeid med sykehus"
    SHARED_PHASES = "SHARED_PHASES", "Delt forløp kommune og sykehus"
    GROUP_HOME = "GROUP_HOME", "Bofellesskap med oppfølging"
    VIRTUAL_TEAM = "VIRTUAL_TEAM", "Virtuelt team"
    HOSPITAL_OWN = "HOSPITAL_OWN", "Sykehusets egen oppfølging"


class PartnerKind(TextChoices):
    """Organisations that work for municipalities without treating anybody (R-180, R-309; requirements C2)."""

    LOGISTICS = "LOGISTICS", "Utstyrslager"
    SUPPLIER = "SUPPLIER", "Leverandør"
    RESEARCH = "RESEARCH", "Forskning og analyse"


class Shared(TextChoices):
    """What an agreement lets the other party see. What is not named stays closed (R-156, R-300)."""

    READINGS = "READINGS", "Målinger, varsler og det som er gjort"
    PLAN = "PLAN", "Egenbehandlingsplan"
    EQUIPMENT = "EQUIPMENT", "Utstyr og leveringsadresse"


class Task(TextChoices):
    """Who does what under an agreement: the tasks of R-158 and C3 that the other party has taken on (R-159)."""

    RECEIVE = "RECEIVE", "Ta imot kandidater og sjekke kriterier"
    HOME_VISIT = "HOME_VISIT", "Hjemmebesøk, kartlegging og opplæring"
    EQUIPMENT = "EQUIPMENT", "Utstyr"
    TRIAGE = "TRIAGE", "Følge opp målinger og varsler"
    GP_DIALOGUE = "GP_DIALOGUE", "Dialog med fastlege og andre i kommunen"
    DOCUMENT = "DOCUMENT", "Dokumentere i journal"
    REPORT = "REPORT", "Rapportere gevinster"

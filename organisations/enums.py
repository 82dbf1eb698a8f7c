"""The kinds of follow-up service (requirements C1)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ServiceKind(TextChoices):
    """Who looks at the readings: every organisational model of the register, as configuration (C1, R-345)."""

    GP_OFFICE = "GP_OFFICE", _("Legekontor")
    OWN_UNIT = "OWN_UNIT", _("Egen enhet i kommunen")
    HOME_NURSING = "HOME_NURSING", _("Hjemmesykepleie")
    DISTRICT = "DISTRICT", _("Bydel")
    JOINT_CENTRE = "JOINT_CENTRE", _("Felles oppfølgingssenter")
    ALARM_CENTRE = "ALARM_CENTRE", _("Oppfølgingstjeneste i alarmsentral")
    EMERGENCY_CLINIC = "EMERGENCY_CLINIC", _("Interkommunal legevakt eller responssenter")
    HOSPITAL_COOPERATION = "HOSPITAL_COOPERATION", _("Samarbeid med sykehus")
    SHARED_PHASES = "SHARED_PHASES", _("Delt forløp kommune og sykehus")
    GROUP_HOME = "GROUP_HOME", _("Bofellesskap med oppfølging")
    VIRTUAL_TEAM = "VIRTUAL_TEAM", _("Virtuelt team")
    HOSPITAL_OWN = "HOSPITAL_OWN", _("Sykehusets egen oppfølging")


class PartnerKind(TextChoices):
    """Organisations that work for municipalities without treating anybody (R-180, R-309; requirements C2)."""

    LOGISTICS = "LOGISTICS", _("Utstyrslager")
    SUPPLIER = "SUPPLIER", _("Leverandør")
    RESEARCH = "RESEARCH", _("Forskning og analyse")


class Shared(TextChoices):
    """What an agreement lets the other party see. What is not named stays closed (R-156, R-300)."""

    READINGS = "READINGS", _("Målinger, varsler og det som er gjort")
    PLAN = "PLAN", _("Egenbehandlingsplan")
    EQUIPMENT = "EQUIPMENT", _("Utstyr og leveringsadresse")


class Task(TextChoices):
    """Who does what under an agreement: the tasks of R-158 and C3 that the other party has taken on (R-159)."""

    RECEIVE = "RECEIVE", _("Ta imot kandidater og sjekke kriterier")
    HOME_VISIT = "HOME_VISIT", _("Hjemmebesøk, kartlegging og opplæring")
    EQUIPMENT = "EQUIPMENT", _("Utstyr")
    TRIAGE = "TRIAGE", _("Følge opp målinger og varsler")
    GP_DIALOGUE = "GP_DIALOGUE", _("Dialog med fastlege og andre i kommunen")
    DOCUMENT = "DOCUMENT", _("Dokumentere i journal")
    REPORT = "REPORT", _("Rapportere gevinster")

"""The roles of the rights matrix (requirements C2) that work in an organisation, and the languages of the screens."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Language(TextChoices):
    """The two written languages of Norwegian, and English for some of the patient's own pages (ADR 28).

    Each is called by its own name in all of them.
    """

    NB = "nb", "Bokmål"
    NN = "nn", "Nynorsk"
    EN = "en", "English"


# What every page is written in.
NORWEGIAN: Final = (Language.NB, Language.NN)


class Role(TextChoices):
    """What a membership makes of a person. Patients and relatives act for themselves, without membership."""

    NURSE = "NURSE", _("sykepleier")
    HEALTH_WORKER = "HEALTH_WORKER", _("annet helsepersonell")
    SERVICE_LEADER = "SERVICE_LEADER", _("leder")
    HOME_NURSE = "HOME_NURSE", _("hjemmesykepleier")
    GROUP_HOME_STAFF = "GROUP_HOME_STAFF", _("boligpersonell")
    SPECIALIST = "SPECIALIST", _("sykehuslege")
    HOSPITAL_NURSE = "HOSPITAL_NURSE", _("sykepleier på sykehus")
    GP = "GP", _("fastlege")
    GP_OFFICE_NURSE = "GP_OFFICE_NURSE", _("sykepleier på legekontor")
    COORDINATOR = "COORDINATOR", _("koordinator")
    CASE_HANDLER = "CASE_HANDLER", _("saksbehandler")
    MUNICIPAL_LEADER = "MUNICIPAL_LEADER", _("leder i kommunen")
    ECONOMY = "ECONOMY", _("økonomimedarbeider")
    MUNICIPAL_ADMINISTRATOR = "MUNICIPAL_ADMINISTRATOR", _("administrator")
    PRIVACY_OFFICER = "PRIVACY_OFFICER", _("personvernombud")
    COMMUNITY_COORDINATOR = "COMMUNITY_COORDINATOR", _("koordinator i helsefellesskap")
    LOGISTICS = "LOGISTICS", _("utstyrslager")
    SUPPORT = "SUPPORT", _("leverandørstøtte")
    ANALYST = "ANALYST", _("analytiker")


# A role belongs to its kind of organisation; the database holds the same (`membership_role_fits_organisation`).
AT_SERVICE: Final = [
    Role.NURSE, Role.HEALTH_WORKER, Role.SERVICE_LEADER, Role.HOME_NURSE, Role.GROUP_HOME_STAFF,
    Role.SPECIALIST, Role.HOSPITAL_NURSE,
]  # fmt: skip
AT_PRACTICE: Final = [Role.GP, Role.GP_OFFICE_NURSE]
AT_AUTHORITY: Final = [
    Role.COORDINATOR, Role.CASE_HANDLER, Role.MUNICIPAL_LEADER, Role.ECONOMY,
    Role.MUNICIPAL_ADMINISTRATOR, Role.PRIVACY_OFFICER,
]  # fmt: skip
AT_COMMUNITY: Final = [Role.COMMUNITY_COORDINATOR]
AT_PARTNER: Final = [Role.LOGISTICS, Role.SUPPORT, Role.ANALYST]


class RevokedWhy(TextChoices):
    """Why a device lost its access. What nobody did has no person behind it."""

    STAFF = "STAFF", _("Sperret")
    LOST = "LOST", _("Nettbrettet er mistet")
    RETURNED = "RETURNED", _("Levert tilbake")
    REUSED = "REUSED", _("En brukt nøkkel ble brukt igjen. Noen kan ha kopiert den.")


class SystemKind(TextChoices):
    """What kind of system speaks to the REST interface."""

    GATEWAY = "GATEWAY", _("Mottak for måleutstyr")
    EPJ = "EPJ", _("Journalsystem")


class SystemScope(TextChoices):
    """What a system may do through the REST interface. The codes are part of the interface."""

    READINGS_WRITE = "readings:write", _("Sende målinger og skjemasvar")
    READINGS_READ = "readings:read", _("Hente målinger")
    PLAN_READ = "plan:read", _("Hente plan og skjemaer")

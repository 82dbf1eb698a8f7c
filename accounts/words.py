"""What roles are for and what permissions allow, in the words of the screens."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.roles import Permission
from dho.lib.texts import LazyText

P = Permission

PURPOSES: Final[dict[Role, LazyText]] = {
    Role.NURSE: _("Du følger opp målinger og varsler fra pasientene i tjenesten."),
    Role.HEALTH_WORKER: _("Du følger opp pasientene i tjenesten. Røde varsler avsluttes av en sykepleier."),
    Role.SERVICE_LEADER: _("Du styrer hvem som har rolle i tjenesten. Du ser ikke pasienter."),
    Role.HOME_NURSE: _("Du ser planen til pasienter som er delt med hjemmesykepleien."),
    Role.GROUP_HOME_STAFF: _("Du hjelper beboerne med å måle, og ser planen deres."),
    Role.SPECIALIST: _("Du vurderer pasienter som er delt med avdelingen, og godkjenner planer i sykehusets fase."),
    Role.HOSPITAL_NURSE: _("Du følger opp pasienter i sykehusets fase."),
    Role.GP: _("Du godkjenner planer og leser målinger for pasientene på listen din."),
    Role.GP_OFFICE_NURSE: _("Du leser målinger og planer for pasientene til legene på kontoret."),
    Role.COORDINATOR: _("Du melder inn pasienter i kommunen, leverer utstyr og leser målinger."),
    Role.CASE_HANDLER: _("Du tar imot søknader og tildeler tjenesten. Du ser ikke målinger."),
    Role.MUNICIPAL_LEADER: _("Du ser tall for kommunen, aldri enkeltpersoner."),
    Role.ECONOMY: _("Du gjør opp mellom kommunene. Du ser antall, aldri enkeltpersoner."),
    Role.MUNICIPAL_ADMINISTRATOR: _("Du styrer avtaler og roller for kommunen. Du ser ikke pasienter."),
    Role.PRIVACY_OFFICER: _("Du kontrollerer hvem som kan se kommunens pasienter, og hvem som har sett dem."),
    Role.COMMUNITY_COORDINATOR: _("Du ser samlede tall for helsefellesskapet, aldri færre enn ti pasienter sammen."),
    Role.LOGISTICS: _("Du ser utstyr og leveringsadresse. Du ser ikke helseopplysninger."),
    Role.SUPPORT: _("Du hjelper med teknikken, høyst sju dager om gangen. Du ser ikke pasienter."),
    Role.ANALYST: _("Du arbeider med avidentifiserte tall. Du ser ikke pasienter."),
}  # fmt: skip

ALLOWED: Final[dict[Permission, LazyText]] = {
    P.SEE_PATIENT: _("Lese målinger, plan og det som er gjort"),
    P.SEE_PLAN: _("Lese planen og tiltakene"),
    P.SUBMIT: _("Sende målinger for en pasient"),
    P.SEE_QUEUE: _("Se arbeidskøen"),
    P.TRIAGE: _("Behandle varsler"),
    P.CLOSE_RED: _("Avslutte røde varsler"),
    P.DRAFT_PLAN: _("Skrive utkast til plan"),
    P.APPROVE_PLAN: _("Godkjenne plan og grenseverdier"),
    P.ENROL: _("Melde inn og tildele"),
    P.REFER: _("Henvise til digital hjemmeoppfølging"),
    P.MESSAGE: _("Skrive til pasienten"),
    P.MANAGE_DEVICES: _("Gi ut og sperre enheter"),
    P.SEE_DELIVERY: _("Se utstyr og leveringsadresse"),
    P.SEE_OWN_STATISTICS: _("Se tall for egen organisasjon"),
    P.SEE_SHARED_STATISTICS: _("Se samlede tall, minst ti pasienter"),
    P.SETTLE: _("Gjøre opp mellom kommuner"),
    P.EXPORT_KPR: _("Rapportere til KPR"),
    P.CONFIGURE: _("Endre innstillinger for organisasjonen"),
    P.MANAGE_PEOPLE: _("Gi og avslutte roller"),
    P.MANAGE_AGREEMENTS: _("Lage og endre avtaler"),
    P.MANAGE_SYSTEMS: _("Gi andre systemer tilgang"),
    P.HAND_OVER: _("Overføre ansvaret for en pasient"),
    P.SHARE_PATIENT: _("Dele en pasient med en annen tjeneste"),
    P.BLOCK_ACCESS: _("Registrere pasientens sperring"),
    P.EMERGENCY_ACCESS: _("Bruke nødtilgang"),
    P.SEE_ACCESS_MATRIX: _("Se tilgangsmatrisen"),
    P.READ_ACCESS_LOG: _("Lese tilgangsloggen"),
}

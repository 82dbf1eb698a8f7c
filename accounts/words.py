"""What roles are for and what permissions allow, in the words of the screens."""

from typing import Final

from accounts.enums import Role
from accounts.roles import Permission

P = Permission

PURPOSES: Final[dict[Role, str]] = {
    Role.NURSE: "Du følger opp målinger og varsler fra pasientene i tjenesten.",
    Role.HEALTH_WORKER: "Du følger opp pasientene i tjenesten. Røde varsler avsluttes av en sykepleier.",
    Role.SERVICE_LEADER: "Du styrer hvem som har rolle i tjenesten. Du ser ikke pasienter.",
    Role.HOME_NURSE: "Du ser planen til pasienter som er delt med hjemmesykepleien.",
    Role.GROUP_HOME_STAFF: "Du hjelper beboerne med å måle, og ser planen deres.",
    Role.SPECIALIST: "Du vurderer pasienter som er delt med avdelingen, og godkjenner planer i sykehusets fase.",
    Role.HOSPITAL_NURSE: "Du følger opp pasienter i sykehusets fase.",
    Role.GP: "Du godkjenner planer og leser målinger for pasientene på listen din.",
    Role.GP_OFFICE_NURSE: "Du leser målinger og planer for pasientene til legene på kontoret.",
    Role.COORDINATOR: "Du melder inn pasienter i kommunen, leverer utstyr og leser målinger.",
    Role.CASE_HANDLER: "Du tar imot søknader og tildeler tjenesten. Du ser ikke målinger.",
    Role.MUNICIPAL_LEADER: "Du ser tall for kommunen, aldri enkeltpersoner.",
    Role.ECONOMY: "Du gjør opp mellom kommunene. Du ser antall, aldri enkeltpersoner.",
    Role.MUNICIPAL_ADMINISTRATOR: "Du styrer avtaler og roller for kommunen. Du ser ikke pasienter.",
    Role.PRIVACY_OFFICER: "Du kontrollerer hvem som kan se kommunens pasienter, og hvem som har sett dem.",
    Role.COMMUNITY_COORDINATOR: "Du ser samlede tall for helsefellesskapet, aldri færre enn ti pasienter sammen.",
    Role.LOGISTICS: "Du ser utstyr og leveringsadresse. Du ser ikke helseopplysninger.",
    Role.SUPPORT: "Du hjelper med teknikken, høyst sju dager om gangen. Du ser ikke pasienter.",
    Role.ANALYST: "Du arbeider med avidentifiserte tall. Du ser ikke pasienter.",
}  # fmt: skip

ALLOWED: Final[dict[Permission, str]] = {
    P.SEE_PATIENT: "Lese målinger, plan og det som er gjort",
    P.SEE_PLAN: "Lese planen og tiltakene",
    P.SUBMIT: "Sende målinger for en pasient",
    P.SEE_QUEUE: "Se arbeidskøen",
    P.TRIAGE: "Behandle varsler",
    P.CLOSE_RED: "Avslutte røde varsler",
    P.DRAFT_PLAN: "Skrive utkast til plan",
    P.APPROVE_PLAN: "Godkjenne plan og grenseverdier",
    P.ENROL: "Melde inn og tildele",
    P.MESSAGE: "Skrive til pasienten",
    P.MANAGE_DEVICES: "Gi ut og sperre enheter",
    P.SEE_DELIVERY: "Se utstyr og leveringsadresse",
    P.SEE_OWN_STATISTICS: "Se tall for egen organisasjon",
    P.SEE_SHARED_STATISTICS: "Se samlede tall, minst ti pasienter",
    P.SETTLE: "Gjøre opp mellom kommuner",
    P.EXPORT_KPR: "Rapportere til KPR",
    P.CONFIGURE: "Endre innstillinger for organisasjonen",
    P.MANAGE_PEOPLE: "Gi og avslutte roller",
    P.MANAGE_AGREEMENTS: "Lage og endre avtaler",
    P.MANAGE_SYSTEMS: "Gi andre systemer tilgang",
    P.HAND_OVER: "Overføre ansvaret for en pasient",
    P.SHARE_PATIENT: "Dele en pasient med en annen tjeneste",
    P.BLOCK_ACCESS: "Registrere pasientens sperring",
    P.EMERGENCY_ACCESS: "Bruke nødtilgang",
    P.SEE_ACCESS_MATRIX: "Se tilgangsmatrisen",
    P.READ_ACCESS_LOG: "Lese tilgangsloggen",
}

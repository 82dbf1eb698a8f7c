"""Why something sent was refused: stable codes for programs, and Norwegian text that says what to do.

The codes are part of the interface (docs: /api/v1/): a code may be added, but never changes its meaning.
"""

from dataclasses import dataclass
from typing import Final

# HTTP status, title, and what to do. The title is the same for every occurrence, as RFC 9457 wants it.
CODES: Final[dict[str, tuple[int, str, str]]] = {
    # The request as a whole.
    "invalid_json": (
        400,
        "Innholdet er ikke gyldig JSON",
        "Send ett JSON-objekt i UTF-8, uten NaN og Infinity.",
    ),
    "duplicate_key": (400, "Et felt står to ganger", "Send hvert felt én gang."),
    "several_errors": (400, "Flere felt må rettes", "Rett feltene i «errors» og send på nytt med samme id."),
    "invalid_cursor": (400, "Ukjent side", "Bruk «next» fra forrige svar, eller begynn på nytt uten «cursor»."),
    "not_authenticated": (401, "Enheten har ikke sagt hvem den er", "Send Authorization: Bearer og enhetens nøkkel."),
    "invalid_token": (401, "Nøkkelen er ikke gyldig", "Be oppfølgingstjenesten om en ny nøkkel til enheten."),
    "device_revoked": (401, "Enheten er sperret", "Be oppfølgingstjenesten om en ny nøkkel til enheten."),
    "token_expired": (401, "Nøkkelen er for gammel", "Hent en ny på /api/v1/oauth/token/, og send på nytt."),
    "system_withdrawn": (401, "Systemet har ikke tilgang lenger", "Spør kommunen om systemet skal ha tilgang."),
    "insufficient_scope": (403, "Systemet har ikke lov til dette", "Be kommunen om å gi systemet tilgang til dette."),
    "permission_denied": (403, "Enheten har ikke tilgang", "Bruk bare adressene som står på /api/v1/."),
    "not_found": (404, "Finnes ikke", "Kontroller adressen mot /api/v1/."),
    "unknown_patient": (
        404,
        "Ukjent pasient",
        "Send «patient» med id-en til en pasient i kommunen som blir fulgt opp nå. Enheter sender ikke feltet.",
    ),
    "no_plan": (
        404,
        "Ingen plan gjelder nå",
        "Legen har ingen godkjent plan som gjelder nå. Prøv igjen senere.",
    ),
    "method_not_allowed": (405, "Metoden kan ikke brukes her", "Bruk metoden som står på /api/v1/."),
    "not_acceptable": (406, "Svaret finnes bare som JSON", "Send Accept: application/json."),
    "id_reused": (409, "Id-en er brukt før", "Denne id-en er brukt med annet innhold. Lag en ny UUID for hver måling."),
    "too_large": (413, "For mye på en gang", "Del innholdet i mindre deler, høyst 500 målinger i hver."),
    "too_many_readings": (413, "For mange målinger på en gang", "Send høyst 500 målinger om gangen."),
    "unsupported_media_type": (415, "Innholdet må være JSON", "Send Content-Type: application/json."),
    # One field. The title of the document is then that of the field's code.
    "required": (400, "Et felt mangler", "Feltet mangler. Send det."),
    "null": (400, "Et felt er tomt", "Feltet kan ikke være null. Send en verdi, eller la feltet være borte."),
    "unknown_field": (400, "Ukjent felt", "Feltet finnes ikke her. Fjern det, eller rett navnet."),
    "not_an_object": (400, "Feil form", "Send et JSON-objekt."),
    "not_a_list": (400, "Feil form", "Send en liste."),
    "empty": (400, "Listen er tom", "Send minst én måling."),
    "not_a_uuid": (400, "Id-en er ikke en UUID", "Send en UUID med bindestreker, og lag en ny for hver måling."),
    "not_text": (400, "Feltet må være tekst", "Send en tekst i hermetegn, uten styretegn."),
    "blank": (400, "Feltet er tomt", "Feltet kan ikke være tomt."),
    "too_long": (400, "Teksten er for lang", "Kort ned teksten."),
    "not_a_number": (400, "Verdien er ikke et tall", 'Send et tall, for eksempel 92 eller "37.5".'),
    "decimal_comma": (400, "Desimaler skrives med punktum", "Send 37.5, ikke 37,5."),
    "not_an_integer": (400, "Verdien er ikke et heltall", "Send et heltall, for eksempel 1."),
    "not_a_boolean": (400, "Svaret må være ja eller nei", "Send true eller false."),
    "not_a_timestamp": (400, "Tidspunktet kan ikke leses", "Send ISO 8601, for eksempel 2026-11-18T10:00:00+01:00."),
    "timestamp_needs_offset": (
        400,
        "Tidspunktet mangler tidssone",
        "Legg til forskyvningen fra UTC, for eksempel 2026-11-18T10:00:00+01:00 eller 2026-11-18T09:00:00Z.",
    ),
    "timestamp_out_of_range": (
        400,
        "Årstallet kan ikke stemme",
        "Still klokken på enheten. Vi tar imot 1900–2199.",
    ),
    "unknown_source": (400, "Ukjent kilde", "Send DEVICE, MANUAL eller PROXY."),
    "unknown_type": (400, "Ukjent målingstype", "Bruk en av disse: {accepted}."),
    "unknown_unit": (400, "Ukjent enhet", "Bruk en av disse enhetene: {accepted}."),
    "use_value": (400, "Feil felt for verdien", "Denne målingstypen har ett tall. Send det i «value»."),
    "use_values": (
        400,
        "Feil felt for verdiene",
        "Denne typen har flere tall. Send dem i «values»: {accepted}.",
    ),
    "unknown_questionnaire": (400, "Ukjent skjema", "Bruk kode og versjon fra /api/v1/questionnaires/."),
    "unknown_item": (400, "Ukjent spørsmål", "Spørsmålet finnes ikke i denne versjonen av skjemaet. Fjern svaret."),
    "hidden_item": (
        400,
        "Spørsmålet skal ikke besvares",
        "Spørsmålet vises bare etter bestemte svar på «{item}», og de er ikke gitt. Fjern svaret.",
    ),
    "unknown_option": (400, "Ukjent svaralternativ", "Bruk ett av disse: {accepted}."),
    "too_many_decimals": (400, "Tallet har for mange desimaler", "Send et tall med høyst {decimals} desimaler."),
    "unknown_language": (400, "Ukjent språk", "Bruk nb, nn eller en i «lang»."),
    "out_of_range": (400, "Tallet er utenfor det skjemaet tar imot", "Send et tall fra {low} til {high}."),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing to put right: where, which code, and what to do."""

    field: str
    code: str
    message: str


def field_error(field: str, code: str, **details: str) -> FieldError:
    """The error with its text; `details` fill the text's places."""
    return FieldError(field, code, CODES[code][2].format(**details))


class Refused(Exception):
    """What was sent cannot be stored. With one field error its code is the whole's; several share `several_errors`."""

    def __init__(self, *errors: FieldError, code: str = "") -> None:
        self.errors = errors
        self.code = code or (errors[0].code if len(errors) == 1 else "several_errors")
        super().__init__(self.code)

    @property
    def status(self) -> int:
        """The HTTP status that belongs to the code."""
        return CODES[self.code][0]

    @property
    def codes(self) -> list[str]:
        """Every code involved, for the record of what was refused."""
        return sorted({error.code for error in self.errors} or {self.code})

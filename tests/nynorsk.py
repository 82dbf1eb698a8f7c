"""Is there a word of bokmål left on a page in nynorsk? Names and what is stored do not count."""

import html
import re

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, JSONField, TextField

# Words that are bokmål and not nynorsk.
BOKMAAL = re.compile(
    r"\b(ikke|hva|hvem|hvor|hvordan|hvorfor|hvilke[nt]?|hver|hvis|noen|noe|bare|fra|mer|ennå|også|selv|jeg|dere|deres|"
    r"sykepleier\w*|syk\w*|hjemme\w*|tjeneste\w*|målinger|målingene|pasienter|pasientene|varsler|varslene|avtaler|"
    r"planer|enhet\w*|navn|navnet|rød|røde|grønn|mangler|lagret|logget|sperret|endret|åpne\w*|åpen|åpent|lukket|"
    r"saken|siden|listen|rollen|målingen|vurderingen|overføringer|velg|gjør|følger|gjelder|trenger|måned|uke\w*|"
    r"mandag|tirsdag|lørdag|tegn|høyst|senere|første dagen|samme|sammen|eget|egen|begrunnelse\w*|bruker(?:navn)\w*|"
    r"være|ble|blitt|finnes|vises|hele|leder|bofellesskap|sykehus\w*|oppfølgingen|tilgangen gjelder)\b",
    re.IGNORECASE,
)
ATTRIBUTES = re.compile(r'\b(?:aria-label|title|placeholder|alt|data-label|data-say-[\w-]+)="([^"]*)"')


def said(page: str) -> str:
    """Everything a page says: its text and its labels."""
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", page)
    return html.unescape(" ".join([*ATTRIBUTES.findall(page), re.sub(r"<[^>]+>", " ", page)]))


def strings_in(value) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for part in parts for text in strings_in(part)]


def stored() -> list[str]:
    """Every text of the database that is more than a code: what somebody wrote or the system stored."""
    found: set[str] = set()
    for model in apps.get_models():
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, CharField | TextField | JSONField | ArrayField)
        ]
        if model._meta.app_label in ("sessions", "mfa") or not names:
            continue
        for row in model._base_manager.values_list(*names)[:2000]:
            texts = {text for value in row for text in strings_in(value)}
            # Some pages show a text line by line.
            texts |= {line.strip() for text in texts for line in text.splitlines()}
            found |= {text for text in texts if " " in text or re.search("[æøå]", text)}
    return sorted(found, key=len, reverse=True)


def left_over(page: str) -> list[str]:
    """Each word of bokmål on the page, with what stands around it."""
    text = said(page)
    for each in stored():
        text = text.replace(each, " ")
    text = re.sub(r"\s+", " ", text)
    return [text[max(0, found.start() - 40) : found.end() + 40] for found in BOKMAAL.finditer(text)]

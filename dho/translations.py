"""The catalogues: which texts the product has, which of them are translated, and the files that gettext reads.

Nynorsk has them all. English has those of the patient's pages that are also in English (ADR 28).

Run as a file, so that it works before there are any settings: `script/translate` and `script/setup` do.
"""

import ast
import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT: Final = Path(__file__).resolve().parent.parent
NYNORSK: Final = "nn"
ENGLISH: Final = "en"
LANGUAGES: Final = (NYNORSK, ENGLISH)
APPS: Final = ("accounts", "alerts", "audit", "careplans", "dho", "measurements", "organisations", "patients", "tablet")
# The functions that mark a text, and how many of their arguments are texts.
MARKS: Final = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2}
# As Babel wants the same.
KEYWORDS: Final = {name: None if texts == 1 else (1, 2) for name, texts in MARKS.items()}
HEADERS: Final = {
    NYNORSK: "# Nynorsk. The message ids are the bokmål texts themselves (ADR 21). Rewritten by script/translate.",
    ENGLISH: "# English, for some of the patient's own pages (ADR 28). Rewritten by script/translate.",
}
# What those pages are made of: whole files, and single texts of files that say much else besides.
ENGLISH_FILES: Final = (
    "careplans/queries/faces.py",
    "dho/lib/numbers.py",
    "measurements/names.py",
    "organisations/opening_hours.py",
    "tablet/forms.py",
    "tablet/queries.py",
    "templates/_components/errors.html",
    "templates/_components/languages.html",
    "templates/_components/session_warning.html",
    "templates/careplans/_measure_more.html",
    "templates/careplans/_own_rest.html",
    "templates/careplans/_own_about.html",
    "templates/careplans/_own_words.html",
    "templates/careplans/_patients_paper.html",
    "templates/careplans/_who.html",
    "templates/careplans/_zone_face.html",
    "templates/pdf/patient_plan.html",
    "templates/tablet/_contact_now.html",
    "templates/tablet/_day.html",
    "templates/tablet/_promise.html",
    "templates/tablet/base.html",
    "templates/tablet/home.html",
    "templates/tablet/measure.html",
    "templates/tablet/plan.html",
    "templates/tablet/plan_pdf_unavailable.html",
    "templates/tablet/reading.html",
    "templates/tablet/readings.html",
    "templates/tablet/sent.html",
)
ENGLISH_TEXTS: Final = frozenset(
    {
        "Grønn – som vanlig", "Gul – begynnende forverring", "Rød – akutt forverring",
        "Medisiner", "Kosthold og ernæring", "Fysisk aktivitet og trening", "Sosial aktivitet og psykisk helse",
        "Annet", "Telefon", "Video", "Hjemmebesøk", "hver dag", "hverdager", "og", "fastlegen", "sykehuslegen",
    }
)  # fmt: skip
# As Babel names a text: alone, or with its plural.
Text = str | tuple[str, ...]


def texts(root: Path = ROOT) -> dict[Text, list[str]]:
    """Every marked text, and the files it stands in."""
    found: dict[Text, list[str]] = {}
    for path in sources(root):
        name = str(path.relative_to(root))
        for text in _texts_of(path):
            places = found.setdefault(text, [])
            if name not in places:
                places.append(name)
    return found


def texts_of(language: str, root: Path = ROOT) -> dict[Text, list[str]]:
    """The texts that this language must have."""
    found = texts(root)
    if language == NYNORSK:
        return found
    spoken = {text for text, places in found.items() if set(places) & set(ENGLISH_FILES)} | ENGLISH_TEXTS
    return {text: places for text, places in found.items() if text in spoken}


def sources(root: Path = ROOT) -> list[Path]:
    """The files that can say something to a person."""
    python = [path for app in APPS for path in (root / app).rglob("*.py")]
    templates = [path for kind in ("*.html", "*.txt") for path in (root / "templates").rglob(kind)]
    return sorted(python) + sorted(templates)


def _texts_of(path: Path) -> Iterator[Text]:
    source = path.read_text()
    if path.suffix == ".py":
        # Read as a tree: Babel's own look does not see into an f-string.
        yield from _texts_of_python(ast.parse(source))
    else:
        # Django makes calls of gettext out of the tags; what is between them is no Python, so nothing is indented.
        source = "\n".join(line.strip() for line in templatize(source).split("\n"))
        yield from (text for _, text, _, _ in extract("python", BytesIO(source.encode()), KEYWORDS))


def _texts_of_python(tree: ast.AST) -> Iterator[Text]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            said = [str(each.value) for each in node.args[: MARKS.get(name, 0)] if isinstance(each, ast.Constant)]
            if said:
                yield said[0] if len(said) == 1 else tuple(said)


def _file(language: str, ending: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"django.{ending}"


def catalogue(language: str = NYNORSK) -> Catalog:
    """What is translated now."""
    with _file(language, "po").open("rb") as file:
        return read_po(file, locale=language)


def renewed(old: Catalog, found: dict[Text, list[str]], language: str = NYNORSK) -> Catalog:
    """The marked texts with the translations there are. What is no longer said is gone."""
    new = Catalog(
        language,
        header_comment=HEADERS[language],
        project="DHO",
        version="1",
        msgid_bugs_address="DHO",
        last_translator="DHO",
        language_team={NYNORSK: "nynorsk", ENGLISH: "English"}[language],
        creation_date=old.creation_date,
        fuzzy=False,
    )
    new.revision_date = old.revision_date
    for text, places in found.items():
        known: Message | None = old.get(text if isinstance(text, str) else text[0])
        same = known is not None and known.id == text
        string = known.string if known is not None and same else None
        new.add(text, string, locations=[(place, 0) for place in places])
    return new


def untranslated(messages: Catalog) -> list[Text]:
    """What nobody has translated yet."""
    return [_text(message) for message in messages if message.id and not _is_whole(message)]


def _text(message: Message) -> Text:
    return message.id if isinstance(message.id, str) else tuple(message.id)


def _is_whole(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(strings) and all(strings) and not message.fuzzy


def write(messages: Catalog, language: str = NYNORSK) -> None:
    """The catalogue as it is committed: sorted, a text a line, and no line numbers, so that two branches can meet."""
    with _file(language, "po").open("wb") as file:
        write_po(file, messages, width=0, sort_output=True, include_lineno=False)


def compile_catalogue(language: str) -> None:
    """The file that gettext reads; built, never committed."""
    with _file(language, "mo").open("wb") as file:
        write_mo(file, catalogue(language))


def main(order: str) -> int:
    """`compile`, or `update`: how many texts wait for a translation decides how it ends."""
    waiting: list[str] = []
    for language in LANGUAGES:
        if order == "update":
            write(renewed(catalogue(language), texts_of(language), language), language)
            waiting += [f"{language}: {_shown(text)}" for text in untranslated(catalogue(language))]
        compile_catalogue(language)
    for line in waiting:
        print(line)  # noqa: T201
    return 1 if waiting else 0


def _shown(text: Text) -> str:
    return re.sub(r"\s+", " ", text if isinstance(text, str) else " | ".join(text))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

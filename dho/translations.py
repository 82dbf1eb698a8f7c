"""The nynorsk catalogue: which texts the product has, which of them are translated, and the file that gettext reads.

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
LANGUAGE: Final = "nn"
FOLDER: Final = ROOT / "locale" / LANGUAGE / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
APPS: Final = ("accounts", "alerts", "audit", "careplans", "dho", "measurements", "organisations", "patients", "tablet")
# The functions that mark a text, and how many of their arguments are texts.
MARKS: Final = {"_": 1, "gettext": 1, "gettext_lazy": 1, "gettext_noop": 1, "ngettext": 2, "ngettext_lazy": 2}
# As Babel wants the same.
KEYWORDS: Final = {name: None if texts == 1 else (1, 2) for name, texts in MARKS.items()}
HEADER: Final = "# Nynorsk. The message ids are the bokmål texts themselves (ADR 21). Rewritten by script/translate."
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


def catalogue() -> Catalog:
    """What is translated now."""
    with PO.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def renewed(old: Catalog, found: dict[Text, list[str]]) -> Catalog:
    """The marked texts with the translations there are. What is no longer said is gone."""
    new = Catalog(
        LANGUAGE,
        header_comment=HEADER,
        project="DHO",
        version="1",
        msgid_bugs_address="DHO",
        last_translator="DHO",
        language_team="nynorsk",
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


def write(messages: Catalog) -> None:
    """The catalogue as it is committed: sorted, a text a line, and no line numbers, so that two branches can meet."""
    with PO.open("wb") as file:
        write_po(file, messages, width=0, sort_output=True, include_lineno=False)


def compile_catalogue() -> None:
    """The file that gettext reads; built, never committed."""
    with MO.open("wb") as file:
        write_mo(file, catalogue())


def main(order: str) -> int:
    """`compile`, or `update`: how many texts wait for a translation decides how it ends."""
    if order == "update":
        write(renewed(catalogue(), texts()))
    compile_catalogue()
    waiting = untranslated(catalogue()) if order == "update" else []
    for text in waiting:
        print(re.sub(r"\s+", " ", text if isinstance(text, str) else " | ".join(text)))  # noqa: T201
    return 1 if waiting else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Every text that the screens say is marked and translated, in templates, Python and JavaScript (ADR 21).

What is stored once, and what machines read, stays in bokmål and is named here with its reason.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models.enums import Choices
from django.utils import translation

from accounts import enums as accounts_enums
from alerts import enums as alerts_enums
from alerts.enums import Level
from alerts.explanations import COLOUR_WORDS
from audit import enums as audit_enums
from careplans import enums as careplans_enums
from careplans.scoring import Colour
from dho import translations
from measurements import enums as measurements_enums
from organisations import enums as organisations_enums
from patients import enums as patients_enums

ROOT = Path(settings.BASE_DIR)
NORWEGIAN = re.compile(
    r"[æøåÆØÅ]|\b(ikke|ingen|og|til|fra|som|er|det|den|du|deg|dere|hva|hvem|velg|skriv|noen|pasient\w*|måling\w*)\b"
)

# Words of a template that are the same in both languages and no text: names, keys, codes.
NAMES = {"DHO", "HPR", "CAVE", "HPR-nummer", "uustatus.no", "Bokmål", "Nynorsk", "English", "xxxxx", "kl."} | {
    "client_id", "client_secret",
    "Enter", "Esc", "Ctrl", "J", "K", "T", "E", "U", "Z", "N", "G", "R", "Y", "M",
}  # fmt: skip
LABELS = ("aria-label", "title", "placeholder", "alt", "data-label", "value")
# Templates that speak bokmål to everyone.
IN_BOKMAAL = {
    "measurements/interface.html": "the page about the REST interface, which itself speaks bokmål",
    "measurements/_fields.html": "part of that page",
}
# Python that speaks Norwegian without marking it, by the start of its path.
UNMARKED = {
    "accounts/api.py": "the REST interface",
    "accounts/management/": "commands speak to those who run the installation",
    "alerts/management/": "commands speak to those who run the installation",
    "alerts/demo/": "what people in the demo have written",
    "alerts/services/channels.py": "a notice to the service, the same to all who read it",
    "alerts/services/dispatching.py": "stored in the alert",
    "alerts/services/ending.py": "stored in the task",
    "alerts/services/equipment.py": "stored in the alert",
    "alerts/services/expecting.py": "stored in the alert",
    "alerts/services/meeting_texts.py": "stored in the plan and in the activity",
    "alerts/services/judging.py": "stored in the assessment",
    "alerts/services/texts.py": "stored in the alert",
    "careplans/api.py": "the REST interface",
    "careplans/data/": "stored in the templates; a service writes its own",
    "careplans/scoring/": "stored in the assessment; pure Python, without Django",
    "careplans/serializers.py": "the REST interface",
    "careplans/services/changing.py": "stored in the plan version",
    "dho/embedded/": "the supervisor speaks to the terminal",
    "dho/lib/outage.py": "the REST interface; the page has a template",
    "dho/translations.py": "a command for those who write the texts",
    "measurements/api.py": "the REST interface",
    "measurements/authentication.py": "the REST interface",
    "measurements/data/": "the catalogue's own names, stored in the database",
    "measurements/openapi.py": "the REST interface",
    "measurements/parsers.py": "the REST interface",
    "measurements/problems.py": "the REST interface",
    "measurements/refusals.py": "the REST interface",
    "measurements/serializers/": "the REST interface",
    "organisations/data/": "names of organisations",
    "patients/access.py": "stored in the access log",
    "patients/services/emergency.py": "stored in the access log",
    "tablet/api.py": "the REST interface",
}
# Addresses, file names and names in query strings are Norwegian, and the same for everyone.
ADDRESS = re.compile(r"[\w<>:/.-]*[/-][\w<>:/.-]*|\w*; filename=.*|pasient", re.ASCII)

DJANGO = re.compile(
    r"{%\s*comment.*?endcomment\s*%}|{%\s*blocktranslate.*?endblocktranslate\s*%}|{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL
)
HIDDEN = re.compile(r"<script\b.*?</script>|<style\b.*?</style>|<!--.*?-->|<!doctype[^>]*>", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<[^<>]*>", re.DOTALL)
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
# A constant in a tag or a filter: `default:"Ingen"`, `label="Roller"`; marked it is `_("Ingen")`.
CONSTANT = re.compile(r"""(?:default(?:_if_none)?:|label=|caption=|heading=)"([^"]*)\"""")


LANGUAGES = pytest.mark.parametrize("language", translations.LANGUAGES)


@LANGUAGES
def test_every_text_stands_in_the_catalogue_translated_and_no_other_does(language):
    old = translations.catalogue(language)
    new = translations.renewed(old, translations.texts_of(language), language)
    ids = {id(catalogue): sorted(map(str, (each.id for each in catalogue))) for catalogue in (old, new)}
    assert ids[id(old)] == ids[id(new)], "run script/translate"
    assert translations.untranslated(old) == []


def placeholders(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|\{\w*\}|%%|<[^>]+>|&\w+;", text))


def test_what_english_needs_is_still_said():
    assert [name for name in translations.ENGLISH_FILES if not (ROOT / name).is_file()] == []
    assert translations.ENGLISH_TEXTS - set(translations.texts()) == set()


@LANGUAGES
def test_placeholders_agree_so_that_no_number_or_name_is_lost(language):
    differing = []
    for message in translations.catalogue(language):
        ids = [message.id] if isinstance(message.id, str) else message.id
        strings = [message.string] if isinstance(message.string, str) else message.string
        if message.id and [placeholders(each) for each in ids] != [placeholders(each) for each in strings]:
            differing.append(message.id)
    assert differing == []


@LANGUAGES
def test_a_sentence_ends_as_its_translation_does(language):
    ends = re.compile(r"^\s*|[\s.:?…;,]*$")
    differing = [
        message.id
        for message in translations.catalogue(language)
        if message.id and isinstance(message.id, str) and ends.findall(message.id) != ends.findall(str(message.string))
    ]
    assert differing == []


ENUMS = (
    accounts_enums,
    alerts_enums,
    audit_enums,
    careplans_enums,
    measurements_enums,
    organisations_enums,
    patients_enums,
)


@pytest.mark.parametrize("module", ENUMS, ids=lambda module: module.__name__)
def test_two_words_that_differ_in_bokmaal_differ_in_nynorsk(module):
    """A level, an outcome or a decision never takes the name of another."""
    lists = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, Choices)]
    with translation.override("nn"):
        merged = {each.__name__: list(map(str, each.labels)) for each in lists}
    assert {name for name, labels in merged.items() if len(set(labels)) < len(labels)} == set()


def test_the_levels_and_colours_are_called_what_they_are():
    with translation.override("nn"):
        assert [str(level.label) for level in Level] == ["Raud", "Gul", "Ikkje vurdert", "Manglar", "Utstyr"]
        words = [str(COLOUR_WORDS[each]) for each in (Colour.GREEN, Colour.YELLOW, Colour.RED, Colour.NOT_ASSESSED)]
    assert words == ["Grøn", "Gul", "Raud", "Ikkje vurdert"]


def letters(text: str) -> str:
    """What is left of the text when names are taken away, if that has letters."""
    words = [word for word in re.sub(r"&\w+;", " ", text).split() if word.strip("–·/(),:.?+") not in NAMES]
    return " ".join(words) if re.search(r"[A-Za-zÆØÅæøå]", " ".join(words)) else ""


def unmarked_in(source: str) -> Iterator[str]:
    """Text and labels of a template outside every tag that translates."""
    tokens = DJANGO.findall(source)
    constants = [text for token in tokens for text in CONSTANT.findall(token)]
    yield from (text for text in constants if letters(text) and (text[0].isupper() or NORWEGIAN.search(text)))
    html = HIDDEN.sub(" ", DJANGO.sub("", source))
    for tag in TAG.findall(html):
        for name, text in ATTRIBUTE.findall(tag):
            said = name in LABELS and (name != "value" or ("button" in tag and " " in text.strip()))
            if (said or name.startswith("data-say-")) and letters(text):
                yield text
    yield from (text for text in map(letters, TAG.split(html)) if text)


@pytest.mark.parametrize("path", [path for path in translations.sources() if path.suffix != ".py"], ids=str)
def test_every_text_of_a_template_is_marked(path):
    if str(path.relative_to(ROOT / "templates")) in IN_BOKMAAL:
        return
    assert list(unmarked_in(path.read_text())) == []


def test_the_exceptions_are_there():
    assert [name for name in IN_BOKMAAL if not (ROOT / "templates" / name).is_file()] == []
    assert [name for name in UNMARKED if not (ROOT / name).exists()] == []


def marked_in(tree: ast.AST) -> set[int]:
    """Everything that stands inside a call of gettext, is a pattern that reads what people type, or is a docstring."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
        if name in translations.MARKS or (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.")):
            inside |= {id(each) for each in ast.walk(node)}
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(id(node.value))
    return inside


def labels_in(tree: ast.AST) -> Iterator[ast.AST]:
    """Literals where a label stands: the second part of a choice, and `label=` or `help_text=` of a field."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(base) for base in node.bases):
            pairs = [each.value for each in node.body if isinstance(each, ast.Assign)]
            yield from (pair.elts[1] for pair in pairs if isinstance(pair, ast.Tuple) and len(pair.elts) > 1)
        if isinstance(node, ast.keyword) and node.arg in ("label", "help_text", "verbose_name"):
            yield node.value


def unmarked_python(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    inside = marked_in(tree)
    suspects = {id(node): node for node in labels_in(tree)}
    suspects |= {
        id(node): node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NORWEGIAN.search(node.value)
    }
    for key, node in suspects.items():
        text = str(node.value) if isinstance(node, ast.Constant) else ""
        if key not in inside and letters(text) and not ADDRESS.fullmatch(text):
            yield f"{node.lineno}: {text}"


@pytest.mark.parametrize("path", [path for path in translations.sources() if path.suffix == ".py"], ids=str)
def test_every_norwegian_text_of_python_is_marked(path):
    name = str(path.relative_to(ROOT))
    if "/migrations/" in name or name.startswith(tuple(UNMARKED)):
        return
    assert list(unmarked_python(path.read_text())) == []


@pytest.mark.parametrize("path", sorted((ROOT / "dho" / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_javascript_takes_what_it_says_from_the_page(path):
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.DOTALL)
    literals = re.findall(r'"[^"\n]*"|\'[^\'\n]*\'|`[^`]*`', code)
    # Addresses and ids of our own are Norwegian too, but they are one word.
    assert [each for each in literals if NORWEGIAN.search(each) and " " in each] == []
    assert re.findall(r"""(?:textContent|innerText|placeholder|title)\s*=\s*["'`][^"'`]*[A-Za-zæøå]{3}""", code) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Ny avtale</p>", ["Ny avtale"]),
        ('<p>{% translate "Ny avtale" %}</p>', []),
        ("<p>{% blocktranslate trimmed %}Ny {{ avtale }}{% endblocktranslate %}</p>", []),
        ('<nav aria-label="Hovedmeny"></nav>', ["Hovedmeny"]),
        ("<p>{{ row.name }} fra {{ day }}</p>", ["fra"]),
        ('<td>{{ name|default:"Ingen" }}</td>', ["Ingen"]),
        ('<td>{{ name|default:_("Ingen") }}</td>', []),
        ("<title>{% block title %}DHO{% endblock %}</title><kbd>J</kbd> · 12", []),
    ],
)
def test_the_look_at_templates_finds_what_it_should(source, found):
    assert list(unmarked_in(source)) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""Om årsaker."""\nx = _("Rød")', []),
        ('x = "Rød"', ["1: Rød"]),
        ('x = f"{name} er ikke her"', ["1:  er ikke her"]),
        ('x = gettext("%(name)s er ikke her") % {"name": name}', []),
        ('class A(TextChoices):\n    B = "B", "Navn"', ["2: Navn"]),
        ('x = forms.CharField(label="Navn")', ["1: Navn"]),
    ],
)
def test_the_look_at_python_finds_what_it_should(source, found):
    assert list(unmarked_python(source)) == found

"""Copies the front-end files that npm installed into dho/static/vendor/. Standard library only: script/setup runs it.

Run as ``python dho/embedded/static_files.py``. The result is not committed; package-lock.json decides its content.
"""

import hashlib
import re
import shutil
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "dho" / "static" / "vendor"

TEXT_FILES = {
    "@digdir/designsystemet-css/dist/src/index.css": "designsystemet/designsystemet.css",
    "@digdir/designsystemet-css/dist/theme/designsystemet.css": "designsystemet/theme.css",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/dist/ext/hx-csp.min.js": "htmx/hx-csp.min.js",
    "plotly.js-basic-dist-min/plotly-basic.min.js": "plotly/plotly-basic.min.js",
}
LICENCES = {
    "@digdir/designsystemet-css/LICENSE": "designsystemet/LICENSE",
    "@fontsource/inter/LICENSE": "inter/LICENSE",
    "htmx.org/LICENSE": "htmx/LICENSE",
    "plotly.js-basic-dist-min/LICENSE": "plotly/LICENSE",
}
FONTS = [f"inter-{subset}-{weight}-normal.woff2" for subset in ("latin", "latin-ext") for weight in (400, 500, 600)]

SOURCE_MAP = re.compile(r"(?://# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+\s*\*/)\s*$")
DATA_ICON = re.compile(r"""url\(\s*(["'])data:image/svg\+xml(?:;(?:utf8|charset=utf-8))?,(.*?)\1\s*\)""", re.DOTALL)


def build() -> None:
    """Fill dho/static/vendor/ anew from node_modules/. Raises FileNotFoundError when npm has not run."""
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source, target in TEXT_FILES.items():
        _copy_text(MODULES / source, fresh / target)
    for source, target in LICENCES.items():
        _copy(MODULES / source, fresh / target)
    for name in FONTS:
        _copy(MODULES / "@fontsource/inter/files" / name, fresh / "inter" / name)
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _copy_text(source: Path, target: Path) -> None:
    # Source maps are not shipped, and a hashed-name storage refuses a reference to a file that is not there.
    text = SOURCE_MAP.sub("", source.read_text(encoding="utf-8").rstrip())
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.suffix == ".css":
        text = DATA_ICON.sub(lambda match: _icon_as_file(match[2], target.parent), text)
    target.write_text(text + "\n", encoding="utf-8")


def _icon_as_file(data: str, folder: Path) -> str:
    # The content security policy allows images from ourselves only, never data: addresses.
    svg = urllib.parse.unquote(data).replace("\\'", "'").replace('\\"', '"')
    name = f"icon-{hashlib.sha256(svg.encode()).hexdigest()[:12]}.svg"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(svg, encoding="utf-8")
    return f'url("{name}")'


if __name__ == "__main__":
    build()

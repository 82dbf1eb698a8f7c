"""Making a PDF. WeasyPrint needs the system library Pango; where it is missing there is still the print page."""

import ctypes
from ctypes.util import find_library
from functools import cache
from importlib.util import find_spec
from typing import Any, Final

from django.contrib.staticfiles import finders

LIBRARIES: Final = ("pango-1.0", "pangoft2-1.0")


class PdfUnavailable(Exception):
    """This machine cannot make PDFs; the print page can be used instead."""


@cache
def can_make_pdf() -> bool:
    """Whether a button for it makes sense. Asks for the libraries only: importing WeasyPrint takes seconds."""
    try:
        for name in LIBRARIES:
            ctypes.CDLL(find_library(name) or name)
    except OSError:
        return False
    return find_spec("weasyprint") is not None


def make_pdf(html: str, *, stylesheet: str) -> bytes:
    """The document with one of our own stylesheets, as an accessible PDF. Raises PdfUnavailable.

    Nothing is fetched: text in a document must not be able to make the server open an address.
    """
    try:
        # Imported here because it takes seconds, and fails on a machine without Pango.
        from weasyprint import CSS, HTML  # noqa: PLC0415
    except (ImportError, OSError) as error:
        raise PdfUnavailable from error
    styles = CSS(filename=finders.find(stylesheet), url_fetcher=_fetch_nothing)
    document: bytes = HTML(string=html, url_fetcher=_fetch_nothing).write_pdf(
        stylesheets=[styles], pdf_variant="pdf/ua-1"
    )
    return document


def _fetch_nothing(url: str, *args: Any, **kwargs: Any) -> Any:
    raise ValueError("A document fetches nothing.")

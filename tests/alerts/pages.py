"""Reading a page as a person does: the words, without the markup."""

import html
import re

from django.http import HttpResponse


def words(response: HttpResponse) -> str:
    """Everything the page says, with single spaces."""
    body = re.sub(r"(?s)<(script|style|title)\b.*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def title(response: HttpResponse) -> str:
    """What stands on the browser's tab."""
    return re.search(r"<title>(.*?)</title>", response.content.decode()).group(1)

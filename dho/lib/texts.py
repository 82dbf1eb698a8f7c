"""The type of a text that is put into the reader's language when it is shown: what `gettext_lazy` gives (ADR 21)."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise as LazyText
else:
    from django.utils.functional import Promise as LazyText

__all__ = ["LazyText"]

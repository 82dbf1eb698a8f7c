"""Text encrypted at rest, and an index to find it again without decrypting.

Keys come from settings.ENCRYPTION_KEYS (Fernet keys, newest first): the first encrypts, all of them decrypt, so a key
is changed by putting a new one in front, `manage.py rotate_keys` over the rows, and then taking the old one away.
Fernet never gives the same ciphertext twice, so equality is asked of :func:`blind_index` in a column beside it.
No error from here carries plaintext, ciphertext or a key.
"""

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


class DecryptionFailed(Exception):
    """None of the keys opens this text: it was changed, or its key has been taken away."""

    def __init__(self) -> None:
        super().__init__("None of the keys in DHO_ENCRYPTION_KEYS opens this text.")


def encrypt(plaintext: bytes | str) -> bytes:
    """Encrypt with the newest key. Text is taken as UTF-8. The result is printable ASCII."""
    data = plaintext.encode() if isinstance(plaintext, str) else plaintext
    return _fernet(tuple(settings.ENCRYPTION_KEYS)).encrypt(data)


def decrypt(token: bytes | str | memoryview) -> bytes:
    """Open what :func:`encrypt` made, with whichever key fits. Raises DecryptionFailed."""
    data = token.encode() if isinstance(token, str) else bytes(token)
    try:
        return _fernet(tuple(settings.ENCRYPTION_KEYS)).decrypt(data)
    except InvalidToken:
        # "from None": the chained exception would show the ciphertext's frame in an error report.
        raise DecryptionFailed from None


def rotate(token: bytes | str | memoryview) -> bytes:
    """The same content under the newest key. Raises DecryptionFailed."""
    return encrypt(decrypt(token))


def is_current(token: str) -> bool:
    """Whether the newest key made this. False also for what none of the keys opens."""
    try:
        _fernet(tuple(settings.ENCRYPTION_KEYS[:1])).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def blind_index(value: str) -> str:
    """HMAC-SHA256 of the value under settings.BLIND_INDEX_KEY, as 64 hex digits: equal values, equal index.

    The value must already be in its one written form (a national id without spaces).
    """
    if not settings.BLIND_INDEX_KEY:
        raise ImproperlyConfigured("DHO_BLIND_INDEX_KEY is missing.")
    return hmac.new(settings.BLIND_INDEX_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    # Django's fields take type arguments only in the eyes of the type checker.
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """Text that stands encrypted in the database and as plain ``str`` on the instance.

    Only ``isnull`` can be asked of it: every other lookup would silently find nothing, so it raises FieldError.
    """

    description = "Text encrypted at rest"

    def get_prep_value(self, value: Any) -> str | None:
        text = super().get_prep_value(value)
        return None if text is None else encrypt(text).decode("ascii")

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        return None if value is None else decrypt(value).decode()

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"An encrypted field cannot be searched with '{lookup_name}'; use its blind index.")
        return super().get_lookup(lookup_name)


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("DHO_ENCRYPTION_KEYS is missing.")
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ImproperlyConfigured("DHO_ENCRYPTION_KEYS must hold Fernet keys (32 bytes, urlsafe base64).") from None

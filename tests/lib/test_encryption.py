"""Encryption at rest with key rotation, and the blind index."""

import hashlib
import hmac
import logging

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models
from django.db.models.functions import Lower
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from dho.lib.encryption import DecryptionFailed, EncryptedTextField, blind_index, decrypt, encrypt, rotate

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
PLAINTEXT = "Bjørg sover dårlig"

only_old_key = override_settings(ENCRYPTION_KEYS=[OLD])
both_keys = override_settings(ENCRYPTION_KEYS=[NEW, OLD])
only_new_key = override_settings(ENCRYPTION_KEYS=[NEW])


@only_new_key
@given(st.one_of(st.text(), st.binary()))
def test_it_opens_what_it_closed(plaintext):
    expected = plaintext.encode() if isinstance(plaintext, str) else plaintext

    assert decrypt(encrypt(plaintext)) == expected
    assert decrypt(memoryview(encrypt(plaintext))) == expected


@only_new_key
def test_it_never_gives_the_same_ciphertext_twice():
    assert encrypt(PLAINTEXT) != encrypt(PLAINTEXT)
    assert PLAINTEXT.encode() not in encrypt(PLAINTEXT)


def test_keys_are_changed_without_losing_anything():
    with only_old_key:
        written_before = encrypt(PLAINTEXT)
    with both_keys:
        assert decrypt(written_before).decode() == PLAINTEXT
        written_after = encrypt(PLAINTEXT)
        moved = rotate(written_before)
    with only_new_key:
        assert decrypt(written_after).decode() == PLAINTEXT
        assert decrypt(moved).decode() == PLAINTEXT
        with pytest.raises(DecryptionFailed):
            decrypt(written_before)


@only_new_key
@pytest.mark.parametrize("damage", [b"", b"not a token", "æøå", memoryview(b"gAAAA")])
def test_it_refuses_what_it_did_not_make(damage):
    with pytest.raises(DecryptionFailed):
        decrypt(damage)


@only_new_key
def test_it_refuses_a_changed_ciphertext():
    token = bytearray(encrypt(PLAINTEXT))
    token[40] = ord("A") if token[40] != ord("A") else ord("B")

    with pytest.raises(DecryptionFailed):
        decrypt(bytes(token))


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, "short"]])
def test_missing_or_wrong_keys_name_the_variable_and_not_the_key(keys):
    with (
        override_settings(ENCRYPTION_KEYS=keys),
        pytest.raises(ImproperlyConfigured, match="DHO_ENCRYPTION_KEYS") as caught,
    ):
        encrypt(PLAINTEXT)

    assert not any(key in str(caught.value) for key in keys)


@only_new_key
def test_neither_text_nor_key_shows_in_errors_or_logs(caplog):
    with only_old_key:
        foreign = encrypt(PLAINTEXT)
    with caplog.at_level(logging.DEBUG):
        try:
            decrypt(foreign)
        except DecryptionFailed:
            logging.getLogger("dho").exception("could not open")

    assert "could not open" in caplog.text
    for hidden in (PLAINTEXT, foreign.decode(), OLD, NEW):
        assert hidden not in caplog.text


@override_settings(BLIND_INDEX_KEY="k" * 32)
def test_the_blind_index_is_the_keyed_hash_of_the_value():
    assert blind_index("abc") == hmac.new(b"k" * 32, b"abc", hashlib.sha256).hexdigest()
    assert blind_index("abc") != blind_index("abd")
    assert blind_index("abc") != hashlib.sha256(b"abc").hexdigest()


def test_the_blind_index_depends_on_its_key_and_wants_one():
    with override_settings(BLIND_INDEX_KEY="one"):
        first = blind_index("abc")
    with override_settings(BLIND_INDEX_KEY="two"):
        assert blind_index("abc") != first
    with override_settings(BLIND_INDEX_KEY=""), pytest.raises(ImproperlyConfigured, match="DHO_BLIND_INDEX_KEY"):
        blind_index("abc")


class Note(models.Model):
    """Never migrated: it only shows what the field hands to the database."""

    text = EncryptedTextField(null=True)

    class Meta:
        app_label = "lib_tests"
        managed = False


@only_new_key
def test_the_field_hands_only_ciphertext_to_the_database():
    field = Note._meta.get_field("text")
    stored = field.get_db_prep_save(PLAINTEXT, connection)

    assert isinstance(stored, str)
    assert PLAINTEXT not in stored
    assert field.from_db_value(stored, None, connection) == PLAINTEXT
    assert field.get_db_prep_save(None, connection) is None
    assert field.from_db_value(None, None, connection) is None


@only_new_key
def test_the_field_keeps_empty_text_apart_from_nothing():
    field = Note._meta.get_field("text")

    assert field.from_db_value(field.get_db_prep_save("", connection), None, connection) == ""


@only_new_key
def test_the_instance_holds_the_plain_text_and_hides_it_from_its_own_text():
    note = Note(pk=7, text=PLAINTEXT)

    assert note.text == PLAINTEXT
    assert PLAINTEXT not in f"{note} {note!r} {Note._meta.get_field('text')!r}"


@only_new_key
@pytest.mark.parametrize("lookup", ["exact", "in", "contains", "iexact", "startswith", "gt"])
def test_searching_the_ciphertext_is_an_error(lookup):
    with pytest.raises(FieldError, match="blind index"):
        Note.objects.filter(**{f"text__{lookup}": [PLAINTEXT] if lookup == "in" else PLAINTEXT})


@only_new_key
def test_searching_an_expression_over_it_is_an_error():
    with pytest.raises(FieldError, match="blind index"):
        str(Note.objects.annotate(low=Lower("text")).filter(low__exact=PLAINTEXT).query)


@only_new_key
def test_it_may_be_asked_whether_it_is_empty():
    assert str(Note.objects.filter(text__isnull=True).query).endswith('WHERE "lib_tests_note"."text" IS NULL')


def test_the_migration_names_the_field_without_any_key():
    _, path, args, kwargs = EncryptedTextField(null=True).deconstruct()

    assert (path, args, kwargs) == ("dho.lib.encryption.EncryptedTextField", [], {"null": True})

"""Append-only tables and the change log, as database triggers: no code path can forget them."""

from collections.abc import Iterable

import pgtrigger

# Columns whose content never belongs in a log, not even as ciphertext.
UNLOGGED = "'{national_id,national_id_index,secret_hash,webhook_secret,password,last_login}'::text[]"


def append_only() -> list[pgtrigger.Trigger]:
    """Rows can be added, never changed or removed."""
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


def never_deleted() -> pgtrigger.Trigger:
    """Rows can change as the model's other triggers allow, but never disappear."""
    return pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)


def record_changes(municipality: str = "municipality_id", *, without: Iterable[str] = ()) -> pgtrigger.Trigger:
    """Every insert, update and delete leaves before and after in `audit_changeentry`, with the acting person.

    `municipality` is the column that says whose row it is, and so who may read its history. `without` are columns that
    this table alone keeps out of it.
    """
    unlogged = UNLOGGED.replace("}", "".join(f",{column}" for column in without) + "}")
    return pgtrigger.Trigger(
        name="record_changes",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[("old_row", "jsonb"), ("new_row", "jsonb")],
        # A constant of ours is all that is put into the text.
        func=f"""
            IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - {unlogged}; END IF;
            IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - {unlogged}; END IF;
            IF old_row IS DISTINCT FROM new_row THEN
                INSERT INTO audit_changeentry (at, actor, table_name, row_id, municipality_id, operation, before, after)
                VALUES (
                    clock_timestamp(), COALESCE(current_setting('dho.actor', true), ''), TG_TABLE_NAME,
                    COALESCE(new_row, old_row)->>'id', (COALESCE(new_row, old_row)->>'{municipality}')::int,
                    TG_OP, old_row, new_row
                );
            END IF;
            RETURN NULL;
        """,  # noqa: S608 - no outside value in it
    )

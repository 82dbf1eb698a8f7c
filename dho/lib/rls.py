"""Lock two: row-level security in PostgreSQL (architecture section 6).

Each tenant-scoped table has a policy that admits only the municipalities named in the setting `dho.municipalities`
of the running transaction. Nothing set means no rows, so forgetting it can only show too little.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, models, transaction
from django.db.migrations.operations.base import Operation

# The sub-select makes PostgreSQL read and cast the setting once per query, not once per row. The outer cast only says
# that what comes out is one array and not rows.
ADMITTED = """municipality_id = ANY (
    (SELECT string_to_array(NULLIF(current_setting('dho.municipalities', true), ''), ',')::int[])::int[]
)"""


_SETTINGS: Final = ("dho.municipalities", "dho.actor", "dho.request", "dho.purpose")
# With `limit()` as its parameters. Local to the transaction: outside one it ends with the statement and admits nothing.
# Who, in which request and why travel along: the change log's columns take them from here (audit.models.ChangeEntry).
LIMIT: Final = "SELECT " + ", ".join(f"set_config('{name}', %s, true)" for name in _SETTINGS)
_READ: Final = "SELECT " + ", ".join(f"COALESCE(current_setting('{name}', true), '')" for name in _SETTINGS)


def limit(municipality_ids: Iterable[int], *, actor: str = "", request_id: str = "", purpose: str = "") -> list[str]:
    """The parameters of `LIMIT`, for whoever sends it together with the first statement that it limits."""
    return [",".join(str(int(pk)) for pk in sorted(set(municipality_ids))), actor, request_id, purpose]


def limit_to(municipality_ids: Iterable[int], *, actor: str = "", request_id: str = "", purpose: str = "") -> None:
    """Admit only these municipalities until the transaction ends. Raises outside a transaction, where it would leak."""
    _set(limit(municipality_ids, actor=actor, request_id=request_id, purpose=purpose))


def _set(values: list[str]) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("limit_to() needs a transaction: SET LOCAL ends with it.")
    with connection.cursor() as cursor:
        cursor.execute(LIMIT, values)


@contextmanager
def acting_for(municipality_ids: Iterable[int], *, actor: str = "", purpose: str = "AUTOMATIC") -> Iterator[None]:
    """A transaction that sees these municipalities; what was admitted before comes back afterwards.

    For work that nobody asked for in a page: a worker's or a command's, unless another purpose is given.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_READ)
            before = list(cursor.fetchone())
        limit_to(municipality_ids, actor=actor, purpose=purpose)
        yield
        _set(before)


class Setting(models.Func):
    """What has been set for the running transaction, as a column's default: `Setting(Value("dho.request"))`."""

    template = "COALESCE(current_setting(%(expressions)s, true), '')"
    output_field = models.CharField()


class EnableRowSecurity(Operation):
    """Migration operation: the table's policy, forced on its owner too.

    `open_insert` lets anyone add rows (append-only logs, where a refused look belongs to a municipality
    that the actor may not see), while reading stays limited.
    """

    reversible = True

    def __init__(self, table: str, open_insert: bool = False) -> None:
        self.table, self.open_insert = table, open_insert

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (
            self.__class__.__name__,
            [self.table],
            {"open_insert": self.open_insert} if self.open_insert else {},
        )

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Policies are not part of the model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f'ALTER TABLE "{self.table}" ENABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{self.table}" FORCE ROW LEVEL SECURITY')
        schema_editor.execute(
            f'CREATE POLICY municipality ON "{self.table}" USING ({ADMITTED}) WITH CHECK ({ADMITTED})'
        )
        if self.open_insert:
            schema_editor.execute(f'CREATE POLICY append ON "{self.table}" FOR INSERT WITH CHECK (true)')

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f'DROP POLICY IF EXISTS municipality ON "{self.table}"')
        schema_editor.execute(f'DROP POLICY IF EXISTS append ON "{self.table}"')
        schema_editor.execute(f'ALTER TABLE "{self.table}" NO FORCE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{self.table}" DISABLE ROW LEVEL SECURITY')

    def describe(self) -> str:
        return f"Row-level security on {self.table}"


class SameMunicipality(Operation):
    """Migration operation: a row may only point at a parent of its own municipality (composite foreign key)."""

    reversible = True

    def __init__(self, table: str, column: str, parent: str) -> None:
        self.table, self.column, self.parent = table, column, parent
        self.name = f"{table}_{column}_same_municipality"[:63]

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.table, self.column, self.parent], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The constraint lives in the database only."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(
            f'ALTER TABLE "{self.table}" ADD CONSTRAINT "{self.name}" FOREIGN KEY ("{self.column}", municipality_id) '
            f'REFERENCES "{self.parent}" (id, municipality_id)'
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f'ALTER TABLE "{self.table}" DROP CONSTRAINT "{self.name}"')

    def describe(self) -> str:
        return f"{self.table}.{self.column} stays within its municipality"

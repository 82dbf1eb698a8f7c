"""manage.py rotate_keys: put what is encrypted under the newest key, so that an old one can be taken away."""

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Model, QuerySet, TextField, Value
from django.db.models.functions import Cast

from alerts.queries.work import everywhere
from dho.lib.encryption import DecryptionFailed, EncryptedTextField, is_current, rotate
from measurements.models import RefusedSubmission

BATCH: Final = 500


class Command(BaseCommand):
    """May be run again, and while the system is in use. The output carries ids only."""

    help = "Rewrite encrypted columns with the first key of DHO_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rewrite column by column; fail when something could not be opened."""
        unopened: list[str] = []
        for model, name in _encrypted_columns():
            rewritten, failed = _rewrite(model, name)
            unopened += [f"{model._meta.label}.{name} {pk}" for pk in failed]  # noqa: SLF001 - Django's documented API
            self.stdout.write(f"{model._meta.label}.{name}: {rewritten} rewritten")  # noqa: SLF001
        with everywhere():
            old = sum(not is_current(token) for _, token in _tokens(RefusedSubmission.objects.all(), "body"))
        if old:
            self.stdout.write(f"{old} refused submissions stay under an older key until they are purged after 30 days.")
        if unopened:
            raise CommandError("None of the keys opens:\n" + "\n".join(unopened))


def _encrypted_columns() -> Iterator[tuple[type[Model], str]]:
    """Every encrypted column but that of refused submissions, which may not be changed and are soon gone."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:  # noqa: SLF001
            if isinstance(field, EncryptedTextField) and model is not RefusedSubmission:
                yield model, field.name


def _tokens(rows: QuerySet[Any], name: str) -> QuerySet[Any, tuple[Any, str]]:
    """Primary key and ciphertext: the cast keeps the field from decrypting."""
    return rows.filter(**{f"{name}__isnull": False}).annotate(token=Cast(name, TextField())).values_list("pk", "token")


def _rewrite(model: type[Model], name: str) -> tuple[int, list[Any]]:
    """Batch by batch, each in its own transaction; how many were rewritten, and the ids that no key opens."""
    rewritten, failed, after = 0, [], None
    while True:
        with everywhere():
            rows = model._default_manager.order_by("pk").select_for_update(no_key=True)  # noqa: SLF001
            batch = list(_tokens(rows.filter(pk__gt=after) if after else rows, name)[:BATCH])
            for pk, token in batch:
                if is_current(token):
                    continue
                try:
                    fresh = Value(rotate(token).decode(), output_field=TextField())
                except DecryptionFailed:
                    failed.append(pk)
                    continue
                rewritten += rows.filter(pk=pk).update(**{name: fresh})
        if len(batch) < BATCH:
            return rewritten, failed
        after = batch[-1][0]

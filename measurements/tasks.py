"""Standing jobs of this app."""

from celery import shared_task
from django.utils import timezone

from measurements import services


@shared_task(name="measurements.purge_refused")
def purge_refused() -> int:
    """Nightly: remove refused submissions after 30 days."""
    return services.purge_refused(now=timezone.now())

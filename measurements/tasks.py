"""Standing jobs of this app."""

from celery import shared_task
from django.utils import timezone

from accounts.services import purge_tokens
from measurements import services


@shared_task(name="measurements.purge_refused")
def purge_refused() -> int:
    """Nightly: remove refused submissions after 30 days, and tokens that are over."""
    now = timezone.now()
    return services.purge_refused(now=now) + purge_tokens(now=now)

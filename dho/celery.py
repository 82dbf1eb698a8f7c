"""The Celery application. Everything it can be asked to do is also found again by the sweep in PostgreSQL."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dho.settings")

app = Celery("dho")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""The bare framework as the measure: one DRF serializer, one INSERT in one transaction, nothing else.

Served by the same gunicorn configuration as the product: `gunicorn bench.bare`.
"""

import os

from django.conf import settings
from environs import Env

settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": Env().dj_db_url("DATABASE_URL", conn_max_age=600)},
    INSTALLED_APPS=["rest_framework"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
    USE_TZ=True,
)

import django  # noqa: E402 - settings come first

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models, transaction  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.serializers import ModelSerializer  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class Bare(models.Model):
    """A reading without anything that makes it one."""

    client_id = models.UUIDField(unique=True)
    type = models.CharField(max_length=32)
    value = models.DecimalField(max_digits=12, decimal_places=6)
    unit = models.CharField(max_length=20)
    taken_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        db_table = "bench_bare"

    def __str__(self) -> str:
        return str(self.pk)


class BareSerializer(ModelSerializer):
    """The framework's own way."""

    class Meta:
        model = Bare
        fields = ["client_id", "type", "value", "unit", "taken_at"]


class Create(APIView):
    """POST one."""

    @transaction.atomic
    def post(self, request):
        serializer = BareSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data, status=201)


urlpatterns = [path("bare/", Create.as_view())]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", __name__)
application = get_wsgi_application()

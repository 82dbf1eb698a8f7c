"""All addresses. Each app says its own; only the pages of the house itself are here."""

from django.urls import include, path
from django.views.generic import TemplateView

from audit.logged import logs_nothing

accessibility = TemplateView.as_view(template_name="accessibility.html")
handler500 = "dho.lib.outage.server_error"

urlpatterns = [
    # First: most requests are readings, and each pattern before theirs is tried in vain.
    path("api/v1/", include("measurements.urls")),
    path("api/v1/", include("careplans.api_urls")),
    path("api/v1/", include("tablet.api_urls")),
    path("api/v1/", include("accounts.api_urls")),
    # The queue's poll next, for the same reason.
    path("", include("alerts.urls")),
    path("", include("accounts.urls")),
    path("", include("patients.urls")),
    path("", include("careplans.urls")),
    path("", include("tablet.urls")),
    path("", include("tablet.pairing_urls")),
    path("tilgjengelighet/", logs_nothing("The same text for everyone.")(accessibility), name="accessibility"),
]

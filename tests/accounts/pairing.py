"""A vendor's tablet app as it speaks OAuth: over HTTP, with a form, keeping what it is given."""

from base64 import b64encode

from django.test import Client

from accounts.oauth import DEVICE_CODE
from accounts.services import pair_device
from tests.factories.clock import NOW

DEVICE = "/api/v1/oauth/device/"
TOKEN = "/api/v1/oauth/token/"
FORM = "application/x-www-form-urlencoded"


def post(address, fields, **headers):
    """A form, as RFC 6749 wants it."""
    from urllib.parse import urlencode  # noqa: PLC0415

    return Client().post(address, urlencode(fields, doseq=True), content_type=FORM, headers=headers)


def basic(name: str, secret: str) -> dict[str, str]:
    """The header of a confidential client."""
    return {"authorization": "Basic " + b64encode(f"{name}:{secret}".encode()).decode()}


class TabletApp:
    """Shows a code, asks, and keeps its tokens."""

    def __init__(self, model="Samsung Galaxy Tab A9"):
        self.codes = post(DEVICE, {"client_id": "dho-tablet", "device_model": model}).json()
        self.tokens: dict[str, object] = {}

    @property
    def code(self) -> str:
        return self.codes["user_code"]

    def ask(self):
        """Is it confirmed? Keeps the tokens if it is."""
        fields = {"grant_type": DEVICE_CODE, "client_id": "dho-tablet", "device_code": self.codes["device_code"]}
        return self._keep(post(TOKEN, fields))

    def renew(self, *, lost=False, token=None):
        """A new pair of tokens; when the answer gets lost, the old ones are all it has."""
        fields = {
            "grant_type": "refresh_token",
            "client_id": "dho-tablet",
            "refresh_token": token or self.tokens["refresh_token"],
        }
        answer = post(TOKEN, fields)
        return answer if lost else self._keep(answer)

    def get(self, address="/api/v1/readings/"):
        """Something with the access token."""
        return Client().get(address, headers={"Authorization": f"Bearer {self.tokens['access_token']}"})

    def _keep(self, answer):
        if answer.status_code == 200:
            self.tokens = answer.json()
        return answer


def paired(world, *, patient=None, label="Nettbrett 14", by=None) -> tuple[TabletApp, object]:
    """A tablet that a nurse has confirmed and that has fetched its first tokens."""
    from tests.database import see_everything  # noqa: PLC0415

    app = TabletApp()
    see_everything()
    credential = pair_device(
        patient=patient or world.per, code=app.code, label=label, by=world.actor(by or world.kari), now=NOW
    )
    assert app.ask().status_code == 200
    see_everything()
    return app, credential

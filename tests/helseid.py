"""HelseID in the tests: a real OpenID provider on loopback that demands what HelseID demands.

It runs as a process of its own: `python -m tests.helseid PORT`, with the claims of its people and the public key of
our client as JSON on standard input. On top of oidc-provider-mock it takes pushed requests (PAR) only, and refuses a
client that does not prove itself with a signed assertion (private_key_jwt).
"""

import json
import os
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.journeys.stack import ROOT, free_port, wait_until

CLIENT = "dho-test"
PID = "helseid://claims/identity/pid"
HPR_NUMBER = "helseid://claims/hpr/hpr_number"
USED: set[str] = set()
SECURITY_LEVEL = "helseid://claims/identity/security_level"


@dataclass(frozen=True)
class Provider:
    """Where it listens, and the private key that our client must use."""

    url: str
    key: str


def make_key() -> tuple[str, dict[str, Any]]:
    """Our client's private JWK, and the public one that is registered with HelseID."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    as_jwk = jwt.algorithms.RSAAlgorithm.to_jwk
    extra = {"kid": "test-key", "alg": "RS256", "use": "sig"}
    return json.dumps({**as_jwk(private, as_dict=True), **extra}), {
        **as_jwk(private.public_key(), as_dict=True),
        **extra,
    }


@contextmanager
def provider(people: list[dict[str, Any]]) -> Iterator[Provider]:
    """The provider, knowing these people (claims with `sub`), until the block ends."""
    private, public = make_key()
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "tests.helseid", url.rpartition(":")[2]]
    log = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True) as process:
        process.stdin.write(json.dumps({"people": people, "key": public}))
        process.stdin.close()
        try:
            wait_until(lambda: _answers(url), seconds=30)
            yield Provider(url, private)
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/.well-known/openid-configuration", timeout=5).ok
    except requests.RequestException:
        return False


def choose(address: str, sub: str) -> str:
    """The person proves who they are at `address`, where the browser was sent; gives where it is sent back to."""
    form = requests.get(address, timeout=10)
    answer = requests.post(form.url, data={"sub": sub}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def make_app(people: list[dict[str, Any]], public: dict[str, Any]) -> Any:
    """The provider's application."""
    import flask  # noqa: PLC0415 - only in the provider's own process
    import oidc_provider_mock  # noqa: PLC0415
    from oidc_provider_mock._storage import User  # noqa: PLC0415

    app = oidc_provider_mock.app(user_claims=[User(sub=each.pop("sub"), claims=each) for each in people])

    @app.before_request
    def demand_proof():
        if flask.request.path not in ("/oauth2/token", "/par"):
            return None
        try:
            _prove(flask.request.form, public, audience=flask.request.host_url.rstrip("/"))
        except (AssertionError, KeyError, jwt.InvalidTokenError) as error:
            return flask.jsonify({"error": "invalid_client", "error_description": str(error)}), 401
        # The provider underneath knows only secrets, and takes any.
        flask.request.environ["HTTP_AUTHORIZATION"] = "Basic " + b64encode(f"{CLIENT}:proved".encode()).decode()
        return None

    _take_only_pushed_requests(app)
    _can_be_out_of_order(app)
    return app


def _can_be_out_of_order(app: Any) -> None:
    """POST /test/empty with a `path`: from then on that address answers with an empty object; without, none does."""
    import flask  # noqa: PLC0415 - only in the provider's own process

    empty: set[str] = set()

    @app.post("/test/empty")
    def set_empty():
        empty.clear()
        empty.update(flask.request.form.getlist("path"))
        return ""

    @app.after_request
    def answer_empty(response):
        return flask.jsonify({}) if flask.request.path in empty else response


def _take_only_pushed_requests(app: Any) -> None:
    import flask  # noqa: PLC0415 - only in the provider's own process

    pushed: dict[str, dict[str, str]] = {}

    @app.post("/par")
    def par():
        wanted = {name: value for name, value in flask.request.form.items() if not name.startswith("client_assertion")}
        assert wanted["code_challenge_method"] == "S256"
        name = f"urn:request:{len(pushed)}"
        pushed[name] = wanted
        return flask.jsonify({"request_uri": name, "expires_in": 60}), 201

    @app.before_request
    def demand_pushed():
        asked = flask.request.args.to_dict()
        if flask.request.path != "/oauth2/authorize" or asked in pushed.values():
            return None
        if asked.get("request_uri") not in pushed:
            return "only pushed requests", 400
        return flask.redirect(f"/oauth2/authorize?{urlencode(pushed[asked['request_uri']])}")

    @app.after_request
    def announce(response):
        if flask.request.path == "/.well-known/openid-configuration":
            endpoint = f"{flask.request.host_url}par"
            response.data = json.dumps({**response.json, "pushed_authorization_request_endpoint": endpoint})
        return response


def _prove(form: Any, public: dict[str, Any], *, audience: str) -> None:
    """Raises what make_app answers 401 to, unless the client's assertion holds and is new."""
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    claims = jwt.decode(form["client_assertion"], jwt.PyJWK(public).key, algorithms=["RS256"], audience=audience)
    assert claims["iss"] == claims["sub"] == form["client_id"] == CLIENT
    assert claims["exp"] - time.time() <= 60
    assert claims["jti"] not in USED
    USED.add(claims["jti"])


def main(port: str) -> None:
    """Serve until told to stop."""
    import uvicorn  # noqa: PLC0415

    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
    told = json.load(sys.stdin)
    uvicorn.run(make_app(told["people"], told["key"]), interface="wsgi", host="127.0.0.1", port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])

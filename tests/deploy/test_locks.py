"""The lock files hold on every Python we promise, and name no registry."""

import importlib.metadata
import re
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-node.txt"]


def locked(name: str) -> dict[str, str]:
    """Package and version of every line of a lock file."""
    found = re.findall(r"^([\w.-]+)==(\S+)", (CHECKOUT / name).read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("python", ["3.11.0", "3.12.0", "3.13.0", "3.14.0"])
def test_a_package_wanted_by_one_python_only_is_locked(python):
    environment = {
        **default_environment(),
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "extra": "",
    }
    versions = locked("requirements-dev.txt")
    missing = {
        f"{package}: {line}"
        for package in versions
        for line in importlib.metadata.requires(package) or []
        if (wanted := Requirement(line)).marker is None or wanted.marker.evaluate(environment)
        if canonicalize_name(wanted.name) not in versions
    }
    assert missing == set()


def test_the_test_environment_holds_the_versions_of_the_server():
    server, tests = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {package: tests.get(package) for package in server} == server


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_a_hash(name):
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    assert text.count("==") > 0
    assert re.findall(r"^\S+==\S+(?! \\\n    --hash=sha256:)$", text, re.MULTILINE) == []


@pytest.mark.parametrize("name", [*LOCKS, "package-lock.json", "tests/browser/package-lock.json"])
def test_a_lock_names_no_registry(name):
    text = (CHECKOUT / name).read_text(encoding="utf-8")
    assert re.findall(r"--(?:index-url|extra-index-url|find-links|trusted-host).*|\"resolved\".*", text) == []


def test_every_dependency_says_why_it_is_there():
    text = (CHECKOUT / "pyproject.toml").read_text(encoding="utf-8")
    listed = text[text.index("dependencies = [") : text.index("[tool.")]
    lines = [line for line in listed.splitlines() if line.startswith('    "')]
    assert [line for line in lines if not re.search(r'", # \S', line)] == []

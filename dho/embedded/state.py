"""The folder in which one set of embedded servers keeps its data, and the secrets that belong to that data."""

import base64
import fcntl
import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

# PostgreSQL refuses to run as root; 65534 is "nobody" on every Linux.
NOBODY = 65534
# A unix socket's path may have 107 characters; the longest name we add is "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")


class AlreadyRunning(Exception):
    """Another process holds these servers; `str()` is its note, usually the address it answers on."""


@dataclass(frozen=True)
class State:
    """Where one set of servers lives. Make it with `open_state`."""

    root: Path  # ours: lock, secrets, logs
    data: Path  # the servers': clusters
    sockets: Path
    server_user: int | None  # the uid the servers run as, None = our own


def open_state(root: Path) -> State:
    """The state kept under `root`, made when missing.

    As root the data lies in /var/tmp, because the servers run as nobody and the checkout may be closed to them.
    """
    root = root.resolve()
    root.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(os.fsencode(root)).hexdigest()[:12]
    if os.getuid() != 0:
        sockets = root / "run"
        if len(os.fsencode(sockets)) > LONGEST_SOCKET_FOLDER:
            sockets = _private(Path(f"/tmp/dho-{os.getuid()}")) / name  # noqa: S108  (checked to be ours alone)
        return State(root, _private(root / "data"), _private(sockets), None)
    outside = _private(Path("/var/tmp") / f"dho-{name}", mode=0o711)  # noqa: S108  (checked to be ours alone)
    _forget_data_of_a_deleted_root(root, outside)
    data = _private(outside / "data", owner=NOBODY)
    return State(root, data, _private(outside / "run", owner=NOBODY), NOBODY)


def _private(folder: Path, *, owner: int | None = None, mode: int = 0o700) -> Path:
    """Make `folder` with `mode`; refuse one that somebody else made first in a folder all may write to."""
    try:
        folder.mkdir(mode=mode)
        folder.chmod(mode)
        if owner is not None:
            os.chown(folder, owner, owner)
    except FileExistsError:
        expected = os.getuid() if owner is None else owner
        found = folder.lstat()
        if not folder.is_dir() or folder.is_symlink() or found.st_uid != expected:
            raise PermissionError(f"{folder} belongs to somebody else; remove it and start again.") from None
    return folder


def _forget_data_of_a_deleted_root(root: Path, outside: Path) -> None:
    """Empty `outside` when `root` was deleted and made anew: its secrets are gone, so the data cannot be read."""
    token, copy = root / "token", outside / "token"
    if token.exists() and copy.exists() and token.read_text() == copy.read_text():
        return
    for leftover in outside.iterdir():
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
    token.write_text(secrets.token_hex(16))
    shutil.copyfile(token, copy)


def remove_state(state: State) -> None:
    """Delete everything the stopped servers of `state` left, also what lies outside its root."""
    for folder in {state.data.parent if state.server_user is not None else state.data, state.sockets, state.root}:
        shutil.rmtree(folder, ignore_errors=True)


def hold(state: State, note: str = "") -> TextIO:
    """Lock the state for this process until the returned file is closed. Raises AlreadyRunning.

    The kernel drops the lock when the process dies, so a SIGKILL leaves nothing to clean up.
    """
    path = state.root / "lock"
    file = path.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        other = file.read().strip()
        file.close()
        raise AlreadyRunning(other) from None
    write_note(file, note)
    return file


def write_note(lock: TextIO, note: str) -> None:
    """Tell whoever finds the state locked `note`, for example our address."""
    lock.seek(0)
    lock.truncate()
    lock.write(note)
    lock.flush()


def read_secrets(state: State) -> dict[str, str]:
    """The secrets of this data as environment variables, generated on first use into a file only we can read."""
    path = state.root / "secrets.env"
    if not path.exists():
        made = {
            "DHO_SECRET_KEY": secrets.token_urlsafe(50),
            "DHO_ENCRYPTION_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "DHO_BLIND_INDEX_KEY": secrets.token_hex(32),
        }
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in made.items())
        draft.rename(path)
    lines = path.read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line)

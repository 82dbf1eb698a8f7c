"""Starting and ending one child process so that it never outlives us unnoticed."""

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
LONGEST_LOG = 20_000_000
libc = ctypes.CDLL(None, use_errno=True)


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    user: int | None = None,
    orphan_signal: int = signal.SIGTERM,
    pass_fds: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `argv` in its own session with its output appended to `log`, as `user` when given.

    The kernel sends it `orphan_signal` when we die, even by SIGKILL. It does so when the *thread* that made the child
    ends, so a child started from another thread than the main one is left without that guard.
    """
    parent = os.getpid() if threading.current_thread() is threading.main_thread() else None

    def die_with_parent() -> None:
        if parent is not None:
            libc.prctl(PR_SET_PDEATHSIG, orphan_signal)
            if os.getppid() != parent:  # we died between fork and prctl
                os._exit(1)

    if log.exists() and log.stat().st_size > LONGEST_LOG:
        log.replace(log.with_suffix(".old.log"))
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603  (our own programs)
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=cwd,
            env=env,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            pass_fds=pass_fds,
            start_new_session=True,
            # Runs after setuid, which would clear the setting. Unsafe beside threads that hold locks; it takes none.
            preexec_fn=die_with_parent,  # noqa: PLW1509
        )


def is_alive(pid: int) -> bool:
    """Whether the process exists and is not merely waiting to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(done: Callable[[], bool], *, seconds: float, pause: float = 0.02) -> bool:
    """Ask `done` again and again for up to `seconds`; its last answer."""
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def end_group(process: subprocess.Popen[bytes], *, stop_signal: int, seconds: float) -> None:
    """Ask the process to stop, wait, then kill whatever is left of its group."""
    if process.poll() is None:
        process.send_signal(stop_signal)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    kill_group(process)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL the child and everything it started that stayed in its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def signal_pid(pid: int, number: int) -> None:
    """Signal a process that may already be gone."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)

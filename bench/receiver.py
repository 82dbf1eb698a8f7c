"""A webhook receiver that remembers every idempotency key it was given, and can stall before it answers."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    receiver: "Receiver"

    def handle_error(self, request: object, client_address: object) -> None:
        """A killed sender breaks its connection; that is what we are here for."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.receiver.take(self.headers["Idempotency-Key"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


class Receiver:
    """Listens on a port of its own. `keys` holds each received key as often as it came, in order."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self._open = threading.Event()
        self._open.set()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.receiver = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def take(self, key: str) -> None:
        """Remember the key, and let the sender wait for its answer while we stall."""
        self.keys.append(key)
        self._open.wait(60)

    def stall(self) -> None:
        """From now on no sender gets an answer."""
        self._open.clear()

    def go_on(self) -> None:
        """Answer again, those who wait as well."""
        self._open.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_on()
        self._server.shutdown()
        self._server.server_close()

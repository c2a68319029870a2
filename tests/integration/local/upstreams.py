"""Services that tell what reached them: what a gateway is tested against."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

PIECE = b"x" * 4000 + b"\n"


class Upstream(ThreadingHTTPServer):
    """One service. An export sends one piece, and the second once `proceed` is set."""

    daemon_threads = True

    def __init__(self, name: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = name
        self.proceed = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers with what it got; knows users by their token as the executor does."""

    protocol_version = "HTTP/1.1"
    server: Upstream

    def do_GET(self) -> None:
        if self.path == "/auth/identity":
            self._identity()
        elif self.path.startswith("/problems/"):
            status = urlsplit(self.path).path.rpartition("/")[2]
            self._answer(int(status), kind="application/problem+json")
        elif self.path.endswith("/damaged"):
            self._answer(502)
        elif self.path.endswith("/export/csv"):
            self._export()
        else:
            self._answer(200)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _identity(self) -> None:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        self._answer(200 if token else 401, **{"X-Kpi-User": token})

    def _answer(self, status: int, kind: str = "application/json", **headers: str) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = {
            "service": self.server.name,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "length": len(self.rfile.read(length)),
            "status": status,
        }
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": kind, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _export(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(2 * len(PIECE)))
        self.end_headers()
        self.wfile.write(PIECE)
        self.wfile.flush()
        self.server.proceed.wait(10)
        self.wfile.write(PIECE)


@contextmanager
def upstream(name: str) -> Iterator[Upstream]:
    """Serve until the block ends."""
    server = Upstream(name)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""Real HTTP around the small KPI Ledger of `peer`."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from .peer import Peer, Reply, Request


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.1 around :meth:`Peer.answer`."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    peer: ClassVar[Peer]

    def handle_one(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=url.path,
            query={name: values[0] for name, values in parse_qs(url.query).items()},
            headers={name.lower(): value for name, value in self.headers.items()},
            body=json.loads(self.rfile.read(length)) if length else {},
        )
        self.peer.requests.append(request)
        fault = self.peer.faults.popleft() if self.peer.faults else None
        if isinstance(fault, str):
            self.close_connection = True
            return
        self._send(fault or self.peer.answer(request))

    do_GET = do_POST = do_PUT = do_DELETE = handle_one  # noqa: N815

    def _send(self, reply: Reply) -> None:
        kind = "application/json" if reply.status < 400 else "application/problem+json"
        body = json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in {"Content-Type": kind, **reply.headers}.items():
            self.send_header(name, value)
        if reply.chunks is None:
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for chunk in reply.chunks:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        if reply.cut:
            self.close_connection = True
        else:
            self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Stay quiet."""


@contextmanager
def serving() -> Iterator[Peer]:
    """Serve a fresh peer on a free port."""
    peer = Peer()
    handler = type("BoundHandler", (Handler,), {"peer": peer})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        peer.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()

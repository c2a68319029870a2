"""The HTTP server of an api process: Granian with its worker in a thread of this process.

Granian's usual server forks a worker process. A parent that is killed would leave its child
behind, still answering on the port, and it costs another interpreter's memory. Granian's
thread-based server has neither fault; it is made for free-threaded Python, and all that keeps it
from others is a check of the interpreter, overridden here.
"""

from __future__ import annotations

from flask import Flask
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mt import MTServer

from kpi_service.settings import Address

MAX_CONNECTIONS = 1024  # also idle ones: Granian's back-pressure counts connections


class _OneProcessServer(MTServer):
    def _check_gil(self) -> None:
        """Allow the interpreter lock: the Rust side lets go of it while waiting."""


def serve(app: Flask, address: Address, *, threads: int) -> None:
    """Serve `app` until SIGTERM or SIGINT; requests under way are answered first.

    `threads` is how many requests are handled at the same time; others wait their turn.
    """
    _OneProcessServer(
        app.name,
        address=address.host,
        port=address.port,
        interface=Interfaces.WSGI,
        blocking_threads=threads,
        backpressure=MAX_CONNECTIONS,
        websockets=False,
        log_enabled=True,
        log_level=LogLevels.error,
        log_dictconfig=_LOG_TO_ROOT,
    ).serve(target_loader=lambda: app, wrap_loader=False)


_LOG_TO_ROOT = {
    "handlers": {},
    "formatters": {},
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}

"""A worker process: one asyncio loop, stopped by SIGTERM, with a small server for its health."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from kpi_service.json import encode
from kpi_service.readiness import CHECK_SECONDS, Readiness
from kpi_service.settings import Address, ServiceSettings
from kpi_service.spans import export_traces

STOP_SECONDS = 20.0  # how long loops may take to finish what they have begun
_log = structlog.stdlib.get_logger(__name__)


class Worker:
    """What the coroutine of a worker gets: settings, the stop signal, and its readiness checks."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.settings = settings
        self.stop = asyncio.Event()
        self.readiness = Readiness()
        self.failure: str | None = None

    def fail(self, reason: str) -> None:
        """End the process with an error, e.g. when the bus connection is closed for good.

        Loops are asked to stop first. The supervisor starts the process anew.
        """
        self.failure = self.failure or reason
        self.stop.set()

    def bus_closed(self) -> None:
        """End the process: the callback for `kpi_bus.connection.connect(on_closed=...)`."""
        if not self.stop.is_set():
            self.fail("the connection to the bus is closed for good")


Work = Callable[[Worker], Awaitable[None]]


def run_worker(settings: ServiceSettings, work: Work) -> int:
    """Run `work` until SIGTERM or SIGINT; return the exit code: 0 only after a clean stop."""
    export_traces(settings.name, settings.otlp_endpoint)
    return asyncio.run(_run(settings, work))


async def _run(settings: ServiceSettings, work: Work) -> int:
    worker = Worker(settings)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop.set)
    with _HealthServer(settings.worker_bind, worker.readiness, loop):
        _log.info("worker started", address=str(settings.worker_bind))
        await _until_stopped(worker, work)
    if worker.failure:
        _log.error("worker failed", reason=worker.failure)
        return 1
    _log.info("worker stopped")
    return 0


async def _until_stopped(worker: Worker, work: Work) -> None:
    task = asyncio.ensure_future(work(worker))
    stopping = asyncio.ensure_future(worker.stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not task.done():
        await asyncio.wait({task}, timeout=STOP_SECONDS)
    if not task.done():
        task.cancel()
        worker.fail(f"its loops did not stop within {STOP_SECONDS:g} s")
    elif task.cancelled():
        worker.fail("its loops were cancelled")
    elif task.exception() is not None:
        _log.error("worker's loop broke", exc_info=task.exception())
        worker.fail(repr(task.exception()))
    elif not worker.stop.is_set():
        worker.fail("its loops ended unasked")


class _HealthServer:
    """/healthz, /readyz and /metrics in threads of their own, so that a busy loop answers too."""

    def __init__(
        self, address: Address, readiness: Readiness, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._readiness = readiness
        self._loop = loop
        self._server = _QuietServer((address.host, address.port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return status, content type and body for `path`."""
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest()
        if path == "/healthz":
            alive = self._loop_turns()
            return _json(200 if alive else 503, {"status": "ok" if alive else "event loop hangs"})
        if path == "/readyz":
            missing = self._readiness.missing()
            return _json(503 if missing else 200, _readiness_body(missing))
        return _json(404, {"success": False, "status": 404, "title": "Not Found"})

    def _loop_turns(self) -> bool:
        try:
            turned = asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop)
            turned.result(5 * CHECK_SECONDS)
        except (TimeoutError, CancelledError):
            return False
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answer = self.answer

        class Handler(BaseHTTPRequestHandler):
            timeout = 10

            def do_GET(self) -> None:
                status, content_type, body = answer(self.path.partition("?")[0])
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Keep the access log quiet."""

        return Handler


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore callers that hang up."""


def _json(status: int, body: object) -> tuple[int, str, bytes]:
    media_type = "application/json" if status < 400 else "application/problem+json"
    return status, media_type, encode(body)


def _readiness_body(missing: dict[str, str]) -> dict[str, object]:
    if not missing:
        return {"status": "ready"}
    return {
        "success": False,
        "type": "about:blank",
        "title": "Service Unavailable",
        "status": 503,
        "detail": f"Not ready: {', '.join(sorted(missing))}.",
        "errors": {name: [reason] for name, reason in missing.items()},
    }

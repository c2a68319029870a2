"""Real processes: started as the supervisor starts them, stopped by SIGTERM."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest

from kpi_testkit import eventually
from kpi_testkit.processes import Process

SERVICE = """
import asyncio, sys, time

def api(settings):
    from flask import jsonify
    from sqlalchemy import create_engine
    from kpi_service.app import create_app
    from kpi_service.auth import public
    from kpi_service.blueprint import Blueprint
    slow = Blueprint("slow", __name__)

    @slow.get("/slow")
    @public
    def wait():
        time.sleep(1)
        return jsonify(done=True)

    engine = create_engine(settings.database_url.replace("postgresql:", "postgresql+psycopg:"))
    return create_app(settings, title="T", blueprints=[slow], engine=engine, readiness={})

async def worker(worker):
    worker.readiness.add("projection", lambda: None)
    if MODE == "raise":
        raise RuntimeError("broken")
    if MODE == "return":
        return
    if MODE == "closed":
        asyncio.get_running_loop().call_later(0.3, worker.bus_closed)
    if MODE == "blocked":
        asyncio.get_running_loop().call_later(0.3, time.sleep, 8)
    if MODE == "traced":
        from kpi_bus.tracing import consuming
        assert "flask" not in sys.modules
        with consuming("project something", None):
            pass
    await worker.stop.wait()

if __name__ == "__main__":
    MODE = sys.argv.pop() if len(sys.argv) > 2 else ""
    from kpi_service.processes import run
    run("sample", api=api, worker=worker, migrations="sample")
"""


def free_address() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def environment(jwks_file: Path) -> dict[str, str]:
    return {
        "KPI_DATABASE_URL": "postgresql://nobody:hush@127.0.0.1:1/nothing",
        "KPI_JWKS": str(jwks_file),
        "KPI_BIND": free_address(),
        "KPI_WORKER_BIND": free_address(),
    }


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "sample.py"
    path.write_text(SERVICE)
    return path


def is_up(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def start(script: Path, env: Mapping[str, str], *arguments: str) -> Process:
    argv = [sys.executable, str(script), *arguments]
    return Process(argv, log=script.with_suffix(".log"), env=env).start()


def test_an_api_answers_what_is_under_way_before_it_stops(
    script: Path, environment: dict[str, str]
) -> None:
    url = f"http://{environment['KPI_BIND']}"
    process = start(script, environment, "api")
    try:
        process.wait_until(lambda: is_up(f"{url}/healthz"))
        answers: list[int] = []
        asking = threading.Thread(
            target=lambda: answers.append(httpx.get(f"{url}/slow", timeout=10).status_code)
        )
        asking.start()
        eventually(lambda: _connections(environment["KPI_BIND"]) > 0, 5, "the request is under way")
        process.signal(signal.SIGTERM)
        assert process.wait(15) == 0, process.log_tail()
        asking.join(10)
        assert answers == [200]
    finally:
        process.close()
    for line in process.log_tail().splitlines():
        assert json.loads(line)["service"] == "kpi-sample api"


def test_a_killed_api_leaves_nobody_behind_on_its_port(
    script: Path, environment: dict[str, str]
) -> None:
    url = f"http://{environment['KPI_BIND']}/healthz"
    process = start(script, environment, "api")
    try:
        process.wait_until(lambda: is_up(url))
        process.kill()
        assert not is_up(url)
        process.start().wait_until(lambda: is_up(url))
    finally:
        process.close()


def test_a_worker_tells_its_health_and_stops_cleanly(
    script: Path, environment: dict[str, str]
) -> None:
    url = f"http://{environment['KPI_WORKER_BIND']}"
    process = start(script, environment, "worker")
    try:
        process.wait_until(lambda: is_up(f"{url}/readyz"))
        assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
        assert "process_resident_memory_bytes" in httpx.get(f"{url}/metrics").text
        assert httpx.get(f"{url}/else").status_code == 404
        process.signal(signal.SIGTERM)
        assert process.wait(10) == 0, process.log_tail()
    finally:
        process.close()


def test_a_worker_never_loads_flask(script: Path, environment: dict[str, str]) -> None:
    check = (
        "import sys; import kpi_service.processes, kpi_service.database, kpi_service.logging; "
        "sys.exit(', '.join({'flask', 'granian', 'opentelemetry'} & set(sys.modules)) or 0)"
    )
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr


def test_a_worker_sends_its_spans_where_it_is_told(
    script: Path, environment: dict[str, str]
) -> None:
    with collector() as (endpoint, received):
        traced = environment | {"KPI_OTLP_ENDPOINT": endpoint}
        process = start(script, traced, "worker", "traced")
        try:
            process.wait_until(lambda: is_up(f"http://{environment['KPI_WORKER_BIND']}/readyz"))
            process.signal(signal.SIGTERM)
            assert process.wait(15) == 0, process.log_tail()
        finally:
            process.close()
    assert [path for path, _ in received] == ["/v1/traces"]
    assert b"project something" in received[0][1]
    assert b"kpi-sample" in received[0][1]


@contextmanager
def collector() -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """Serve as an OTLP collector; yields its address and what it got: paths and bodies."""
    received: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            plain = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
            received.append((self.path, plain))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", received
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("raise", "broken"),
        ("return", "ended unasked"),
        ("closed", "bus is closed for good"),
    ],
)
def test_a_worker_that_cannot_go_on_exits_with_an_error(
    script: Path, environment: dict[str, str], mode: str, reason: str
) -> None:
    process = start(script, environment, "worker", mode)
    try:
        assert process.wait(15) == 1
        assert reason in process.log_tail()
    finally:
        process.close()


def test_a_worker_whose_loop_is_blocked_is_not_alive(
    script: Path, environment: dict[str, str]
) -> None:
    url = f"http://{environment['KPI_WORKER_BIND']}/healthz"
    process = start(script, environment, "worker", "blocked")

    def hangs() -> bool:
        return process.is_running and httpx.get(url, timeout=8).status_code == 503

    try:
        process.wait_until(lambda: is_up(url))
        eventually(hangs, 10, "the hanging loop is noticed")
    finally:
        process.close()


@pytest.mark.parametrize("arguments", [[], ["serve"], ["api", "worker"]])
def test_a_wrong_command_line_is_told_the_right_one(script: Path, arguments: list[str]) -> None:
    if len(arguments) == 2:
        arguments = [*arguments, ""]
    run = subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 1
    assert "usage: python -m sample api|worker|migrate" in run.stderr


def test_faulty_settings_are_one_line_not_a_traceback(script: Path) -> None:
    run = subprocess.run(
        [sys.executable, str(script), "api"],
        capture_output=True,
        text=True,
        timeout=60,
        env={"KPI_BIND": "nowhere"},
    )
    assert run.returncode == 1
    assert run.stderr.count("\n") == 1
    assert "KPI_DATABASE_URL" in run.stderr
    assert "KPI_BIND" in run.stderr


def _connections(address: str) -> int:
    """Count established connections to `address` (IPv4), as Linux lists them."""
    port = f":{int(address.rpartition(':')[2]):04X}"
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("needs /proc/net/tcp to see that a request is under way")
    rows = (line.split() for line in table.read_text().splitlines()[1:])
    return sum(row[1].endswith(port) and row[3] == "01" for row in rows)

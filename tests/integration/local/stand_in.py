"""A process that behaves as a service's does: `stand_in.py <service> api|worker|migrate`.

It connects to the database it was given, and its /readyz tells of a table that only the migration
makes, so that a start in the wrong order does not pass. The file `broken` in the home breaks it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        missing = [] if ready() else ["schema"]
        body = json.dumps({"missing": missing}).encode()
        self.send_response(503 if missing else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def broken(service: str, process: str) -> bool:
    file = Path(os.environ["KPI_HOME"], "broken")
    return file.exists() and file.read_text() == f"{service} {process}"


def ready() -> bool:
    with psycopg.connect(os.environ["KPI_DATABASE_URL"]) as connection:
        row = connection.execute("SELECT to_regclass('migrated') IS NOT NULL").fetchone()
    return row == (True,) and not broken(*sys.argv[1:])


def migrate(service: str) -> None:
    if broken(service, "migrate"):
        sys.exit("relation already exists")
    with psycopg.connect(os.environ["KPI_DATABASE_URL"]) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS migrated ()")


def serve(process: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    bind = os.environ["KPI_BIND" if process == "api" else "KPI_WORKER_BIND"]
    host, _, port = bind.rpartition(":")
    ThreadingHTTPServer((host, int(port)), Handler).serve_forever(0.05)


if __name__ == "__main__":
    service_name, process_name = sys.argv[1:]
    if process_name == "migrate":
        migrate(service_name)
    else:
        serve(process_name)

"""`python -m bench.bare_flask <port> <threads> <file>`: one route that answers with a file.

The peer of the reads row: Flask under the services' own server, and nothing else. No token is
verified, no database asked, nothing counted.
"""

from __future__ import annotations

import sys
from pathlib import Path

from flask import Flask, Response

from kpi_local.ports import LOOPBACK
from kpi_service.server import serve
from kpi_service.settings import Address


def bare(body: bytes) -> Flask:
    """Return the application."""
    app = Flask(__name__)

    @app.get("/<path:_any>")
    def answer(_any: str) -> Response:
        return Response(body, mimetype="application/json")

    return app


if __name__ == "__main__":
    port, threads, file = sys.argv[1:]
    serve(bare(Path(file).read_bytes()), Address(LOOPBACK, int(port)), threads=int(threads))

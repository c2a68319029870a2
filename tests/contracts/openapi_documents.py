"""The OpenAPI documents of the four services, made from their code.

`python -m tests.contracts.openapi_documents FOLDER` writes them; a test holds them to the code.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kpi_service.document import openapi
from kpi_testkit.api import api_settings

SERVICES = ("definitions", "executor", "results", "audit")
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def document(service: str) -> dict[str, Any]:
    """Return the document of one service; nothing is connected to."""
    bootstrap = importlib.import_module(f"kpi_{service}.bootstrap")
    with TemporaryDirectory() as home:
        os.environ["KPI_HOME"] = home
        settings = api_settings(service, NOWHERE, "nats://127.0.0.1:1", Path(home))
        made: dict[str, Any] = openapi(bootstrap.make_api(settings))
        del os.environ["KPI_HOME"]
    return made


def text_of(service: str) -> str:
    """Return the document as it is committed."""
    return json.dumps(document(service), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in SERVICES:
        (folder / f"{name}.json").write_text(text_of(name))

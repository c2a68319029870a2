"""The list of endpoints for readers, made from the OpenAPI documents of the four services.

`python -m tests.contracts.endpoints FILE` writes it; a test holds the written file to the code.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.contracts.openapi_documents import SERVICES, document

METHODS = ("get", "post", "put", "patch", "delete")
EVERYBODY = {"viewer", "editor", "operator", "auditor", "admin"}
HEADER = """\
# Endpoints

Written by `python -m tests.contracts.endpoints docs/api/README.md`. The OpenAPI 3.1 documents
beside this page say it in full; a running stack shows them at `/docs`. Conventions are in the
[user guide](../user-guide.md#conventions-of-the-api).

`admin` may call everything and is not repeated below. "any role" stands for viewer, editor,
operator and auditor, "any token" for a token without a role, too. Every API and every worker also
answers `GET /healthz`, `/readyz` and `/metrics` without a token, every API `/openapi.json` and
`/docs`.
"""


def page() -> str:
    """Return the list as Markdown."""
    return "\n".join([HEADER, *(_section(name, document(name)) for name in SERVICES)])


def _section(service: str, content: dict[str, Any]) -> str:
    rows = "\n".join(sorted(_rows(content)))
    title = f"## {service}\n\n[{service}.json]({service}.json)\n"
    return f"{title}\n| path | method | roles | |\n|---|---|---|---|\n{rows}\n"


def _rows(content: dict[str, Any]) -> Iterator[str]:
    for path, item in content["paths"].items():
        for method in METHODS:
            if method in item:
                operation = item[method]
                told = operation.get("summary") or operation.get("description") or ""
                yield f"| `{path}` | {method.upper()} | {_roles(operation)} | {told} |"


def _roles(operation: dict[str, Any]) -> str:
    roles = set(operation.get("x-roles", ()))
    if not roles:
        return "none" if operation.get("security") == [] else "any token"
    return "any role" if roles == EVERYBODY else ", ".join(sorted(roles - {"admin"})) or "admin"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())

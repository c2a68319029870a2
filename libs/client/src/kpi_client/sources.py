"""Data sources, the schemas in them and the knowledge graphs over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from kpi_client.errors import NotFound, Problem
from kpi_client.models import Source, SourceList
from kpi_client.transport import Transport

SOURCES, SCHEMAS, GRAPHS = "/sources", "/schemas", "/kg"
_MOST = 1_000  # sources or graphs that one answer may hold


class Sources:
    """Sources, schemas and graphs of the ``executor`` service."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> SourceList:
        """List all sources (the first 1,000); secrets are never shown."""
        return cast(SourceList, self._transport.get(SOURCES, {"limit": _MOST}).body)

    def get(self, source_id: int) -> Source:
        """Read one source."""
        return _source(self._transport.get(f"{SOURCES}/{source_id}").body)

    def find(self, reference: str) -> Source:
        """Read the source with this id or name.

        Raises:
            NotFound: no source is called so.

        """
        if reference.isdecimal():
            return self.get(int(reference))
        for source in self.list()["sources"]:
            if source["name"] == reference:
                return source
        raise NotFound(Problem(404, "Not Found", f"no source is called {reference!r}"))

    def add(self, source: Mapping[str, Any], *, idempotency_key: str | None = None) -> Source:
        """Register a source; its secrets go in and never come out again."""
        answer = self._transport.create(SOURCES, source, idempotency_key=idempotency_key)
        return _source(answer.body)

    def update(self, source_id: int, changes: Mapping[str, Any]) -> Source:
        """Change a source."""
        return _source(self._transport.send("PUT", f"{SOURCES}/{source_id}", json=changes).body)

    def remove(self, source_id: int) -> None:
        """Take a source out of use; past results stay."""
        self._transport.send("DELETE", f"{SOURCES}/{source_id}")

    def schemas(self) -> dict[str, Any]:
        """List the schemas of all sources."""
        return self._transport.get(SCHEMAS).body

    def graphs(self) -> dict[str, Any]:
        """List all knowledge graphs (the first 1,000)."""
        return self._transport.get(GRAPHS, {"limit": _MOST}).body

    def graph(self, name: str) -> dict[str, Any]:
        """Read tables, columns, keys and candidate joins of one graph."""
        return self._transport.get(_graph(name)).body

    def add_graph(self, graph: Mapping[str, Any]) -> dict[str, Any]:
        """Build a graph over schemas."""
        return self._transport.create(GRAPHS, graph).body

    def refresh_graph(self, name: str) -> dict[str, Any]:
        """Read the schemas of a graph again."""
        return self._transport.send("POST", f"{_graph(name)}/refresh").body


def _graph(name: str) -> str:
    return f"{GRAPHS}/{quote(name, safe='')}"


def _source(body: dict[str, Any]) -> Source:
    return cast(Source, body["source"])

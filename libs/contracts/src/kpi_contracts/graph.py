"""Events of a knowledge graph: the tables of a source and how they join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "graph"


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """What became of a table, or (with `column`) of one of its columns."""

    table: str
    column: str | None
    change: Literal["added", "removed", "retyped"]


@event(AGGREGATE, "built")
class GraphBuilt(DomainEvent):
    """A graph was made from a source's schemas; `fingerprint` is the SHA-256 of its content."""

    name: str
    source_id: int
    schemas: tuple[str, ...]
    tables: int
    joins: int
    fingerprint: str


@event(AGGREGATE, "refreshed")
class GraphRefreshed(DomainEvent):
    """A graph was read from its source again and had changed."""

    tables: int
    joins: int
    fingerprint: str


@event(AGGREGATE, "drifted")
class GraphDrifted(DomainEvent):
    """Tables that KPIs were run on have changed; the KPIs named need a review."""

    name: str
    changes: tuple[SchemaChange, ...]
    kpi_ids: tuple[int, ...]

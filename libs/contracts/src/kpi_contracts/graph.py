"""Events of a knowledge graph: the tables of a source and how they join."""

from __future__ import annotations

from kpi_contracts.catalogue import DomainEvent, event

AGGREGATE = "graph"


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

"""What commands and the API look up: sources, graphs, rulesets and executions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kpi_executor.errors import ExecutionNotFound, GraphNotFound, SourceNotFound, UnknownGraph
from kpi_executor.executions import executions
from kpi_executor.inventory import graph_contents, graphs, rulesets, source_secrets, sources

DIALECTS = {"sqlite": "sqlite", "duckdb": "duckdb", "files": "duckdb", "postgresql": "postgres"}


# Looked up for every execution, so built once.
_GRAPH = (
    sa.select(graphs.c.id, graphs.c.version, graphs.c.name, graphs.c.source_id, sources.c.kind)
    .join(sources, sources.c.id == graphs.c.source_id)
    .where(graphs.c.name == sa.bindparam("graph"), sources.c.removed_at.is_(None))
)
_CONNECTABLE = (
    sa.select(sources.c.name, sources.c.kind, sources.c.location, source_secrets.c.ciphertext)
    .outerjoin(source_secrets, source_secrets.c.source_id == sources.c.id)
    .where(sources.c.id == sa.bindparam("source"), sources.c.removed_at.is_(None))
)


@dataclass(frozen=True, slots=True)
class GraphReference:
    """Which version of which graph, on which source."""

    graph_id: int
    version: int
    name: str
    source_id: int
    database_type: str

    @property
    def dialect(self) -> str:
        """The SQL dialect that the source speaks."""
        return DIALECTS[self.database_type]


def find_graph(connection: sa.Connection, name: str) -> GraphReference:
    """Return the newest version of a graph whose source is in use; raises UnknownGraph."""
    row = connection.execute(_GRAPH, {"graph": name}).one_or_none()
    if row is None:
        known = connection.execute(sa.select(graphs.c.name).order_by(graphs.c.name).limit(20))
        raise UnknownGraph(name, list(known.scalars()))
    return GraphReference(row.id, row.version, row.name, row.source_id, row.kind)


def graph_content(connection: sa.Connection, graph_id: int, version: int) -> dict[str, Any]:
    """Return what a version of a graph holds."""
    query = sa.select(graph_contents.c.content).where(
        graph_contents.c.graph_id == graph_id, graph_contents.c.version == version
    )
    content: dict[str, Any] = connection.execute(query).scalar_one()
    return content


def graph_contents_of_all(connection: sa.Connection) -> list[Mapping[str, Any]]:
    """Return what every graph holds in its newest version."""
    query = sa.select(graph_contents.c.content).join(
        graphs,
        (graphs.c.id == graph_contents.c.graph_id) & (graphs.c.version == graph_contents.c.version),
    )
    return list(connection.execute(query).scalars())


def list_graphs(
    connection: sa.Connection, limit: int, offset: int
) -> tuple[int, Sequence[sa.RowMapping]]:
    """Return the number of graphs and one page of them, by name."""
    total = connection.execute(sa.select(sa.func.count()).select_from(graphs)).scalar_one()
    page = sa.select(graphs).order_by(graphs.c.name).limit(limit).offset(offset)
    return total, connection.execute(page).mappings().all()


def get_graph(connection: sa.Connection, name: str) -> sa.RowMapping:
    """Return a graph's row; raises GraphNotFound."""
    row = connection.execute(sa.select(graphs).where(graphs.c.name == name)).mappings().first()
    if row is None:
        raise GraphNotFound(name)
    return row


def list_sources(
    connection: sa.Connection, limit: int, offset: int
) -> tuple[int, Sequence[sa.RowMapping]]:
    """Return the number of sources in use and one page of them, by id."""
    query = _sources().where(sources.c.removed_at.is_(None))
    total = connection.execute(sa.select(sa.func.count()).select_from(query.subquery()))
    page = query.order_by(sources.c.id).limit(limit).offset(offset)
    return total.scalar_one(), connection.execute(page).mappings().all()


def get_source(connection: sa.Connection, source_id: int) -> sa.RowMapping:
    """Return a source in use, without its secret; raises SourceNotFound."""
    query = _sources().where(sources.c.id == source_id, sources.c.removed_at.is_(None))
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise SourceNotFound(source_id)
    return row


def connectable_source(
    connection: sa.Connection, source_id: int
) -> sa.Row[str, str, str, bytes | None]:
    """Return name, kind, location and encrypted secret (or None) of a source in use.

    Raises SourceNotFound.
    """
    row = connection.execute(_CONNECTABLE, {"source": source_id}).one_or_none()
    if row is None:
        raise SourceNotFound(source_id)
    return row


def get_ruleset(connection: sa.Connection, name: str) -> Mapping[str, Any] | None:
    """Return the content of a ruleset, None if there is none of this name."""
    content: Mapping[str, Any] | None = connection.execute(
        sa.select(rulesets.c.content).where(rulesets.c.name == name)
    ).scalar()
    return content


def list_rulesets(
    connection: sa.Connection, limit: int, offset: int
) -> tuple[int, Sequence[Mapping[str, Any]]]:
    """Return the number of rulesets and one page of their contents, by name."""
    total = connection.execute(sa.select(sa.func.count()).select_from(rulesets)).scalar_one()
    page = sa.select(rulesets.c.content).order_by(rulesets.c.name).limit(limit).offset(offset)
    return total, connection.execute(page).scalars().all()


def get_execution(connection: sa.Connection, execution_id: int) -> sa.RowMapping:
    """Return an execution as it stands; raises ExecutionNotFound."""
    query = sa.select(executions).where(executions.c.id == execution_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise ExecutionNotFound(execution_id)
    return row


def _sources() -> sa.Select[Any]:
    has_secret = sa.exists().where(source_secrets.c.source_id == sources.c.id).label("has_secret")
    return sa.select(sources, has_secret)

"""The handlers of commands on sources and knowledge graphs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kpi_contracts.graph import GraphBuilt, GraphDrifted
from kpi_eventsourcing.aggregate import Aggregate
from kpi_eventsourcing.context import Context
from kpi_eventsourcing.errors import ConcurrencyConflict
from kpi_eventsourcing.unit_of_work import UnitOfWork
from kpi_executor import drift, inventory
from kpi_executor.commands import (
    KeepGraph,
    RegisterSource,
    RemoveSource,
    StoreRuleset,
    UpdateSource,
)
from kpi_executor.errors import NameTaken, StaleVersion
from kpi_executor.secrets import Secrets
from kpi_executor.source import DataSource, KnowledgeGraph, Ruleset


@dataclass(frozen=True, slots=True)
class SourceHandlers:
    """The handlers that encrypt: they need the key of the secrets."""

    secrets: Secrets

    def register(self, command: RegisterSource, uow: UnitOfWork, context: Context) -> int:
        """Give a source the next id and return it; raises NameTaken."""
        source = DataSource(_next(uow, inventory.source_ids))
        decision = source.register(command.name, command.kind, command.location)
        with _unique("source", command.name, inventory.UNIQUE_SOURCE_NAME):
            uow.append(source, decision, context)
        self._keep(uow, int(source.id), command.secret)
        return int(source.id)

    def update(self, command: UpdateSource, uow: UnitOfWork, context: Context) -> int:
        """Change a source; raises SourceNotFound, StaleVersion, NameTaken."""
        source = uow.load(DataSource, command.source_id)
        _require_version(source, command.expected)
        decision = source.update(command.values, secret_changed=command.secret is not None)
        with _unique("source", command.values.get("name", ""), inventory.UNIQUE_SOURCE_NAME):
            uow.append(source, decision, context)
        self._keep(uow, command.source_id, command.secret)
        return command.source_id

    def _keep(self, uow: UnitOfWork, source_id: int, secret: str | None) -> None:
        if secret is not None:
            inventory.keep_secret(uow.connection, source_id, self.secrets.encrypt(secret))


def remove(command: RemoveSource, uow: UnitOfWork, context: Context) -> int:
    """Take a source out of use and forget its secret; raises SourceNotFound, StaleVersion."""
    source = uow.load(DataSource, command.source_id)
    _require_version(source, command.expected)
    uow.append(source, source.remove(), context)
    inventory.forget_secret(uow.connection, command.source_id)
    return command.source_id


def keep_graph(command: KeepGraph, uow: UnitOfWork, context: Context) -> KnowledgeGraph:
    """Store a graph as a new version unless it is what the newest one says already."""
    content = command.content
    built = GraphBuilt(
        name=command.name,
        source_id=command.source_id,
        schemas=tuple(sorted({table["schema"] for table in content["tables"]})),
        tables=len(content["tables"]),
        joins=len(content["joins"]),
        fingerprint=fingerprint(content),
    )
    graph = uow.load(KnowledgeGraph, _graph_id(uow, command))
    if graph.version == 0:
        decision = graph.build(built)
    else:
        decision = graph.refresh(built, _drift(uow, graph, command))
    with _first_of_its_name(graph, inventory.UNIQUE_GRAPH_NAME):
        appended = uow.append(graph, decision, context)
    if appended:
        inventory.keep_content(uow.connection, int(graph.id), graph.version, content)
    return graph


def _drift(uow: UnitOfWork, graph: KnowledgeGraph, command: KeepGraph) -> GraphDrifted:
    old = inventory.newest_content(uow.connection, int(graph.id))
    changes = drift.breaking(drift.schema_changes(old, command.content))
    tables = sorted({change.table for change in changes})
    touched = drift.kpis_run_on(uow.connection, command.name, tables) if tables else ()
    return GraphDrifted(name=command.name, changes=changes, kpi_ids=touched)


def store_ruleset(command: StoreRuleset, uow: UnitOfWork, context: Context) -> Ruleset:
    """Write a ruleset as a new version unless it says what it said before."""
    query = sa.select(inventory.rulesets.c.id).where(inventory.rulesets.c.name == command.name)
    known = uow.connection.execute(query).scalar()
    ruleset = uow.load(Ruleset, known or _next(uow, inventory.ruleset_ids))
    with _first_of_its_name(ruleset, inventory.UNIQUE_RULESET_NAME):
        uow.append(ruleset, ruleset.store(command.name, command.rules), context)
    return ruleset


def fingerprint(content: dict[str, Any]) -> str:
    """Return the SHA-256 of a graph's content, whatever version number it carries."""
    bare = {key: value for key, value in content.items() if key != "version"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True, default=str).encode()).hexdigest()


def _graph_id(uow: UnitOfWork, command: KeepGraph) -> str:
    graphs = inventory.graphs
    row = uow.connection.execute(sa.select(graphs).where(graphs.c.name == command.name)).first()
    if row is None:
        return _next(uow, inventory.graph_ids)
    if row.source_id != command.source_id:
        raise NameTaken("knowledge graph", command.name)
    return str(row.id)


def _next(uow: UnitOfWork, sequence: sa.Sequence) -> str:
    return str(uow.connection.execute(sa.select(sequence.next_value())).scalar_one())


def _require_version(aggregate: Aggregate, expected: frozenset[int] | None) -> None:
    if expected is not None and aggregate.version not in expected | {0}:
        raise StaleVersion(aggregate.name, aggregate.id, aggregate.version)


@contextmanager
def _unique(kind: str, name: str, index: str) -> Iterator[None]:
    try:
        yield
    except sa.exc.IntegrityError as error:
        if index not in str(error.orig):
            raise
        raise NameTaken(kind, name) from error


@contextmanager
def _first_of_its_name(aggregate: Aggregate, index: str) -> Iterator[None]:
    try:
        yield
    except sa.exc.IntegrityError as error:
        if index not in str(error.orig):
            raise
        # Two were made at once; deciding anew finds the other one.
        raise ConcurrencyConflict(aggregate.name, aggregate.id, 0) from error

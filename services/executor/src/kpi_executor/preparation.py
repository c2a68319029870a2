"""What an attempt needs before its query can start: the plan, and the source with its secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpi_contracts.execution import ExecutionParameters
from kpi_executor import lookups
from kpi_executor.llm import ChatClient, Examiner, ModelEndpoint, SecondReader
from kpi_executor.locations import with_secret
from kpi_executor.lookups import GraphReference
from kpi_executor.planning import Planned, Planner, Question
from kpi_executor.secrets import Secrets
from kpi_executor.sources import Source, SourcePolicy


@dataclass(frozen=True, slots=True)
class Model:
    """A language model that reads along, and what its queries may reach while they are tried."""

    endpoint: ModelEndpoint
    policy: SourcePolicy
    cache: Path


@dataclass(frozen=True, slots=True)
class Prepared:
    """A planned query and where it runs."""

    planned: Planned
    source: Source


class Preparation:
    """Looks up graphs, rulesets and sources in our own database, and plans."""

    def __init__(self, engine: sa.Engine, secrets: Secrets, model: Model | None = None) -> None:
        self._engine = engine
        self._secrets = secrets
        second = self._second(model) if model else None
        self.planner = Planner(self._content, self._ruleset, second)

    def prepare(
        self,
        parameters: ExecutionParameters,
        question: Question,
    ) -> Prepared:
        """Return the planned query and its source.

        Raises what `Planner.plan` raises, UnknownGraph, SourceNotFound and SecretUnreadable.
        """
        with self._engine.connect() as connection:
            graph = lookups.find_graph(connection, parameters.kg_name)
            source = self._source(connection, graph.source_id)
        return Prepared(self.planner.plan(graph, parameters, question), source)

    def graph(self, name: str) -> GraphReference:
        """Return the newest version of a graph; raises UnknownGraph."""
        with self._engine.connect() as connection:
            return lookups.find_graph(connection, name)

    def source(self, source_id: int) -> Source:
        """Return a source ready to connect to; raises SourceNotFound, SecretUnreadable."""
        with self._engine.connect() as connection:
            return self._source(connection, source_id)

    def _source(self, connection: sa.Connection, source_id: int) -> Source:
        row = lookups.connectable_source(connection, source_id)
        secret = None if row.ciphertext is None else self._secrets.decrypt(row.ciphertext)
        return Source(row.name, row.kind, with_secret(row.location, secret))

    def _second(self, model: Model) -> SecondReader:
        examiner = Examiner(self.source, model.policy, model.cache)
        return SecondReader(ChatClient(model.endpoint), examiner)

    def _content(self, graph: GraphReference) -> dict[str, Any]:
        with self._engine.connect() as connection:
            return lookups.graph_content(connection, graph.graph_id, graph.version)

    def _ruleset(self, name: str) -> Mapping[str, Any] | None:
        with self._engine.connect() as connection:
            return lookups.get_ruleset(connection, name)

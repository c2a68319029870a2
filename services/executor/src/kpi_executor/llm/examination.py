"""A model's query under examination: resolved against the graph, planned by the source, compared.

It happens in a process of its own with a time limit: neither a query that makes the optimiser
grow without end nor one that crashes a driver reaches the service.
"""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from kpi_executor.errors import SourceNotFound
from kpi_executor.llm.sample import same_rows
from kpi_executor.secrets import SecretUnreadable
from kpi_executor.sources import Connector, Resources, Source, SourceError, SourcePolicy, connect
from kpi_nlsql import Graph
from kpi_nlsql.llm import (
    Agreement,
    NormalForm,
    QueryRejected,
    UnknownNames,
    compare,
    joined_on,
    normal_form,
)

TIMEOUT_SECONDS = 20.0
PLAN_SECONDS = 5.0
_MEMORY_BYTES = 2 << 30
_ENGINE_BYTES = 512 << 20
_CHEAP_ROWS = 100_000
"""Tables of at most this many rows are read to compare the results of two queries."""


@dataclass(frozen=True, slots=True)
class Case:
    """A guarded query, and the rules' guarded one (None: they refused), both without a limit."""

    sql: str
    rules_sql: str | None
    graph: Graph
    dialect: str
    excluded_fields: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out. ``tried``: the source planned the query; False if it could not be asked."""

    tried: bool
    tables: frozenset[str]
    agreement: Agreement | None


class Examiner:
    """Examines queries on their sources; ``source`` finds one by its id."""

    def __init__(self, source: Callable[[int], Source], policy: SourcePolicy, cache: Path) -> None:
        self._source = source
        self._policy = policy
        self._cache = cache

    def examine(self, source_id: int, case: Case) -> Finding:
        """Return what is found; raises ``QueryRejected`` where the query cannot be used."""
        try:
            source = self._source(source_id)
        except (SourceNotFound, SecretUnreadable):
            source = None
        context = multiprocessing.get_context("spawn")
        with ProcessPool(max_workers=1, context=context) as pool:
            future = pool.schedule(
                _examine, (case, source, self._policy, self._cache), timeout=TIMEOUT_SECONDS
            )
            try:
                finding: Finding = future.result()
            except FutureTimeout:
                raise QueryRejected(
                    f"checking the query took longer than {TIMEOUT_SECONDS:g} s; write it simpler"
                ) from None
            except (ProcessExpired, MemoryError):
                raise QueryRejected("the query could not be checked; write it simpler") from None
        return finding


def _examine(case: Case, source: Source | None, policy: SourcePolicy, cache: Path) -> Finding:
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_BYTES, _MEMORY_BYTES))
    try:
        form = normal_form(case.sql, case.graph, case.dialect)
    except UnknownNames as error:
        raise QueryRejected(str(error)) from None
    forbidden = sorted(joined_on(case.sql, case.dialect) & case.excluded_fields)
    if forbidden:
        raise QueryRejected(f"the column {forbidden[0]!r} must not be used to join tables")
    with tempfile.TemporaryDirectory() as scratch:
        resources = Resources(cache, Path(scratch), _ENGINE_BYTES, timeout_seconds=PLAN_SECONDS)
        trial = _Trial(source, policy, resources)
        tried = trial.plan(case.sql)
        agreement = _agreement(case, form, trial)
    return Finding(tried, form.tables, agreement)


def _agreement(case: Case, form: NormalForm, trial: _Trial) -> Agreement | None:
    rules_sql = case.rules_sql
    if rules_sql is None:
        return None
    try:
        rules = normal_form(rules_sql, case.graph, case.dialect)
    except UnknownNames:
        rules = None
    read = form.tables | (rules.tables if rules else frozenset())

    def compared() -> bool | None:
        return trial.same_rows(rules_sql, case.sql) if _cheap(case.graph, read) else None

    return compare(rules, form, compared)


def _cheap(graph: Graph, tables: frozenset[str]) -> bool:
    counts = [graph.table(name).row_count for name in tables]
    return all(count is not None and count <= _CHEAP_ROWS for count in counts)


@dataclass(frozen=True, slots=True)
class _Trial:
    """Asks the source, where it can be reached."""

    source: Source | None
    policy: SourcePolicy
    resources: Resources

    def plan(self, sql: str) -> bool:
        """Tell whether the source planned the query; raises QueryRejected if it refused it."""
        connector = self._connect()
        if connector is None:
            return False
        with connector:
            try:
                connector.explain(sql)
            except SourceError as error:
                if error.transient:
                    return False
                raise QueryRejected(error.message) from None
        return True

    def same_rows(self, one: str, other: str) -> bool | None:
        """Tell whether two queries return the same few rows; None where that stays open."""
        return same_rows(self._connect, one, other)

    def _connect(self) -> Connector | None:
        if self.source is None:
            return None
        try:
            return connect(self.source, self.policy, self.resources)
        except SourceError:
            # The run itself will tell the user what is wrong with the source.
            return None

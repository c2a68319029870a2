"""From an accepted request to SQL that may be executed: read, write, guard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlglot
from cachetools import LRUCache
from sqlglot import exp

from kpi_contracts.definition import PinnedReading
from kpi_contracts.execution import ExecutionParameters, Plan
from kpi_executor.guard import UnsafeQuery, guard
from kpi_executor.lookups import GraphReference
from kpi_nlsql import Answer, Engine, Graph, ReadOptions, Refusal, Ruleset

SQL_QUERY = "SQL_QUERY"


class NotUnderstood(Exception):
    """The engine refused a sentence; the message names what it did not understand."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(explain_refusal(refusal))


class UnknownSchema(Exception):
    """The graph holds no table of the wanted schema."""

    def __init__(self, wanted: str, known: list[str]) -> None:
        super().__init__(f"the knowledge graph has no schema {wanted!r}; it has {', '.join(known)}")


class UnknownRuleset(Exception):
    """There is no ruleset of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no ruleset {name!r}; POST /rulesets makes one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to run: a sentence to read, SQL as it stands, or a reading that was approved."""

    sentence: str | None = None
    sql: str | None = None
    pinned: PinnedReading | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """SQL ready to run, and how it came about."""

    sql: str
    dialect: str
    plan: Plan
    graph_version: int


Content = Callable[[GraphReference], Mapping[str, Any]]
RulesetContent = Callable[[str], Mapping[str, Any] | None]


class Planner:
    """Plans requests; keeps the engines of graphs and the plans of sentences it has seen.

    `content` and `ruleset` fetch what graphs and rulesets hold. Safe to use from threads.
    """

    def __init__(self, content: Content, ruleset: RulesetContent) -> None:
        self._content = content
        self._ruleset = ruleset
        self._engines: LRUCache[object, Engine] = LRUCache(maxsize=16)
        self._plans: LRUCache[object, Planned] = LRUCache(maxsize=1024)
        self._lock = threading.Lock()

    def plan(
        self,
        graph: GraphReference,
        parameters: ExecutionParameters,
        question: Question,
    ) -> Planned:
        """Return the SQL for a question.

        Raises:
            NotUnderstood: the engine refuses the sentence.
            UnsafeQuery: the SQL is not one read-only SELECT over the graph's tables.
            UnknownSchema, UnknownRuleset: a parameter names what is not there.

        """
        ruleset = self._find_ruleset(parameters.ruleset_name)
        key = (graph.graph_id, graph.version, parameters, ruleset, question)
        with self._lock:
            known = self._plans.get(key)
        if known is not None:
            return known
        engine = self._engine(graph, parameters.select_schema, ruleset)
        if question.pinned is not None:
            planned = _plan_pinned(engine, graph, question.pinned, parameters.limit_records)
        elif question.sql:
            planned = _plan_sql(engine, graph, question.sql, parameters.limit_records)
        else:
            answer = _read(engine, question.sentence or "", parameters)
            planned = _plan_answer(engine, graph, answer)
        with self._lock:
            self._plans[key] = planned
        return planned

    def read(
        self, graph: GraphReference, parameters: ExecutionParameters, sentence: str
    ) -> Answer | Refusal:
        """Return how the engine reads a sentence, for a preview."""
        ruleset = self._find_ruleset(parameters.ruleset_name)
        engine = self._engine(graph, parameters.select_schema, ruleset)
        return engine.read(sentence, _options(parameters))

    def _find_ruleset(self, name: str | None) -> Ruleset | None:
        if name is None:
            return None
        content = self._ruleset(name)
        if content is None:
            raise UnknownRuleset(name)
        return Ruleset.from_json(content)

    def _engine(
        self, graph: GraphReference, schemas: str | None, ruleset: Ruleset | None
    ) -> Engine:
        key = (graph.graph_id, graph.version, schemas, ruleset)
        with self._lock:
            engine = self._engines.get(key)
        if engine is None:
            whole = Graph.from_json(self._content(graph))
            engine = Engine(within(whole, schemas), ruleset)
            with self._lock:
                self._engines[key] = engine
        return engine


def within(graph: Graph, schemas: str | None) -> Graph:
    """Return the part of a graph in the schemas named (comma-separated); raises UnknownSchema."""
    if not schemas:
        return graph
    wanted = [name.strip() for name in schemas.split(",")]
    known = sorted({table.schema or "" for table in graph.tables})
    for name in wanted:
        if name not in known:
            raise UnknownSchema(name, known)
    tables = tuple(table for table in graph.tables if table.schema in wanted)
    names = {table.name for table in tables}
    joins = tuple(
        join for join in graph.joins if join.left_table in names and join.right_table in names
    )
    return replace(graph, tables=tables, joins=joins)


def explain_refusal(refusal: Refusal) -> str:
    """Return one sentence: why, what was not understood, and what comes close."""
    text = refusal.reason.rstrip(".")
    if refusal.unknown_words:
        text += f"; not understood: {', '.join(refusal.unknown_words)}"
    close = (*refusal.closest_tables, *refusal.closest_columns)
    if close:
        text += f"; closest: {', '.join(close)}"
    return text + "."


def _options(parameters: ExecutionParameters) -> ReadOptions:
    return ReadOptions(excluded_fields=parameters.excluded_fields, limit=parameters.limit_records)


def _read(engine: Engine, sentence: str, parameters: ExecutionParameters) -> Answer:
    answer = engine.read(sentence, _options(parameters))
    if isinstance(answer, Refusal):
        raise NotUnderstood(answer)
    return answer


def _plan_answer(engine: Engine, graph: GraphReference, answer: Answer) -> Planned:
    guarded = guard(answer.sql(graph.dialect), graph.dialect, _tables(engine.graph))
    plan = Plan(
        sql_query_type=answer.sql_query_type,
        operation=answer.operation,
        joined_columns=answer.joined_columns,
        source_table=answer.source_table,
        target_table=answer.target_table,
        confidence_score=answer.confidence,
        explanation=answer.explanation,
    )
    return Planned(guarded.sql, graph.dialect, plan, graph.version)


def _plan_sql(engine: Engine, graph: GraphReference, sql: str, limit: int | None) -> Planned:
    guarded = guard(sql, graph.dialect, _tables(engine.graph))
    plan = Plan(
        sql_query_type=SQL_QUERY,
        operation="SQL",
        confidence_score=1.0,
        explanation="The query as it was written.",
    )
    return Planned(limited(guarded.sql, graph.dialect, limit), graph.dialect, plan, graph.version)


def _plan_pinned(
    engine: Engine, graph: GraphReference, reading: PinnedReading, limit: int | None
) -> Planned:
    planned = _plan_sql(engine, graph, reading.sql, limit)
    plan = Plan(
        sql_query_type=reading.sql_query_type,
        operation=reading.operation,
        joined_columns=reading.joined_columns,
        source_table=reading.source_table,
        target_table=reading.target_table,
        confidence_score=1.0,
        explanation=reading.explanation,
        remark="the reading pinned to this version of the KPI",
    )
    return replace(planned, plan=plan)


def limited(sql: str, dialect: str, limit: int | None) -> str:
    """Return the query with at most `limit` rows; a smaller limit of its own stays."""
    if limit is None:
        return sql
    tree = sqlglot.parse_one(sql, read=dialect)
    own = tree.args.get("limit")
    if own is None and isinstance(tree, exp.Query):
        return tree.limit(limit, copy=False).sql(dialect=dialect)
    capped = exp.select("*").from_(tree.subquery("result")).limit(limit)  # type: ignore[attr-defined]
    return capped.sql(dialect=dialect)


def _tables(graph: Graph) -> list[tuple[str, str]]:
    return [(table.schema or "", table.name) for table in graph.tables]


__all__ = ["NotUnderstood", "Planned", "Planner", "UnknownRuleset", "UnknownSchema", "UnsafeQuery"]

"""From an accepted request to SQL that may be executed: read, write, guard."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any

import sqlglot
from cachetools import LRUCache
from sqlglot import exp

from kpi_contracts.definition import PinnedReading
from kpi_contracts.execution import ExecutionParameters, Plan
from kpi_executor.guard import UnsafeQuery, guard
from kpi_executor.llm import Examined, SecondReader, SecondReading, Sentence
from kpi_executor.lookups import GraphReference
from kpi_nlsql import Answer, Engine, Graph, ReadOptions, Refusal, Ruleset

SQL_QUERY = "SQL_QUERY"
ENGINE_VERSION = version("kpi-nlsql")
NO_MODEL = "No language model is set up (KPI_LLM_URL); the rules read alone."


class NotUnderstood(Exception):
    """The engine refused a sentence; the message names what it did not understand."""

    def __init__(self, refusal: Refusal, remark: str | None = None) -> None:
        self.refusal = refusal
        text = explain_refusal(refusal)
        super().__init__(f"{text} {remark}" if remark else text)


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


@dataclass(frozen=True, slots=True)
class Reading:
    """How a sentence was read: by the rules, perhaps by a model, and what follows (None: nothing).

    `remark` tells what came of asking a model; it is in the plan as well.
    """

    rules: Answer | Refusal
    second: SecondReading | None
    planned: Planned | None
    remark: str | None


Content = Callable[[GraphReference], Mapping[str, Any]]
RulesetContent = Callable[[str], Mapping[str, Any] | None]


class Planner:
    """Plans requests; keeps the engines of graphs and the plans of sentences it has seen.

    `content` and `ruleset` fetch what graphs and rulesets hold; `second` asks a language model,
    where there is one. Safe to use from threads.
    """

    def __init__(
        self, content: Content, ruleset: RulesetContent, second: SecondReader | None = None
    ) -> None:
        self._content = content
        self._ruleset = ruleset
        self._second = second
        self._readings: LRUCache[object, Reading] = LRUCache(maxsize=1024)
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
            return _planned(self.read(graph, parameters, question.sentence or ""))
        with self._lock:
            self._plans[key] = planned
        return planned

    def read(
        self, graph: GraphReference, parameters: ExecutionParameters, sentence: str
    ) -> Reading:
        """Return how a sentence is read, by the rules and, where it may be asked, by a model.

        Raises UnsafeQuery, UnknownSchema, UnknownRuleset.
        """
        ruleset = self._find_ruleset(parameters.ruleset_name)
        model = self._second.model if self._second else None
        key = (graph.graph_id, graph.version, parameters, ruleset, sentence, model)
        with self._lock:
            known = self._readings.get(key)
        if known is not None:
            return known
        engine = self._engine(graph, parameters.select_schema, ruleset)
        reading = self._read(engine, graph, parameters, sentence)
        if reading.second is None or reading.second.lasting:
            with self._lock:
                self._readings[key] = reading
        return reading

    def _read(
        self, engine: Engine, graph: GraphReference, parameters: ExecutionParameters, sentence: str
    ) -> Reading:
        options = _options(parameters)
        rules = engine.read(sentence, options)
        planned = None if isinstance(rules, Refusal) else _plan_answer(engine, graph, rules)
        if not parameters.use_llm:
            return Reading(rules, None, planned, None)
        if self._second is None:
            return Reading(rules, None, with_remark(planned, NO_MODEL), NO_MODEL)
        second = self._second.read(Sentence(sentence, engine, graph, options, rules))
        planned = with_second(planned, second, graph, parameters.limit_records)
        return Reading(rules, second, planned, second.remark)

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


def _planned(reading: Reading) -> Planned:
    if reading.planned is None:
        assert isinstance(reading.rules, Refusal), "an answer of the rules is always planned"
        raise NotUnderstood(reading.rules, reading.remark)
    return reading.planned


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
        engine_version=ENGINE_VERSION,
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


def with_remark(planned: Planned | None, remark: str) -> Planned | None:
    """Return the plan with what there is to say about it."""
    return planned and replace(planned, plan=replace(planned.plan, remark=remark))


def with_second(
    planned: Planned | None, second: SecondReading, graph: GraphReference, limit: int | None
) -> Planned | None:
    """Return what is run once a model was asked: the rules' plan, or else the model's, or nothing.

    Whichever it is, the plan says where it comes from and what the model had to say.
    """
    query, verdict = second.query, second.verdict
    if planned is None and query is not None:
        planned = _plan_second(query, second.explanation, graph, limit)
    if planned is None:
        return None
    plan = replace(
        planned.plan,
        confidence_score=verdict.confidence if verdict else planned.plan.confidence_score,
        engine_version=ENGINE_VERSION,
        model=second.model,
        prompt_sha256=second.prompt_sha256,
        remark=second.remark,
    )
    return replace(planned, plan=plan)


def _plan_second(
    query: Examined, explanation: str, graph: GraphReference, limit: int | None
) -> Planned:
    tables = sorted(query.finding.tables)
    plan = Plan(
        sql_query_type=SQL_QUERY,
        operation="SQL",
        source_table=tables[0] if len(tables) == 1 else None,
        explanation=explanation or "The model gave no explanation.",
    )
    return Planned(limited(query.sql, graph.dialect, limit), graph.dialect, plan, graph.version)


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

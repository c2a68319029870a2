"""From an accepted request to SQL that may be executed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cachetools import LRUCache

from kpi_contracts.definition import PinnedReading
from kpi_contracts.execution import ExecutionParameters
from kpi_executor.guard import UnsafeQuery
from kpi_executor.llm import SecondReader, SecondReading, Sentence
from kpi_executor.lookups import GraphReference
from kpi_executor.plans import (
    Planned,
    limited,
    plan_answer,
    plan_pinned,
    plan_sql,
    with_remark,
    with_second,
)
from kpi_executor.ruleset_fit import UnfitRuleset, require_fit
from kpi_nlsql import Answer, Engine, Graph, ReadOptions, Refusal, Ruleset

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
            UnfitRuleset: the ruleset does not fit the graph.

        """
        ruleset = self._find_ruleset(parameters.ruleset_name)
        key = (graph.graph_id, graph.version, parameters, ruleset, question)
        with self._lock:
            known = self._plans.get(key)
        if known is not None:
            return known
        engine = self._engine(graph, parameters.select_schema, ruleset)
        if question.pinned is not None:
            planned = plan_pinned(engine, graph, question.pinned, parameters.limit_records)
        elif question.sql:
            planned = plan_sql(engine, graph, question.sql, parameters.limit_records)
        else:
            return _planned(self.read(graph, parameters, question.sentence or ""))
        with self._lock:
            self._plans[key] = planned
        return planned

    def read(
        self, graph: GraphReference, parameters: ExecutionParameters, sentence: str
    ) -> Reading:
        """Return how a sentence is read, by the rules and, where it may be asked, by a model.

        Raises UnsafeQuery, UnknownSchema, UnknownRuleset, UnfitRuleset.
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
        planned = None if isinstance(rules, Refusal) else plan_answer(engine, graph, rules)
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
            content = self._content(graph)
            if ruleset is not None:
                require_fit(ruleset.to_json(), content)
            whole = Graph.from_json(content)
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
    unknown = f"not understood: {', '.join(refusal.unknown_words)}"
    if refusal.unknown_words and unknown not in text:
        text += f"; {unknown}"
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


__all__ = [
    "NotUnderstood",
    "Planned",
    "Planner",
    "Question",
    "Reading",
    "UnfitRuleset",
    "UnknownRuleset",
    "UnknownSchema",
    "UnsafeQuery",
    "explain_refusal",
    "limited",
    "within",
]

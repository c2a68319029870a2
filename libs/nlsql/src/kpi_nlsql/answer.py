"""What the engine gives back: an answer with its SQL, or a refusal that says why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from kpi_nlsql.plans.plan import Plan
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.sql import write_sql

QueryType = Literal["COMPARISON_QUERY", "DATA_QUERY", "AGGREGATE_QUERY", "DUPLICATE_QUERY"]
Operation = Literal[
    "NOT_IN", "IN", "EQUALS", "NOT_EQUALS", "AGGREGATE", "DUPLICATE", "FILTER", "LIST"
]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another way to read the sentence."""

    explanation: str
    plan: Plan
    confidence: float


@dataclass(frozen=True)
class Answer:
    """One reading of a sentence, ready to run.

    ``confidence`` (0..1) is calibrated: of answers given with p, about p are right.
    ``joined_columns`` holds pairs (column of the source, column of the target).
    """

    sentence: str
    plan: Plan
    explanation: str
    confidence: float
    sql_query_type: QueryType
    operation: Operation
    source_table: str | None
    target_table: str | None = None
    joined_columns: tuple[tuple[str, str], ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    unknown_words: tuple[str, ...] = ()
    limit: int | None = None
    _graph: Graph = field(default_factory=lambda: Graph("none"), repr=False, compare=False)

    def sql(self, dialect: str | None = None) -> str:
        """Return the SQL in a dialect (default: the graph's). Raises ValueError."""
        return write_sql(self.plan, self._graph, dialect or self._graph.dialect, self.limit)

    def record(self) -> dict[str, Any]:
        """Return the fields that an execution record keeps."""
        return {
            "sql_query_type": self.sql_query_type,
            "operation": self.operation,
            "joined_columns": [list(pair) for pair in self.joined_columns],
            "source_table": self.source_table,
            "target_table": self.target_table,
            "confidence_score": self.confidence,
            "explanation": self.explanation,
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no answer, the words that were not understood, and what comes close to them."""

    sentence: str
    reason: str
    unknown_words: tuple[str, ...] = ()
    closest_tables: tuple[str, ...] = ()
    closest_columns: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

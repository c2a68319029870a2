"""Plans: guarded SQL, and how it came about, whoever wrote it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib.metadata import version

import sqlglot
from sqlglot import exp

from kpi_contracts.definition import PinnedReading
from kpi_contracts.execution import Plan
from kpi_executor.guard import guard
from kpi_executor.llm import Examined, SecondReading
from kpi_executor.lookups import GraphReference
from kpi_nlsql import Answer, Engine, Graph

SQL_QUERY = "SQL_QUERY"
ENGINE_VERSION = version("kpi-nlsql")


@dataclass(frozen=True, slots=True)
class Planned:
    """SQL ready to run, and how it came about."""

    sql: str
    dialect: str
    plan: Plan
    graph_version: int


def plan_answer(engine: Engine, graph: GraphReference, answer: Answer) -> Planned:
    """Return the plan of the rules' answer; raises UnsafeQuery."""
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


def plan_sql(engine: Engine, graph: GraphReference, sql: str, limit: int | None) -> Planned:
    """Return the plan of SQL that somebody wrote; raises UnsafeQuery."""
    guarded = guard(sql, graph.dialect, _tables(engine.graph))
    plan = Plan(
        sql_query_type=SQL_QUERY,
        operation="SQL",
        confidence_score=1.0,
        explanation="The query as it was written.",
    )
    return Planned(limited(guarded.sql, graph.dialect, limit), graph.dialect, plan, graph.version)


def plan_pinned(
    engine: Engine, graph: GraphReference, reading: PinnedReading, limit: int | None
) -> Planned:
    """Return the plan of an approved reading; raises UnsafeQuery."""
    planned = plan_sql(engine, graph, reading.sql, limit)
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

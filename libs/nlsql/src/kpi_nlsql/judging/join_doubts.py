"""Doubts about tables and joins: which the sentence does not name, and which might be others."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kpi_nlsql.english.dates_read import YEARS
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import matches, sources
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.role_keys import is_alike, role_keys, table_stems, told_role
from kpi_nlsql.sentence import Sentence

NAMES = (
    "unspoken_tables", "guessed_joins", "twin_joins", "unlikely_compared",
    "shared_values",
)  # fmt: skip
"""Every doubt made here, in a fixed order."""

_NAMED = 0.6
_SURE_JOIN = 0.8
_AMOUNT = re.compile(r"-?\d+(\.\d+)?")
_TIMING = frozenset({"in", "during", "since"})


def join_doubts(sentence: Sentence, query: plan.Plan) -> dict[str, float]:
    """Return the doubts about the tables, joins and compared columns of a query, by name."""
    queries = list(_queries(query))
    aliases = {source.alias: source.table for inner in queries for source in sources(inner)}
    pairs = [match for inner in queries for match in matches(inner)]
    either = [term for inner in queries for term in _whole(inner) if isinstance(term, plan.AnyOf)]
    alone = [match for match in pairs if not any(match in choice.terms for choice in either)]
    compared = [term for inner in queries for term in plan.parts(inner.where)]
    return {
        "unspoken_tables": float(len(_unspoken(sentence, queries, set(aliases.values())))),
        "guessed_joins": float(
            bool(sentence.graph.references)
            and sum(not _is_sure(sentence.graph, match, aliases) for match in pairs)
        ),
        "twin_joins": float(any(_has_twin(sentence, match, aliases) for match in alone)),
        "unlikely_compared": float(
            any(
                _is_unlikely(sentence.graph, term, aliases) or _is_year_told(sentence, term)
                for term in compared
            )
        ),
        "shared_values": float(any(isinstance(term, plan.InQuery) for term in compared)),
    }


def _whole(query: plan.Query) -> tuple[plan.Condition, ...]:
    """Return the conditions of a query that must all hold."""
    return query.where.terms if isinstance(query.where, plan.All) else ()


def _queries(query: plan.Plan) -> Iterator[plan.Query]:
    # Without the query of an average to compare with, which ``plan_walk.queries`` yields, too: the
    # weights are fitted to the others.
    if isinstance(query, plan.SetQuery):
        yield from _queries(query.left)
        yield from _queries(query.right)
        return
    yield query
    if query.source.query is not None:
        yield from _queries(query.source.query)
    for term in plan.parts(query.where):
        if isinstance(term, plan.Exists | plan.InQuery):
            yield from _queries(term.query)


def _unspoken(sentence: Sentence, queries: list[plan.Query], tables: set[str]) -> set[str]:
    """Return the tables that no word names and of which nothing is shown or compared."""
    named = {
        hit.table for item in sentence.items for hit in item.table_hits() if hit.score >= _NAMED
    }
    used = {
        column.source
        for query in queries
        for column in [*(output.expression for output in query.outputs), *_subjects(query)]
        if isinstance(column, plan.ColumnRef)
    }
    aliases = {source.alias: source.table for query in queries for source in sources(query)}
    return tables - named - {aliases.get(alias, alias) for alias in used}


def _subjects(query: plan.Query) -> Iterator[plan.Expression]:
    for term in plan.parts(query.where):
        if isinstance(term, plan.Match):
            continue
        subject = getattr(term, "subject", getattr(term, "left", None))
        if subject is not None:
            yield subject


def _is_sure(graph: Graph, match: plan.Match, aliases: dict[str, str]) -> bool:
    left, right = (aliases.get(side.source, side.source) for side in (match.left, match.right))
    if not (graph.has_table(left) and graph.has_table(right)):
        return True
    return any(
        (join.kind == "foreign_key" or join.score >= _SURE_JOIN)
        and (match.left.column, match.right.column)
        in zip(join.left_columns, join.right_columns, strict=True)
        for join in graph.joins_between(left, right)
    )


def _has_twin(sentence: Sentence, match: plan.Match, aliases: dict[str, str]) -> bool:
    """Tell whether another foreign key joins the same tables, and no word says which is meant."""
    graph = sentence.graph
    left, right = (aliases.get(side.source, side.source) for side in (match.left, match.right))
    if not (graph.has_table(left) and graph.has_table(right)):
        return False
    twins = role_keys(graph, left, right)
    if not twins or any(is_alike(join) for join in twins):
        return False
    spoken, tables = sentence.naming_stems(), table_stems(graph, left, right)
    return not any(told_role(join, spoken, tables) for join in twins)


def _is_unlikely(graph: Graph, term: plan.Condition, aliases: dict[str, str]) -> bool:
    """Tell whether a text or a key is compared as if it were an amount."""
    if not isinstance(term, plan.Compare) or not isinstance(term.left, plan.ColumnRef):
        return False
    amount = isinstance(term.right, plan.Constant) and _AMOUNT.fullmatch(str(term.right.value))
    if term.operator in {"=", "!="} or not amount:
        return False
    name = aliases.get(term.left.source, term.left.source)
    if not graph.has_table(name):
        return False
    table = graph.table(name)
    column = table.column(term.left.column)
    is_key = column.name in table.primary_key or (name, column.name) in graph.references
    return is_key or not (column.measures or column.family == "date")


def _is_year_told(sentence: Sentence, term: plan.Condition) -> bool:
    """Tell whether an amount is to be a year that rows are told to be of: "not valued in 2024"."""
    match term:
        case plan.Compare(plan.ColumnRef(_, name), "=" | "!=", plan.Constant(int(year))):
            items = sentence.items
            told = any(
                item.number == year and items[at - 1].text in _TIMING
                for at, item in enumerate(items[1:], start=1)
            )
            return told and year in YEARS and "year" not in name.lower()
    return False

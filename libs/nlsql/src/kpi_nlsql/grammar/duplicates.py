"""Duplicates: the values of one or several columns that more than one row has."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql import plan
from kpi_nlsql.grammar.row_filters import row_filters
from kpi_nlsql.sentence import Candidate, Sentence

_SURE = 0.6


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the readings of the sentence as a search for duplicates, if it is one."""
    cues = {i for i, item in enumerate(sentence.items) if item.is_cue("duplicate")}
    if not cues:
        return
    for table, score in _tables(sentence)[:3]:
        columns, used = _columns(sentence, table)
        if not columns:
            continue
        used |= cues
        filters, told = row_filters(sentence, table, table, used)
        query, explanation = _plan(sentence, table, columns, filters, told, used)
        yield Candidate(
            plan=query,
            kind="duplicates",
            operation="DUPLICATE",
            explanation=explanation,
            source_table=table,
            used=frozenset(used),
            features={"table": score},
        )


def _tables(sentence: Sentence) -> list[tuple[str, float]]:
    """Return the tables the sentence may mean, best first."""
    scores: dict[str, float] = {}
    for item in sentence.items:
        for hit in item.table_hits():
            if hit.score >= _SURE:
                scores[hit.table] = max(scores.get(hit.table, 0.0), hit.score + 0.5)
        for hit in item.column_hits():
            if hit.score >= 0.9:
                scores[hit.table] = max(scores.get(hit.table, 0.0), hit.score / 2)
    return sorted(scores.items(), key=lambda pair: -pair[1])


def _columns(sentence: Sentence, table: str) -> tuple[list[str], set[int]]:
    columns: list[str] = []
    used: set[int] = set()
    for position, item in enumerate(sentence.items):
        mine = [hit for hit in item.column_hits() if hit.table == table]
        is_table = [hit for hit in item.table_hits() if hit.table == table]
        if is_table and (not mine or is_table[0].score >= mine[0].score):
            used.add(position)
        elif mine and mine[0].score >= _SURE and not item.values:
            columns.append(str(mine[0].column))
            used.add(position)
        elif (mine or item.table_hits()) and not item.values:
            used.add(position)  # the noun that says what the rows are
    if not columns:
        columns = list(sentence.graph.table(table).primary_key) or _key_like(sentence, table)
    return list(dict.fromkeys(columns)), used


def _key_like(sentence: Sentence, table: str) -> list[str]:
    """Without a declared key, the column by which other tables join this one stands for it."""
    joins = [
        (join.score, columns)
        for join in sentence.graph.joins
        for name, columns in (
            (join.left_table, join.left_columns),
            (join.right_table, join.right_columns),
        )
        if name == table
    ]
    return list(max(joins)[1]) if joins else []


def _plan(
    sentence: Sentence,
    table: str,
    columns: list[str],
    filters: list[plan.Condition],
    told: str,
    used: set[int],
) -> tuple[plan.Query, str]:
    keys = tuple(plan.ColumnRef(table, column) for column in columns)
    rows = plan.Aggregate("count", plan.Star())
    known = [plan.Not(plan.IsNull(key)) for key in keys]
    query = plan.Query(
        outputs=(*(plan.Output(key) for key in keys), plan.Output(rows, "duplicate_count")),
        source=plan.Source(table, table),
        where=plan.all_of([*filters, *known]),
        group=keys,
        having=plan.Compare(rows, ">", plan.Constant(1)),
    )
    names = ", ".join(columns)
    counts = [i for i, item in enumerate(sentence.items) if item.is_cue("count")]
    if counts:
        used.update(counts)
        return _counted(
            query, table
        ), f"The number of {names} that occur more than once in {table}{told}"
    return query, f"The {names} that occur more than once in {table}{told}, and how often"


def _counted(query: plan.Query, table: str) -> plan.Query:
    outputs = tuple(output for output in query.outputs if output.name is None)
    inner = plan.Query(
        outputs, query.source, where=query.where, group=query.group, having=query.having
    )
    return plan.Query(
        outputs=(plan.Output(plan.Aggregate("count", plan.Star()), "count"),),
        source=plan.Source(table, "d", inner),
    )

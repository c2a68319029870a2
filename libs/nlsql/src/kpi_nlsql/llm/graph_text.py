"""A graph as compact text for a prompt, bounded in size.

Every name and value is written as a JSON string: a line break or quote in it stays inside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from kpi_nlsql.llm.closeness import Closeness
from kpi_nlsql.schema.graph import Column, Graph, Join, Table
from kpi_nlsql.schema.ruleset import Normalisation, Ruleset, TableRule

MAX_CHARACTERS = 24_000
"""About 6,000 tokens: fits the smallest windows in use and leaves room for an answer."""
MAX_COLUMNS = 80
MAX_JOINS = 60
MAX_VALUES = 12
MAX_VALUE_CHARACTERS = 40
MAX_NAME_CHARACTERS = 128
_FEW_VALUES = 50


def describe(
    graph: Graph,
    close: Closeness,
    ruleset: Ruleset | None = None,
    limit: int = MAX_CHARACTERS,
) -> str:
    """Return tables, columns, keys, values and joins in at most ``limit`` characters.

    The tables closest to the sentence come first; those that do not fit are left out, and so are
    the joins to them.
    """
    lines: list[str] = []
    kept: list[Table] = []
    left = limit - limit // 4
    for table in close.ordered(graph):
        line = _table(table, close)
        if len(line) + 1 > left or len(table.name) > MAX_NAME_CHARACTERS:
            continue
        left -= len(line) + 1
        lines.append(line)
        kept.append(table)
    return "\n".join(["Tables:", *lines, "Joins:", *_joins(graph, kept, ruleset, limit // 4)])


def _table(table: Table, close: Closeness) -> str:
    columns = [column for column in table.columns if len(column.name) <= MAX_NAME_CHARACTERS]
    named = [column for column in columns if (table.name, column.name) in close.columns]
    shown = (named + [column for column in columns if column not in named])[:MAX_COLUMNS]
    inside = ", ".join(_column(table, column, close) for column in shown)
    return f"{_full_name(table)} ({inside})"


def _full_name(table: Table) -> str:
    name = json.dumps(table.name, ensure_ascii=False)
    return f"{json.dumps(table.schema, ensure_ascii=False)}.{name}" if table.schema else name


def _column(table: Table, column: Column, close: Closeness) -> str:
    parts = [json.dumps(column.name, ensure_ascii=False), _plain(column.type)]
    if column.name in table.primary_key:
        parts.append("key")
    values = _values(table, column, close)
    return " ".join(parts) + (f": {' | '.join(values)}" if values else "")


def _values(table: Table, column: Column, close: Closeness) -> list[str]:
    meant = [value for value in column.values if (table.name, column.name, value) in close.values]
    few = column.values if len(column.values) <= _FEW_VALUES and column.family == "text" else ()
    chosen = list(dict.fromkeys((*meant, *few)))[:MAX_VALUES]
    # A shortened value would be a wrong one.
    return [
        json.dumps(value, ensure_ascii=False)
        for value in chosen
        if len(value) <= MAX_VALUE_CHARACTERS
    ]


def _plain(declared: str) -> str:
    """Return a type, written without quotes, with nothing but what types are made of."""
    return "".join(char for char in declared.lower() if char.isalnum() or char in " (),_")[:30]


def _joins(graph: Graph, kept: list[Table], ruleset: Ruleset | None, limit: int) -> list[str]:
    """Return the ways kept tables meet; a rule of the ruleset replaces what was inferred."""
    tables = {table.name: table for table in kept}
    rules = [
        rule
        for rule in (ruleset.rules if ruleset else ())
        if rule.left_table in tables and rule.right_table in tables
    ]
    ruled = {frozenset((rule.left_table, rule.right_table)) for rule in rules}
    joins = [
        join
        for join in sorted(graph.joins, key=lambda join: -join.score)
        if join.left_table in tables
        and join.right_table in tables
        and frozenset((join.left_table, join.right_table)) not in ruled
    ]
    lines = [*(_rule(rule, tables) for rule in rules), *(_join(join, tables) for join in joins)]
    return list(_fitting(lines[:MAX_JOINS], limit))


def _join(join: Join, tables: dict[str, Table]) -> str:
    left, right = tables[join.left_table], tables[join.right_table]
    pairs = zip(join.left_columns, join.right_columns, strict=True)
    text = " and ".join(f"{_of(left, one)} = {_of(right, other)}" for one, other in pairs)
    return text if join.kind == "foreign_key" else f"{text} (likely)"


def _rule(rule: TableRule, tables: dict[str, Table]) -> str:
    left, right = tables[rule.left_table], tables[rule.right_table]
    return " and ".join(
        f"{_of(left, pair.left)} = {_of(right, pair.right)}{_made_alike(pair.normalisation)}"
        for pair in rule.pairs
    )


def _made_alike(normalisation: Normalisation) -> str:
    told = []
    if normalisation.trim:
        told.append("after trimming both")
    if normalisation.ignore_case:
        told.append("in any case")
    if normalisation.scale is not None:
        told.append(f"rounded to {normalisation.scale} decimals")
    if normalisation.nulls_equal:
        told.append("NULL equals NULL")
    return f" ({', '.join(told)})" if told else ""


def _of(table: Table, column: str) -> str:
    return f"{_full_name(table)}.{json.dumps(column, ensure_ascii=False)}"


def _fitting(lines: Iterable[str], limit: int) -> Iterable[str]:
    for line in lines:
        limit -= len(line) + 1
        if limit < 0:
            return
        yield line

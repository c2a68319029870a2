"""Told key: the columns that rows are said to pair up by, "for the same flight and date"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.contrast.operand import Operand, Word, operands
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.schema.partners import partnered
from kpi_nlsql.schema.ruleset import ColumnPair


@dataclass(frozen=True, slots=True)
class ToldKey:
    """The pairs of columns, and the words of the parts they were found by."""

    pairs: tuple[ColumnPair, ...]
    words: tuple[Sequence[Word], ...]


def told_key(
    graph: Graph, left: Operand, right: Operand, parts: Sequence[Sequence[Word]]
) -> ToldKey:
    """Return the key; what only one table has a name for is found by its values in the other."""
    tables = graph.table(left.table), graph.table(right.table)
    named = [(_named(words, tables[0]), _named(words, tables[1])) for words in parts]
    found = partnered(named, tables, {str(left.column), str(right.column)})
    told = [words for words, pair in zip(parts, found, strict=True) if pair is not None]
    return ToldKey(tuple(dict.fromkeys(pair for pair in found if pair is not None)), tuple(told))


def _named(words: Sequence[Word], table: Table) -> str | None:
    found: Sequence[Operand] = operands(words, table)[:1]
    return str(found[0].column) if found and not found[0].lost else None

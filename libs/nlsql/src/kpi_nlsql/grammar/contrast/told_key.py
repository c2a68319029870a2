"""Told key: the columns that rows are said to pair up by, "for the same flight and date"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.contrast.operand import Operand, Word, operands
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.schema.pairing import Pairing
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
    named = [_named(words, *tables) for words in parts]
    found = partnered(named, tables, {str(left.column), str(right.column)})
    told = [words for words, pair in zip(parts, found, strict=True) if pair is not None]
    return ToldKey(tuple(dict.fromkeys(pair for pair in found if pair is not None)), tuple(told))


def completed(
    left: Table, right: Table, joined: Pairing, told: tuple[ColumnPair, ...]
) -> tuple[ColumnPair, ...]:
    """Return the key with the pairs that rows are joined by, where the one told tells no row.

    Stock "for the same warehouse" is that of the same item, too.
    """
    one = len(told) == 1
    if not one or left.identifies((told[0].left,)) or right.identifies((told[0].right,)):
        return told
    more = [
        pair for pair in joined.pairs if pair.left != told[0].left and pair.right != told[0].right
    ]
    return (*more, *told)


def _named(words: Sequence[Word], left: Table, right: Table) -> tuple[str | None, str | None]:
    """Return the column of either table that the words name, those called alike before others.

    Where both have a fiscal year, "the same year" is not that of the posting date.
    """
    mine, theirs = (
        [str(each.column) for each in operands(words, table) if not each.lost]
        for table in (left, right)
    )
    alike = [(a, b) for a in mine for b in theirs if a.lower() == b.lower()]
    return alike[0] if alike else (next(iter(mine), None), next(iter(theirs), None))

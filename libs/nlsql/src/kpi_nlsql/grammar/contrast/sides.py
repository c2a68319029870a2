"""Sides: the columns that one side of a comparison may mean, named or left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.grammar.conditions.times import main_date
from kpi_nlsql.grammar.conditions.totals import amount_of
from kpi_nlsql.grammar.contrast.operand import SURE, Operand, Operands, Word, table_told
from kpi_nlsql.grammar.contrast.wording import only_amount
from kpi_nlsql.schema.amounts import adds_up
from kpi_nlsql.schema.graph import Graph, Table

_MOST = 4
_ELIDED = 0.2
_BARE = 0.2


def side(
    graph: Graph,
    mine: tuple[Word, ...],
    theirs: tuple[Word, ...],
    common: tuple[Word, ...],
    refers: bool,
    by_date: bool | None,
    found: Operands,
) -> list[Operand]:
    """Return the columns one side may mean; what it leaves out is said on the other side."""
    elides = bool(mine) and not common
    elided = [
        operand
        for table in (graph.tables if elides else ())
        for operand in _elided(mine, theirs, table, found)
    ]
    if refers and elided:
        # "the one in the payment file" is called as the other, and no payment method
        return sorted(elided, key=lambda operand: -operand.score)[:_MOST]
    if not mine and not common:  # "asks for more than we do"
        unsaid = (op for table in graph.tables for op in found(theirs, table.name)[:_MOST])
        return [replace(op, score=op.said, lost=frozenset(), placed=False) for op in unsaid]
    whole = (*common, *mine)
    if by_date is not None and not common:
        elided += [own for table in graph.tables for own in _of_rows(mine, table, by_date)]
    named = [each for table in graph.tables for each in found(whole, table.name)[:_MOST]]
    told = _surest([*named, *elided])
    return sorted(told, key=lambda operand: -operand.score)[: _MOST * 6]


def _surest(told: Sequence[Operand]) -> list[Operand]:
    """Return the operands, each as sure as its column is by any words that leave out no more."""
    best: dict[tuple[str, str | None], list[Operand]] = {}
    for operand in told:
        best.setdefault((operand.table, operand.column), []).append(operand)
    return [
        replace(
            operand,
            said=max(
                other.said
                for other in best[operand.table, operand.column]
                if other.lost <= operand.lost
            ),
        )
        for operand in told
    ]


def _of_rows(words: tuple[Word, ...], table: Table, in_time: bool) -> Iterator[Operand]:
    """Yield what rows are compared by where no column is named: "claims that exceed the total"."""
    told = table_told(words, table)
    dated = main_date(table) if in_time else None
    amount = None if in_time else amount_of(table)
    column = dated or (table.column(amount) if amount and adds_up(table.column(amount)) else None)
    if told is not None and column is not None:
        yield replace(told, column=column.name, score=told.score + _BARE, said=SURE)


def _elided(
    mine: tuple[Word, ...], theirs: tuple[Word, ...], table: Table, found: Operands
) -> Iterable[Operand]:
    told = table_told(mine, table)
    if told is None:
        return
    for operand in found(theirs, table.name)[:2]:
        score = told.score + operand.said - _ELIDED
        alone = operand.column == only_amount(table) and not told.lost
        said = max(SURE if alone else 0.0, operand.said)
        yield replace(operand, score=score, said=said, lost=told.lost, placed=True)

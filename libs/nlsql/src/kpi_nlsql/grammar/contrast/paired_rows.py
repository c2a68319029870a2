"""Paired rows: by which columns rows of two tables belong together, and no others do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kpi_nlsql.schema.graph import NEARLY_UNIQUE, Table
from kpi_nlsql.schema.pairing import Pairing, pairings
from kpi_nlsql.schema.partners import partner
from kpi_nlsql.schema.ruleset import ColumnPair
from kpi_nlsql.sentence import Sentence

_SURE = 0.6
_ALIKE = 0.5
_INCOMPLETE = 0.6
_UNCOUNTED = 1.0
"""What is taken for the variety where nobody has counted the rows."""


def paired_rows(
    sentence: Sentence, left: str, right: str, compared: tuple[str, str]
) -> Pairing | None:
    """Return how rows pair up, not by what is compared; None where nothing joins them."""
    options = pairings(sentence, left, right)
    options = [option for option in options if not _uses(option, compared)]
    if not options:
        return None
    if options[0].score >= 1.0:
        return options[0]
    first, second = sentence.graph.table(left), sentence.graph.table(right)
    ranked = sorted(options, key=lambda option: -_standing(option, first, second))
    best = ranked[0]
    if _tells_apart(best, first, second):
        return best
    return _completed(best, ranked[1:], first, second, compared)


def _uses(option: Pairing, compared: tuple[str, str]) -> bool:
    return any(pair.left == compared[0] or pair.right == compared[1] for pair in option.pairs)


def _standing(option: Pairing, left: Table, right: Table) -> float:
    """Return how likely rows pair up so: what tells rows apart is more of a key."""
    return option.score + 0.3 * max(_variety(option, left, 0), _variety(option, right, 1))


def _variety(option: Pairing, table: Table, side: int) -> float:
    known = [table.variety(table.column(pair[side])) for pair in option.columns()]
    return max((_UNCOUNTED if each is None else each for each in known), default=0.0)


def _tells_apart(option: Pairing, left: Table, right: Table) -> bool:
    if max(_variety(option, left, 0), _variety(option, right, 1)) >= NEARLY_UNIQUE:
        return True
    columns = option.columns()
    return any(
        bool(table.primary_key) and {pair[side] for pair in columns} >= set(table.primary_key)
        for side, table in enumerate((left, right))
    )


def _completed(
    best: Pairing, others: list[Pairing], left: Table, right: Table, compared: tuple[str, str]
) -> Pairing:
    """Add what else the rows share until the columns tell them apart: order and line number."""
    for pair in (*_of_key(best, left, right, compared), *_joined(others)):
        if _tells_apart(best, left, right):
            break
        taken = {column for each in best.columns() for column in each}
        if not {pair.left, pair.right} & taken:
            best = replace(best, pairs=(*best.pairs, pair))
    told = _tells_apart(best, left, right)
    return best if told else replace(best, score=best.score * _INCOMPLETE)


def _joined(others: list[Pairing]) -> Iterator[ColumnPair]:
    for option in others:
        if len(option.pairs) != 1:
            continue
        pair = option.pairs[0]
        # ``item_no`` repeats in every order, but is called so on both sides
        if option.score >= (_ALIKE if pair.left.lower() == pair.right.lower() else _SURE):
            yield pair


def _of_key(
    best: Pairing, left: Table, right: Table, compared: tuple[str, str]
) -> Iterator[ColumnPair]:
    """Yield the partners of the columns that a declared key still lacks."""
    used = [{pair.left for pair in best.pairs}, {pair.right for pair in best.pairs}]
    for side, (table, other) in enumerate(((left, right), (right, left))):
        if not used[side] & set(table.primary_key):
            continue
        for name in table.primary_key:
            if name in used[side] or name == compared[side]:
                continue
            taken = used[1 - side] | {compared[1 - side]}
            like = partner(table.column(name), other, taken)
            if like is not None:
                yield ColumnPair(name, like) if side == 0 else ColumnPair(like, name)

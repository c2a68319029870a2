"""Told pairs: which columns of two tables a key clause says are matched."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.grammar.reconciling.key_clauses import KeyClause
from kpi_nlsql.mentions.homes import key_part
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.partners import partner
from kpi_nlsql.sentence import Sentence

Pair = tuple[str, str]
_Fit = tuple[str, float]

_PARTLY = 0.5
_WELL = 0.85
_BOTH = 0.1
_CLEARLY = 0.1


def told_pairs(sentence: Sentence, left: str, right: str, clause: KeyClause) -> list[Pair] | None:
    """Return the columns of two tables that the clause says are matched; None if not to be had."""
    if clause.onto:
        sides = zip(clause.columns, clause.onto, strict=True)
        pairs = [_crosswise(sentence, left, right, *each) for each in sides]
        found = [pair for pair, _ in pairs if pair is not None]
        return found if len(found) == len(pairs) and _allowed(sentence, found) else None
    each_side = [_paired(sentence, left, right, sentence.items[at]) for at in clause.columns]
    found = list(dict.fromkeys(pair for pair, _ in each_side if pair is not None))
    sure = min(score if pair else 0.0 for pair, score in each_side)
    apart = len(clause.columns) == 2 and not clause.loosely
    if apart and (len(found) < 2 or sure < _WELL):
        # "using customer id and customer number": one column of each table
        pair, score = _crosswise(sentence, left, right, *clause.columns)
        if pair is not None and score > sure + (0.0 if len(found) < 2 else _CLEARLY):
            return [pair] if _allowed(sentence, [pair]) else None
    return found if sure > 0 and _allowed(sentence, found) else None


def partners(sentence: Sentence, left: str, right: str) -> list[Pair]:
    """Return the columns that joins pair, those of the joins on most columns first."""
    joins = sentence.graph.joins_between(left, right)
    joins.sort(key=lambda join: -len(join.left_columns))
    return [
        pair for join in joins for pair in zip(join.left_columns, join.right_columns, strict=True)
    ]


def _allowed(sentence: Sentence, pairs: Sequence[Pair]) -> bool:
    return not any(column.lower() in sentence.excluded for pair in pairs for column in pair)


def _fit(sentence: Sentence, item: Item, table: str) -> _Fit:
    """Return the column of a table that a mention names, at least in part, and how well."""
    return key_part(item, sentence.graph.table(table)) or ("", 0.0)


def _paired(sentence: Sentence, left: str, right: str, item: Item) -> tuple[Pair | None, float]:
    """Return the pair of columns that go by one name, and how well it fits the better of them."""
    (mine, own), (theirs, other) = _fit(sentence, item, left), _fit(sentence, item, right)
    found = partners(sentence, left, right)
    ranked = [
        (max(own * (a == mine), other * (b == theirs)) + _BOTH * (a == mine and b == theirs), -at)
        for at, (a, b) in enumerate(found)
    ]
    if mine and theirs:
        ranked.append((min(own, other), -len(ranked)))
        found.append((mine, theirs))
    score, at = max(ranked, default=(0.0, 0))
    if score > 0:
        return found[-at], score
    return _alone(sentence, left, right, mine, theirs), min(max(own, other), _PARTLY)


def _alone(sentence: Sentence, left: str, right: str, mine: str, theirs: str) -> Pair | None:
    """Return a column that one table has a name for, with the one most like it of the other."""
    first, second = sentence.graph.table(left), sentence.graph.table(right)
    if mine:
        like = partner(first.column(mine), second, set())
        return None if like is None else (mine, like)
    like = partner(second.column(theirs), first, set()) if theirs else None
    return None if like is None else (like, theirs)


def _crosswise(
    sentence: Sentence, left: str, right: str, one: int, other: int
) -> tuple[Pair | None, float]:
    """Return the column of either table that two mentions name, whichever of them is whose."""
    found: list[tuple[float, Pair]] = []
    for first, second in ((one, other), (other, one)):
        (mine, own) = _fit(sentence, sentence.items[first], left)
        (theirs, its) = _fit(sentence, sentence.items[second], right)
        if mine and theirs:
            found.append((min(own, its), (mine, theirs)))
    score, pair = max(found, key=lambda each: each[0], default=(0.0, None))
    return pair, score

"""Operands: the column that a stretch of words speaks of, "the seats in the fleet list"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.grammar.conditions.times import named_by
from kpi_nlsql.grammar.contrast.evoked import money_moved, told_fit, told_share
from kpi_nlsql.grammar.contrast.wording import (
    column_names,
    fit_name,
    is_key,
    kind_of,
    kind_of_value,
    says_kind,
    table_words,
)
from kpi_nlsql.schema.graph import Column, Graph, Table

_OF_TABLE = 0.95
_SAID = 0.5
SURE = 0.8
_LIGHT = frozenset(
    "one ones same system value values figure figures actual file table row rows line lines "  # noqa: SIM905
    "record records entry entries recorded reported shown stored held given stated listed data "
    "corresponding matching respective field column office tool app application side sheet "
    "excel spreadsheet database extract export feed platform module says say said show shows "
    "use uses used have has had their its they it there according gave give gives register "
    "registered something anything made".split()
)
"""Words that say nothing of their own beside the name of a table or column."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the sentence, or a part of one ("PartStatus"), and the token it stands in."""

    token: int
    text: str


@dataclass(frozen=True, slots=True)
class Operand:
    """A column (None: only the table is told) with how well the words speak of it.

    ``words`` are those that name the column, ``lost`` the tokens that nothing stands for.
    """

    table: str
    column: str | None
    score: float
    said: float
    words: tuple[Word, ...]
    lost: frozenset[int]
    placed: bool

    def meant(self, graph: Graph) -> Column:
        """Return the column itself. Raises KeyError where only a table is told."""
        return graph.table(self.table).column(str(self.column))


def operands(words: Sequence[Word], table: Table) -> list[Operand]:
    """Return the columns of the table that the words may speak of, best first."""
    if not words:
        return []
    texts = tuple(word.text for word in words)
    owner = fit_name(texts, table_words(table))
    found = [
        operand
        for column in table.columns
        if (operand := _operand(words, table, column, owner)) is not None
    ]
    found += list(_done(words, table, owner, found))
    found.sort(key=lambda operand: -operand.score)
    place = frozenset(word for word, of in zip(words, owner, strict=True) if of >= _SAID)
    return [_singled_out(each, found, table, place) for each in found]


def _done(
    words: Sequence[Word], table: Table, owner: Sequence[float], found: Sequence[Operand]
) -> Iterator[Operand]:
    """Yield what is paid or billed of the rows of a table, and when they were placed or issued.

    Only what no column is called by is meant so.
    """
    called = {word for operand in found for word in operand.words}
    for at, word in enumerate(words):
        columns = set[str]() if word in called else _done_to(word.text, table)
        if not columns:
            continue
        told = [1.0 if n == at else _OF_TABLE * of for n, of in enumerate(owner)]
        lost = _lost(words, told)
        placed = any(of >= _SAID for n, of in enumerate(owner) if n != at)
        score = sum(told) - len(lost) + _SAID
        for column in sorted(columns):
            yield Operand(table.name, column, score, SURE, (word,), lost, placed)


def _done_to(verb: str, table: Table) -> set[str]:
    """Return the money and the date of a table's rows that a verb speaks of."""
    date = named_by(verb, table) if verb.endswith("ed") else None
    told = (money_moved(verb, table), None if date is None else date.name)
    return {name for name in told if name is not None}


def _singled_out(
    operand: Operand, found: Sequence[Operand], table: Table, place: frozenset[Word]
) -> Operand:
    """Return the operand, sure of it where a word fits no other column that measures the like.

    The "price" of articles that have no other price is their list price.
    """
    column = table.column(str(operand.column))
    own = set(operand.words) - place
    measures = (column.measures or column.dated) and not is_key(column)
    if operand.said >= SURE or not measures or not own:
        return operand
    rivals = (
        table.column(str(other.column))
        for other in found
        if other.column != operand.column and own & set(other.words)
    )
    alike = any(kind_of(each) == kind_of(column) and not is_key(each) for each in rivals)
    return operand if alike else replace(operand, said=SURE)


Operands = Callable[[tuple[Word, ...], str], Sequence[Operand]]


def operands_in(graph: Graph) -> Operands:
    """Return ``operands`` by the name of a table, each looked for once: many pairs ask for it."""
    return cache(lambda words, table: operands(words, graph.table(table)))


def table_told(words: Sequence[Word], table: Table) -> Operand | None:
    """Return the table as what the words speak of, if one of them names it."""
    texts = tuple(word.text for word in words)
    owner = fit_name(texts, table_words(table))
    if max(owner, default=0.0) < _SAID:
        return None
    lost = _lost(words, owner)
    score = sum(owner) * _OF_TABLE - len(lost)
    return Operand(table.name, None, score, max(owner), (), lost, True)


def naming(words: Sequence[Word], table: Table) -> tuple[Word, ...]:
    """Return the words that stand for a word of the table's name."""
    owner = fit_name(tuple(word.text for word in words), table_words(table))
    return tuple(word for word, of in zip(words, owner, strict=True) if of >= _SAID)


def _operand(
    words: Sequence[Word], table: Table, column: Column, owner: Sequence[float]
) -> Operand | None:
    texts = tuple(word.text for word in words)
    best: Operand | None = None
    for name in column_names(column):
        own = told_fit(texts, name)
        if max(own) < _SAID or not _speaks(words, own):
            continue
        said = told_share(texts, _deed_of(texts, name))
        if said < _SAID / 2:
            continue
        kinds = [kind_of_value(text, column) for text in texts]
        fit = [max(*each) for each in zip(own, kinds, strict=True)]
        told = [max(mine, _OF_TABLE * of) for mine, of in zip(fit, owner, strict=True)]
        lost = _lost(words, told)
        score = sum(told) - len(lost) + said
        named = tuple(w for w, mine in zip(words, fit, strict=True) if mine >= _SAID)
        placed = any(of >= _SAID and of > mine for mine, of in zip(own, owner, strict=True))
        if best is None or score > best.score:
            best = Operand(table.name, column.name, score, said, named, lost, placed)
    return best


def _deed_of(texts: Sequence[str], name: Sequence[str]) -> Sequence[str]:
    """Return what a verb says of a name: "received" says all of ``ReceivedQty``."""
    if not all(text.endswith("ed") for text in texts if text not in _LIGHT):
        return name
    return [part for part in name if not says_kind(part)] or name


def _speaks(words: Sequence[Word], own: Sequence[float]) -> bool:
    """Tell whether more than a light word names the column: the "line" of a ledger is none."""
    naming = [word.text for word, mine in zip(words, own, strict=True) if mine >= _SAID]
    light = all(word.text in _LIGHT for word in words)
    return any(light or text not in _LIGHT for text in naming)


def _lost(words: Sequence[Word], told: Sequence[float]) -> frozenset[int]:
    return frozenset(
        word.token
        for word, amount in zip(words, told, strict=True)
        if amount < _SAID and word.text not in _LIGHT | FUNCTION_WORDS
    )

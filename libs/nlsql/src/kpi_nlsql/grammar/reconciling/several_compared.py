"""Several comparisons: "where the amount differs and the currency is the same".

Columns that are listed differ if one of them does; "both" and "all" ask for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.grammar.reconciling.compared import (
    Sides,
    clause_start,
    named_columns,
    shared_columns,
)
from kpi_nlsql.grammar.reconciling.opposed import opposed
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words

_UNEQUAL = frozenset({"not equal to", "different from", "differs from", "not the same as"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """Columns of the two tables that must be equal, or must not be; ``either`` joins by "or"."""

    columns: tuple[tuple[str, str], ...]
    equal: bool
    either: bool = False


def several(items: Sequence[Item], sides: Sides, used: set[int]) -> list[Comparison]:
    """Return the comparisons of a sentence that makes two or more; none otherwise."""
    return _of_clause(items, sides, used) or _opposed(items, sides, used)


def each_of(items: Sequence[Item], sides: Sides, found: Comparison) -> list[Comparison]:
    """Return a comparison by itself for each column of "differ in both price and unit"."""
    columns = {name for pair in found.columns for name in pair}
    for at, item in enumerate(items):
        if not (item.is_cue("both") or item.is_cue("all")):
            continue
        noun = skip_words(items, at + 1, {"the", "their"})
        lists = noun < len(items) and _names_one(items[noun], columns)
        behind = sides.cue in {at + 1, at + 2} and at > 0 and _names_one(items[at - 1], columns)
        if len(found.columns) > 1 and not found.equal and (lists or behind):
            return [replace(found, columns=(pair,)) for pair in found.columns]
    return [found]


def _names_one(item: Item, columns: set[str]) -> bool:
    own = item.best_column() > item.best_table()
    return own and any(hit.column in columns for hit in item.column_hits())


def _opposed(items: Sequence[Item], sides: Sides, used: set[int]) -> list[Comparison]:
    """Return what is to be alike and what is not of "the same name but different phones"."""
    for pair in opposed(items):
        marked: set[int] = set()
        columns = [
            shared_columns(_only(items, each.part), replace(sides, cue=max(each.telling)), marked)
            for each in pair
        ]
        if all(columns) and not set(columns[0]) & set(columns[1]):
            used |= marked.union(*(each.telling for each in pair))
            return [
                Comparison(tuple(named), each.equal)
                for named, each in zip(columns, pair, strict=True)
            ]
    return []


def _of_clause(items: Sequence[Item], sides: Sides, used: set[int]) -> list[Comparison]:
    """Return the comparisons of "where the amount differs and the currency is the same"."""
    start = clause_start(items, sides.cue)
    if start is None:
        return []
    found: list[Comparison] = []
    marked: set[int] = set()
    for part, either in _parts(items, start + 1):
        cue = next((at for at in part if _compares(items[at])), None)
        if cue is None:
            return []
        columns = named_columns(_only(items, part), replace(sides, cue=cue), marked)
        if not columns:
            return []
        marked |= set(part) & {cue}
        equal = not (items[cue].is_cue("mismatch") or _unequal(items[cue]))
        found.append(Comparison(tuple(columns), equal, either))
    if len(found) < 2 or len({comparison.either for comparison in found[1:]}) > 1:
        return []
    used |= marked
    return found


def _only(items: Sequence[Item], part: range) -> list[Item]:
    return [item if at in part else _BLANK for at, item in enumerate(items)]


_BLANK = Item("mark", "", -1, -1)


def _parts(items: Sequence[Item], start: int) -> Iterator[tuple[range, bool]]:
    """Yield the stretches between "and", "but" and "or", and whether "or" stands before each."""
    begin, either = start, False
    for position in range(start, len(items)):
        if items[position].text in {"and", "or", "but"}:
            yield range(begin, position), either
            begin, either = position + 1, items[position].text == "or"
    yield range(begin, len(items)), either


def _compares(item: Item) -> bool:
    return item.is_cue("mismatch") or item.is_cue("agree") or _unequal(item) or item.text == "="


def _unequal(item: Item) -> bool:
    return item.text in _UNEQUAL or item.is_cue("compare", "!=")

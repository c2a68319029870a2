"""Several comparisons: "where the amount differs and the currency is the same"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.grammar.reconciling.compared import Sides, clause_start, named_columns
from kpi_nlsql.mentions.linking import Item

_UNEQUAL = frozenset({"not equal to", "different from", "differs from", "not the same as"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """Columns of the two tables that must be equal, or must not be; ``either`` joins by "or"."""

    columns: tuple[tuple[str, str], ...]
    equal: bool
    either: bool = False


def several(items: Sequence[Item], sides: Sides, used: set[int]) -> list[Comparison]:
    """Return the comparisons of a clause that makes two or more; none otherwise."""
    start = clause_start(items, sides.cue)
    if start is None:
        return []
    found: list[Comparison] = []
    marked: set[int] = set()
    for part, either in _parts(items, start + 1):
        cue = next((at for at in part if _compares(items[at])), None)
        if cue is None:
            return []
        within = [item if at in part else _BLANK for at, item in enumerate(items)]
        columns = named_columns(within, replace(sides, cue=cue), marked)
        if not columns:
            return []
        marked |= set(part) & {cue}
        equal = not (items[cue].is_cue("mismatch") or _unequal(items[cue]))
        found.append(Comparison(tuple(columns), equal, either))
    if len(found) < 2 or len({comparison.either for comparison in found[1:]}) > 1:
        return []
    used |= marked
    return found


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

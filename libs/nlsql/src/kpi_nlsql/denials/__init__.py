"""Denial clauses: "which the register does not know" says that something is not in the register.

What is told by a clause with a subject of its own ("nobody has entered in A", "for which A holds no
entry"), by a participle ("not backed by a contract", "unsupported by") or of the related rows alone
("parcels we have no record of", "non-existing orders") is written as the plain denial that the
grammar reads: "not in A", "without a contract", "that do not exist".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kpi_nlsql.denials import clauses, existence
from kpi_nlsql.denials.reading import Step
from kpi_nlsql.mentions.linking import Item

_READERS: tuple[Callable[[Sequence[Item], int], Step | None], ...] = (
    clauses.unknowing,
    clauses.holding_none,
    clauses.not_kept,
    clauses.nobody,
    existence.no_record,
    existence.not_there,
    existence.nowhere,
)


def plain_denials(items: Sequence[Item]) -> list[Item]:
    """Return the items with denials that are told by a clause put plainly."""
    told = list(items)
    for reader in _READERS:
        position = 0
        while position < len(told):
            step = reader(told, position)
            if step is not None:
                start, end, plain = step
                told[start:end] = [_at(item, told[start]) for item in plain]
            position += 1
    return told


def _at(item: Item, place: Item) -> Item:
    return replace(item, start=place.start, end=place.start) if item.end == 0 else item

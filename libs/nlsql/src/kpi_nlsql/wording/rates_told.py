"""Rates told: "earns more per hour than …", "pricier per keg than …" compare a rate of the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at
from kpi_nlsql.schema.graph import Column, Graph
from kpi_nlsql.wording.rewriting import HAVE, Step, rewritten

_MORE = {
    **dict.fromkeys(("more", "pricier", "dearer", "costlier", "more expensive"), "higher"),
    **dict.fromkeys(("less", "cheaper", "less expensive"), "lower"),
}
_PER = frozenset({"per", "a", "an", "each"})
_VERBS = frozenset(
    "is are cost costs charge charges earn earns make makes get gets pay pays".split()  # noqa: SIM905
)
_RATES = frozenset(map(stem, ("rate", "price", "fee", "cost", "wage", "pay", "charge", "tariff")))


def rates_told(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with rates that are compared told as the columns that hold them."""
    return rewritten(items, (partial(_rate, graph),), first=1)


def _rate(graph: Graph, items: Sequence[Item], position: int) -> Step | None:
    """Read "more per hour than" as "a higher hourly rate than"."""
    unit, than = item_at(items, position + 2), text_at(items, position + 3)
    told = _MORE.get(text_at(items, position))
    if told is None or text_at(items, position + 1) not in _PER or unit is None or than != "than":
        return None
    hits = tuple(
        hit
        for hit in unit.column_hits()
        if _is_rate(graph.table(hit.table).column(str(hit.column)))
    )
    if not hits:
        return None
    verb = text_at(items, position - 1) in _VERBS
    rate = replace(unit, hits=(replace(hits[0], score=1.0), *hits[1:]))
    comparison = [Item("word", told, 0, 0), rate]
    return position - verb, position + 3, [HAVE, *comparison] if verb else comparison


def _is_rate(column: Column) -> bool:
    return column.measures and any(_RATES & set(stems(name)) for name in column.display_names)

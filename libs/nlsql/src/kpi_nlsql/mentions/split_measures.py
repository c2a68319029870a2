"""Split measures: "flow rate" is one ``flow_rate_m3h``, "net order value" an order's net value.

Neither word names the column by itself; both do together, maybe around its table's name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph

_PARTLY = 0.4
_FULL = 0.95
_TABLE = 0.6
_TOGETHER = 0.9
_CLOSE = 0.1
_DATES = frozenset({"date", "dates", "day", "time"})


def together(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with two words for parts of one amount's name made one mention."""
    told: list[Item] = []
    for item in items:
        for back in (1, 2):
            first = told[-back] if len(told) >= back else None
            between = told[len(told) - back + 1 :]
            hit = _shared(first, between, item, graph) if first is not None else None
            if hit is None and first is not None and not between:
                hit = _dated(first, item, graph)
            if first is not None and hit is not None:
                words = " ".join(each.text for each in (first, *between, item))
                del told[-back:]
                item = replace(item, text=words, start=first.start, hits=(hit,), values=())
                break
        told.append(item)
    return told


def _shared(first: Item, between: Sequence[Item], last: Item, graph: Graph) -> NameHit | None:
    """Return the one amount that both words name a part of."""
    if (
        not (_is_part(first) and _is_part(last))
        or first.end > last.start
        or first.text == last.text
    ):
        return None
    own = {(hit.table, hit.column) for hit in first.column_hits() if hit.score >= _PARTLY}
    both = [hit for hit in last.column_hits() if (hit.table, hit.column) in own]
    both = [hit for hit in both if graph.table(hit.table).column(str(hit.column)).measures]
    if len(both) != 1 or not all(_names(item, both[0].table) for item in between):
        return None
    return replace(both[0], score=_TOGETHER)


def _dated(first: Item, last: Item, graph: Graph) -> NameHit | None:
    """Return the date that a word before "date" speaks of: ``NEXT_CHECK_DUE``, ``acquired_on``."""
    if last.text not in _DATES or first.kind != "mention" or first.end != last.start:
        return None
    dated = [h for h in first.column_hits() if graph.table(h.table).column(str(h.column)).dated]
    best = [hit for hit in dated if hit.score >= max(_PARTLY, dated[0].score - _CLOSE)]
    return replace(best[0], score=_TOGETHER) if len(best) == 1 else None


def _is_part(item: Item) -> bool:
    sure = max(item.best_column(), item.best_table()) >= _FULL
    return item.kind == "mention" and not (item.values or item.cues or sure)


def _names(item: Item, table: str) -> bool:
    return any(hit.table == table and hit.score >= _TABLE for hit in item.table_hits())

"""Announced: "Reconcile A against B: list the rows of A that have no B" asks for what stands last.

What is compared with what is only announced where the request behind the colon names both again.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item

_NAMES_TABLE = 0.6


def to_the_point(items: Sequence[Item]) -> list[Item]:
    """Return the items without an announcement of what the request behind it says once more."""
    colon = next((at for at, item in enumerate(items) if item.text in {":", ";"}), None)
    if not colon or not items[0].is_cue("compare_tables"):
        return list(items)
    request = items[colon + 1 :]
    if not request or not request[0].is_cue("show"):
        return list(items)
    announced = _tables(items[:colon])
    again = [table for table in announced if table in _tables(request)]
    return list(request) if len(announced) > 1 and again == announced else list(items)


def _tables(items: Sequence[Item]) -> list[str]:
    """Return the tables that the mentions name best, each once, in their order."""
    best = [item.table_hits()[0] for item in items if item.table_hits()]
    return list(dict.fromkeys(hit.table for hit in best if hit.score >= _NAMES_TABLE))

"""The latest done: "the most recently closed job" is the one with the latest ``closed_on``."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Sorting
from kpi_nlsql.grammar.ranking.most_common import sort
from kpi_nlsql.grammar.scanner import Scanner

_LATEST = frozenset({"most recently", "latest", "last", "earliest"})
_SPOKEN = 0.5


def latest_done(scan: Scanner, position: int, descending: bool, limit: int) -> bool:
    """Consume a superlative of time and the deed at a position, whose date the rows behind have."""
    text, noun = scan.item.text.removeprefix("the "), scan.head(position + 1)
    if text not in _LATEST or not scan.participle(position) or scan.role(noun) != "table":
        return False
    table = scan.table(noun)
    hits = tuple(
        hit
        for hit in scan.at(position).column_hits()
        if hit.table == table and hit.score >= _SPOKEN and scan.is_dated(hit)
    )
    if not hits:
        return False
    sort(scan, Sorting(scan.position, Ref(position, hits, table), None, None, descending), limit)
    scan.take(scan.position, position)
    scan.position = position + 1
    return True

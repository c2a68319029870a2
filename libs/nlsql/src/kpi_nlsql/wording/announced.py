"""Announced: "Reconcile A against B: list the rows of A that have no B" asks for what stands last.

What is compared with what is only announced where the request behind the colon names both again;
a title, "Ageing fleet: all vehicles with …", is but a name for the rows that the request tells.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item

_NAMES_TABLE = 0.6
_SAYING = ("count", "aggregate", "group", "distinct", "superlative", "recent", "between")
_CLAUSES = ("relative", "not", "missing", "mismatch", "also", "compare", "after", "before", "null")


def to_the_point(items: Sequence[Item]) -> list[Item]:
    """Return the items without an announcement of what the request behind it says once more."""
    colon = next((at for at, item in enumerate(items) if item.text in {":", ";"}), None)
    if not colon:
        return list(items)
    title, request = items[:colon], items[colon + 1 :]
    if items[0].is_cue("compare_tables"):
        announced = _tables(title)
        again = [table for table in announced if table in _tables(request)]
        shows = bool(request) and request[0].is_cue("show")
        told = shows and len(announced) > 1 and again == announced
    else:
        told = items[colon].text == ":" and _is_title(title, request) and _is_whole(request, title)
    return list(request) if told else list(items)


def _is_title(title: Sequence[Item], request: Sequence[Item]) -> bool:
    """Tell whether no more than a name is given: no number, nothing to count, no condition."""
    told = {column for item in request for column in _valued(item)}
    return not any(
        item.kind in {"number", "quoted", "mark"}
        or not _valued(item) <= told  # "Overdue: all open invoices …" are open
        or any(item.is_cue(kind) for kind in _SAYING)
        for item in title
    )


def _valued(item: Item) -> set[tuple[str, str]]:
    return {(hit.table, hit.column) for hit in item.values if hit.score >= 1.0}


def _is_whole(request: Sequence[Item], title: Sequence[Item]) -> bool:
    """Tell whether the request asks for rows of a table of which something is said."""
    at = next((at for at, item in enumerate(request) if _names_rows(item)), None)
    if at is None or any(_says(item) for item in request[:at]):
        return False
    named = {hit.table for item in request for hit in item.hits}
    return any(map(_says, request[at + 1 :])) and {*_tables(title)} <= named


def _says(item: Item) -> bool:
    return any(item.is_cue(kind) for kind in _CLAUSES)


def _names_rows(item: Item) -> bool:
    return item.best_table() >= max(_NAMES_TABLE, item.best_column() - 0.15)


def _tables(items: Sequence[Item]) -> list[str]:
    """Return the tables that the mentions name best, each once, in their order."""
    best = [item.table_hits()[0] for item in items if item.table_hits()]
    return list(dict.fromkeys(hit.table for hit in best if hit.score >= _NAMES_TABLE))

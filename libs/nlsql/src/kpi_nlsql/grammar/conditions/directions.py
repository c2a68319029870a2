"""Directions: "from Hamburg" and "going to Milan" tell which of two columns of places is meant."""

from __future__ import annotations

from typing import Literal

from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.scanner import Scanner

Direction = Literal["origin", "destination"]

_LEADS: dict[str, Direction] = {"from": "origin", "to": "destination", "into": "destination"}
_VERBS: dict[str, Direction] = {
    "leaving": "origin", "departing": "origin", "starting": "origin",
    "arriving": "destination", "going": "destination", "bound": "destination",
    "heading": "destination", "ending": "destination", "delivered": "destination",
}  # fmt: skip
_ENDS: dict[Direction, frozenset[str]] = {
    "origin": frozenset(stems("origin source departure depart from start sender begin pickup")),
    "destination": frozenset(stems("destination target arrival arrive to end receiver dest")),
}


def direction(scan: Scanner, near: str | None = None) -> Direction | None:
    """Return the direction that the words before the present item tell, and mark them as used.

    ``near``: whose rows are said right before to have the value.
    """
    for position in (scan.position - 1, scan.position - 2):
        text = scan.at(position).text
        if text in _VERBS:
            scan.take(position)
            return _VERBS[text]
        if position == scan.position - 1 and text in _LEADS:
            if scan.at(position - 1).text in _VERBS:
                scan.take(position - 1)
            told = _LEADS[text]
            return told if near is None or _ends(scan, near, told) else None
    return None


def _ends(scan: Scanner, table: str, direction: Direction) -> bool:
    # "shipped by carriers from Poland": where those have their home, not where the way begins
    return any(hit.table == table and leads(direction, hit.column) for hit in scan.item.values)


def leads(direction: Direction, column: str) -> bool:
    """Tell whether a column holds the places of that end of a way."""
    return bool(set(stems(column)) & _ENDS[direction])

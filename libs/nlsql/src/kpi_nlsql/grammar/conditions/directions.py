"""Directions: "from Hamburg" and "going to Milan" tell which of two columns of places is meant."""

from __future__ import annotations

from typing import Literal

from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.scanner import Scanner

Direction = Literal["origin", "destination"]

_LEADS: dict[str, Direction] = {"from": "origin", "to": "destination", "into": "destination"}
_ENDS: dict[Direction, frozenset[str]] = {
    "origin": frozenset(stems("origin source departure depart from start sender begin pickup")),
    "destination": frozenset(stems("destination target arrival arrive to end receiver dest")),
}


def direction(scan: Scanner) -> Direction | None:
    """Return the direction that the word before the present item tells."""
    return _LEADS.get(scan.at(scan.position - 1).text)


def leads(direction: Direction, column: str) -> bool:
    """Tell whether a column holds the places of that end of a way."""
    return bool(set(stems(column)) & _ENDS[direction])

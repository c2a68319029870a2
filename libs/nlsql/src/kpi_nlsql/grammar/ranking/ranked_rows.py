"""Ranked rows: whether what a superlative measures is one row's, or counted over several."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Sorting
from kpi_nlsql.grammar.scanner import Scanner


def most_rows(scan: Scanner, position: int, start: int, descending: bool) -> Sorting | None:
    """Return the order by how many rows there are of what is mentioned, if it is rows."""
    stored = scan.stored_count(position)
    if stored is not None:
        return Sorting(start, stored, None, None, descending)
    if scan.role(position) == "table" and scan.role(position + 1) != "column":
        return Sorting(start, None, "count", scan.table(position), descending)
    if scan.subject(position) is not None:
        return Sorting(start, None, "count", None, descending)
    return None


def has_several(scan: Scanner, ref: Ref) -> bool:
    """Tell whether a beer is asked for of which there are several: "delivered the most kegs of"."""
    tables = {table for _, table in scan.draft.entities}
    return bool(tables) and not any(hit.table in tables for hit in ref.hits)


def dates_of_groups(scan: Scanner, ref: Ref) -> bool:
    """Tell whether a date is the latest of several: "the latest reading date of each meter"."""
    return scan.is_dated(ref.hits[0]) and any(item.is_cue("group") for item in scan.items)


def measures(scan: Scanner, position: int) -> bool:
    """Tell whether a column of amounts is named here."""
    return scan.role(position) == "column" and scan.measures(scan.ref(position))

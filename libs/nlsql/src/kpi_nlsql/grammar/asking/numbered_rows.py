"""Numbered rows: "SKUs that are not in the price list" say which rows are added up."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.schema.key_names import called_key

_OF = frozenset({"of", "on", "for", "from", "with", "under", "against", "by"})
_EXACT = 0.95
_HALF = 0.6


def numbers_rows_told(scan: Scanner, position: int) -> bool:
    """Tell whether several numbers of rows stand here, of which a clause tells which they are."""
    if scan.role(position) != "column" or not scan.at(position).text.endswith("s"):
        return False
    numbering = [hit for hit in scan.at(position).column_hits() if called_key(str(hit.column))]
    behind = scan.at(position + 1)
    told = any(behind.is_cue(kind) for kind in ("relative", "missing", "not"))
    kept = behind.text in {"in", "from"} and scan.role(scan.skip(position + 2)) == "table"
    return bool(numbering) and (told or kept)


def summed_over(scan: Scanner) -> bool:
    """Tell whether rows are named that a total is one of: "the total quantity of all SKUs".

    So are they by a noun that is but half a name, "the average mileage of the vehicles".
    """
    last = scan.draft.wanted[-1] if scan.draft.wanted else None
    if scan.in_where or last is None or last.function is None:
        return False
    every = scan.at(scan.position - 1).is_cue("all") or _half_named(scan)
    if not every and not numbers_rows_told(scan, scan.position):
        return False
    lead = scan.position - 1
    while scan.at(lead).text == "the" or scan.at(lead).is_cue("all"):
        lead -= 1
    summed = scan.at(lead).text in ({"of"} if every else _OF) and last.position >= lead - 2
    if summed and last.ref is not None and last.ref.near is None:
        last.ref.near = _owner(scan, last.ref)
    return summed


def _half_named(scan: Scanner) -> bool:
    return scan.item.text.endswith("s") and scan.item.best_column() < _HALF


def _owner(scan: Scanner, ref: Ref) -> str | None:
    """Return the one table that has both the numbers named here and what is added up."""
    hits = scan.at(scan.position).column_hits()
    owners = {hit.table for hit in hits if hit.score >= _EXACT} & {hit.table for hit in ref.hits}
    return next(iter(owners)) if len(owners) == 1 else None

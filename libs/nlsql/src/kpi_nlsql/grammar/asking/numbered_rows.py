"""Numbered rows: "SKUs that are not in the price list" say which rows are added up."""

from __future__ import annotations

from kpi_nlsql.grammar.scanner import Scanner


def summed_over(scan: Scanner) -> bool:
    """Tell whether rows are named that a total is one of: "the total quantity of all SKUs"."""
    last = scan.draft.wanted[-1] if scan.draft.wanted else None
    if scan.in_where or last is None or last.function is None:
        return False
    lead = scan.position - 1
    while scan.at(lead).text == "the" or scan.at(lead).is_cue("all"):
        lead -= 1
    return scan.at(lead).text in {"of", "on"} and last.position >= lead - 2

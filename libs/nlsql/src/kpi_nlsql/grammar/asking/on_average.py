"""On average: "how many hours does a repair take on average" averages what is else added up."""

from __future__ import annotations

from kpi_nlsql.grammar.scanner import Scanner


def complete(scan: Scanner) -> None:
    """Take the average of the one amount asked for where "on average" stands apart from it."""
    told = [at for at, item in enumerate(scan.items) if item.text == "on average"]
    shown = scan.draft.wanted
    summed = [wanted for wanted in shown if wanted.function in {"sum", "amount"}]
    if not told or len(summed) != 1:
        return
    summed[0].function = "avg"
    scan.take(*told)

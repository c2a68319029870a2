"""Listed columns: "…, with the order number, the customer name and the total" asks for these."""

from __future__ import annotations

from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.linking import Item

_DEFINITE = frozenset("the its their his her both".split())  # noqa: SIM905
_BETWEEN = _DEFINITE | frozenset(", and & of also respective as well plus this that".split())  # noqa: SIM905
_ENDS = frozenset({"?", ".", ";", "!"})
_FEWEST = 2


def listed(scan: Scanner, start: int) -> bool:
    """Tell whether columns are listed from here to the end, with nothing said of them."""
    if not (scan.draft.entities or scan.draft.wanted):
        return False
    columns = 0
    for position in range(start, len(scan.items)):
        item = scan.at(position)
        if item.kind == "mark" and item.text in _ENDS:
            break
        if scan.role(position) == "column" and not _is_verb(scan, position):
            columns += 1
        elif scan.role(position) == "table":
            columns += scan.role(position + 1) != "column"
        elif item.text not in _BETWEEN and not _adds_up(item):
            return False
    apart = scan.at(start - 2).kind == "mark" and scan.at(start).text in _DEFINITE
    definite = apart or scan.at(start).text in _DEFINITE - {"the"}
    return columns >= _FEWEST or (columns == 1 and definite)


def _adds_up(item: Item) -> bool:
    return item.is_cue("aggregate") and not item.is_cue("superlative")


def _is_verb(scan: Scanner, position: int) -> bool:
    return scan.participle(position) and scan.at(position).best_column() < 1.0

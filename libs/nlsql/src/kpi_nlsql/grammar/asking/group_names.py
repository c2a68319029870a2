"""Group names: which of the words behind "per" name the group, and which only say more of it.

"Per [different] [sales] channel", "by [portfolio] manager".
"""

from __future__ import annotations

from kpi_nlsql.grammar.scanner import Scanner

_WHOLE_NAME = 0.95


def name_at(scan: Scanner, start: int, explicit: bool) -> int:
    """Return where the name of a group stands: "per [different] [sales] channel"."""
    position = scan.skip(start)
    if scan.at(position).is_cue("distinct"):
        scan.take(position)
        position = scan.skip(position + 1)
    return position + (explicit and scan.unknown(position))  # "per [return] reason"


def column_behind(scan: Scanner, position: int) -> int | None:
    """Return the column that a noun only says more of: "per branch | country"."""
    owns = scan.role(position) == "table" or scan.at(position).best_column() < _WHOLE_NAME
    return position + 1 if owns and scan.role(position + 1) == "column" else None

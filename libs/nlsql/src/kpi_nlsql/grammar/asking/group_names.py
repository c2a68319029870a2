"""Group names: which of the words behind "per" name the group, and which only say more of it.

"Per [different] [sales] channel", "by [portfolio] manager", "per [country of] origin".
"""

from __future__ import annotations

from kpi_nlsql.english.function_words import HELPING, POSSESSIVES
from kpi_nlsql.english.money import OF_MONEY
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.periods_told import is_beside_today

_WHOLE_NAME = 0.95
_HALF_NAMED = 0.6


def name_at(scan: Scanner, start: int, explicit: bool) -> int:
    """Return where the name of a group stands: "per [different] [sales] channel"."""
    position = scan.skip(start)
    if scan.at(position).is_cue("distinct"):
        scan.take(position)
        position = scan.skip(position + 1)
    return position + (explicit and _describes_column(scan, position))


def _describes_column(scan: Scanner, position: int) -> bool:
    # "per sales channel", "per return reason": a word that nothing is called by, right before.
    idle = scan.unknown(position) or scan.at(position).is_cue("show")
    return idle and scan.role(position + 1) in {"column", "table"}


def column_behind(scan: Scanner, start: int, position: int) -> int | None:
    """Return the column that a noun only says more of: "per branch | country"."""
    table = scan.role(position) == "table"
    if is_beside_today(scan.items, position + 1):
        return None  # "by vendor this year"
    owned = scan.role(position + 1) == "column" and not _does_so(scan, start, position + 1)
    if owned and (table or owns_next(scan, position)):
        return position + 1
    return position + 2 if table and _is_kind_of(scan, position) else None


def _is_kind_of(scan: Scanner, position: int) -> bool:
    """Tell whether a table says what a column behind it refers to: "per country of origin"."""
    if scan.at(position + 1).text != "of" or scan.role(position + 2) != "column":
        return False
    hit = scan.ref(position + 2).hits[0]
    joins = scan.sentence.graph.joins_between(hit.table, scan.table(position))
    return any(hit.column in join.left_columns for join in joins)


def owns_next(scan: Scanner, position: int) -> bool:
    """Tell whether a noun owns the column behind: "portfolio manager", "vehicle category"."""
    item, following = scan.at(position), scan.at(position + 1)
    owners = {hit.table for hit in following.column_hits() if hit.score >= _WHOLE_NAME}
    if owners and item.hits and max(item.best_column(), item.best_table()) < _HALF_NAMED:
        return True
    named = {hit.table for hit in item.table_hits()}
    return item.best_column() < _WHOLE_NAME and bool(owners & named)


def _does_so(scan: Scanner, start: int, position: int) -> bool:
    # "how much did each owner pay in cash": a verb, whatever column is called so.
    return scan.at(start - 1).text in HELPING and scan.at(position).text in OF_MONEY


def behind_key(scan: Scanner, position: int) -> int:
    """Return where the key ends that leads to what has the column grouped by.

    "Revenue per country of the pickup station" tells by it which of two stations is meant.
    """
    ref = scan.draft.groups[-1].ref
    key = scan.skip(position + 1)
    key += scan.at(key).text in POSSESSIVES
    hits = scan.at(key).column_hits()[:1]
    if scan.at(position).text != "of" or ref is None or not ref.hits or not hits:
        return position
    joins = scan.sentence.graph.joins_from(hits[0].table)
    told = (str(hits[0].column),)
    leads = any(j.left_columns == told and j.right_table == ref.hits[0].table for j in joins)
    if not leads or scan.role(key) != "column":
        return position
    scan.take(*range(position, key + 1))
    return key + 1

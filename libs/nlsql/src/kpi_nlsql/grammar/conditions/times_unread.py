"""Times unread: what no date tells by itself, "on weekends", "early in 2024", is not ignored."""

from __future__ import annotations

from kpi_nlsql.grammar.conditions.times import is_date
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.periods_told import is_beside_today
from kpi_nlsql.mentions.walking import skip_words

_UNREAD = frozenset(
    "monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays "  # noqa: SIM905
    "saturday saturdays sunday sundays weekday weekdays weekend weekends workday workdays noon "
    "midnight morning evening early late mid fiscal week weeks ago recently lately".split()
)
_ROUGHLY = frozenset({"about", "around", "roughly", "approximately", "circa", "ca"})
_PARTS = frozenset("day days week weeks half beginning start end middle rest".split())  # noqa: SIM905


def complete(scan: Scanner) -> None:
    """Doubt a reading that leaves out which times are meant: "on weekends", "early in 2024"."""
    for position, item in enumerate(scan.items):
        following = scan.at(position + 1)
        dated = following.number is not None or following.kind == "quoted"
        told = item.text in _UNREAD or (dated and item.text in _ROUGHLY)
        told = told or (item.text in {*_PARTS, "as"} and _is_part(scan, position + 1, item.text))
        told = told or _is_month(scan, position)
        told = told and scan.at(position - 1).text not in {"from", "to"}  # "from early to late"
        if told and position not in scan.draft.used and not (item.hits or item.values):
            scan.draft.note("unmeasured")
            return


def _is_part(scan: Scanner, position: int, part: str) -> bool:
    # "on the last day of this month", "as of today"; "as of 31 May" is what was kept that day
    period = skip_words(scan.items, position + 1, {"the"})
    if part == "as" and not is_beside_today(scan.items, period):
        return False
    return scan.at(position).text == "of" and is_date(scan, period)


def _is_month(scan: Scanner, position: int) -> bool:
    # "May orders by status", "the May orders"
    leads = position == 0 or scan.at(position - 1).text == "the"
    return leads and scan.at(position).text == "may" and bool(scan.at(position + 1).hits)

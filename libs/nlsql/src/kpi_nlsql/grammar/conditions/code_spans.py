"""Code spans: "leases L-100 to L-110", "under policy P-310 to P-325": all codes between both."""

from __future__ import annotations

import re

from kpi_nlsql.drafting.draft import Term, chosen_ref
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.linking import Item

_LINKS = frozenset({"to", "through", "until", "till", "thru"})
_CODE = re.compile(r"(.*?)(\d+)")


def code_span(scan: Scanner) -> bool:
    """Consume two codes of one column, told from the first to the last."""
    position = scan.position
    first, last = scan.item, scan.at(position + 2)
    if scan.at(position + 1).text not in _LINKS or not (first.values and last.values):
        return False
    held = {(value.table, value.column): value.value for value in last.values}
    rows = scan.entity()
    for value in sorted(first.values, key=lambda value: value.table != rows):
        end = held.get((value.table, value.column))
        if end is not None and _is_span(value.value, end) and not _is_amount(first):
            ref = chosen_ref(position, value.table, value.column)
            scan.not_output(scan.pending)
            scan.add(Term("between", position, ref, values=(value.value, end)))
            scan.take(position, position + 1, position + 2)
            scan.position, scan.in_where = position + 3, True
            return True
    return False


def _is_span(first: str, last: str) -> bool:
    """Tell whether two codes differ by their number only, told with as many figures."""
    one, other = _CODE.fullmatch(first), _CODE.fullmatch(last)
    same = one is not None and other is not None and one[1] == other[1]
    return same and len(first) == len(last) and first < last


def _is_amount(item: Item) -> bool:
    return item.kind == "number"

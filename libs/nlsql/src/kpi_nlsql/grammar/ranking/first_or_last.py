"""First or last: whether these ask for one row, or are part of what a date is called by.

"The last three invoices" does; "parts last issued before May" have a ``Last_Issue_Date``.
"""

from __future__ import annotations

from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.grammar.conditions.times import is_timed
from kpi_nlsql.grammar.scanner import Scanner


def asks_extreme(scan: Scanner) -> bool:
    """Tell whether "first" or "last" asks for rows that come first or last in time."""
    following = scan.at(scan.position + 1)
    if _dates_deed(scan):
        return False
    if following.number is not None or scan.role(scan.position + 1) == "table":
        return True
    deed = scan.in_where or scan.participle(scan.position + 1)  # "was last serviced before …"
    named = scan.role(scan.position + 1) == "column" and not deed
    return named and _is_dated(scan, scan.position + 1)


def _dates_deed(scan: Scanner) -> bool:
    # "parts last issued before May" with a ``Last_Issue_Date``, whatever else has issues
    entity = scan.entity()
    if entity is None or not scan.participle(scan.position + 1):
        return False
    first, deed = scan.item.text, scan.at(scan.position + 1).text
    own = (column for column in scan.sentence.graph.table(entity).columns if column.dated)
    called = any({stem(first), stem(deed)} <= set(stems(column.name)) for column in own)
    return called and is_timed(scan, scan.position + 2)


def _is_dated(scan: Scanner, position: int) -> bool:
    # "last order date", not "last name"
    return scan.is_dated(scan.at(position).column_hits()[0])

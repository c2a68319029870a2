"""Further values: the second of several that one column may have."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.grammar.scanner import Scanner

_JOINING = frozenset({",", "and", "or", "nor"})


def behind_list(scan: Scanner, position: int) -> int:
    """Return where the values end that are listed from here: "Home, Toys and Garden categories".

    What stands there, the column perhaps, is said of each of them.
    """
    at = position + 1
    while scan.at(at).text in _JOINING:
        further = at + 1 + (scan.at(at + 1).text in _JOINING)
        if scan.role(further) != "value":
            return position + 1
        at = further + 1
    return at


def another_like(scan: Scanner) -> bool:
    """Consume the second text of "contain 'a' or 'b'", searched for like the first."""
    previous = scan.draft.terms[-1] if scan.draft.terms else None
    connector = scan.at(scan.position - 1).text
    if previous is None or previous.kind != "like" or connector not in {"or", "and"}:
        return False
    either = connector == "or"
    term = Term("like", scan.position, previous.ref, values=(scan.item.text,), like=previous.like)
    term.joined_by_or = either
    scan.add(term)
    scan.take(scan.position)
    scan.position += 1
    return True


def another_number(scan: Scanner) -> bool:
    """Consume a further number of "priority in (1, 2)", "level 1 or 2"."""
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "value" or last.ref is None or last.scope != scan.scope:
        return False
    numbers = all(isinstance(value, int | float) for value in last.values) and not last.hits
    link, after = scan.at(scan.position - 1).text, scan.at(scan.position + 1)
    beside = last.position == scan.position - 2 and link in {",", "or", "nor"}
    ends = after.kind == "mark" or after.text in {"", "or", "and"} or after.is_cue("relative")
    if not (numbers and beside and ends):
        return False
    # "neither 10 nor 20", "not 1, 2 or 3" deny each
    number = Term("value", scan.position, last.ref, values=(scan.item.number or 0,))
    number.negated = last.negated and not scan.negate  # "nor" denies anew
    number.also_denied, number.joined_by_or = last.negated, not last.negated
    scan.add(number)
    scan.take(scan.position)
    scan.position += 1
    return True

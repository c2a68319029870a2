"""Peers: which rows an average is taken over — "of its own type", "of all active parts".

Those that share something with the row at hand, those the sentence describes, or else all.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.grammar.scanner import Scanner

_LEADS = frozenset("of for in within among across from over per".split())  # noqa: SIM905
_POSSESSIVE = frozenset("its their his her own respective same".split())  # noqa: SIM905
_LIGHT = frozenset("the that all other own respective".split())  # noqa: SIM905
_SHARING = frozenset("with who that have having sharing share".split())  # noqa: SIM905
_FARTHEST = 6


def measure_at(scan: Scanner, position: int) -> int | None:
    """Return where the measure of an average stands: "average [order amount] of …", if it does."""
    column = scan.skip(position)
    passed = {scan.at(at).text for at in range(position, column)}
    if passed & _POSSESSIVE or (passed & _LEADS and passed != {"of"} and passed != {"of", "the"}):
        return None
    if scan.role(column) == "table" and scan.role(column + 1) == "column":
        column += 1
    return column if scan.role(column) == "column" else None


def described(scan: Scanner, position: int) -> list[int]:
    """Return where values stand before the measure: "the average Economy fare"."""
    start = scan.skip(position)
    passed = {scan.at(at).last_word for at in range(position - 1, start)}
    if passed & _LEADS:
        return []
    found = []
    while scan.role(start) == "value" and scan.at(start).values:
        found.append(start)
        start += 1
    measured = scan.role(start) in {"column", "table"} or _again(scan, found)
    return found if found and measured else []


def _again(scan: Scanner, found: list[int]) -> bool:
    """Tell whether the rows asked for are named again: "repairs … than the average repair"."""
    terms = [term for term in scan.draft.terms if term.kind == "value"]
    said = {(hit.table, hit.column, hit.value) for term in terms for hit in term.hits}
    named = [{(hit.table, hit.column, hit.value) for hit in scan.at(at).values} for at in found]
    return all(named) and all(each & said for each in named)


def restrict(scan: Scanner, term: Term, values: list[int]) -> None:
    """Take the average over the rows with these values, or those told behind it."""
    term.among = scan.further_scope()
    for position in values:
        item = scan.at(position)
        scan.draft.terms.append(
            Term("value", position, hits=item.values, values=(item.text,), scope=term.among)
        )
        scan.take(position)


def read(scan: Scanner, term: Term) -> None:
    """Consume what the average is taken over, where the sentence tells it."""
    start = scan.position
    if scan.at(start).text not in _LEADS:
        start -= 1  # "the average of" is one cue
    if scan.at(start).last_word not in _LEADS:
        return
    shared = _shared(scan, start)
    if shared is not None:
        _share(scan, term, shared)
    elif _describes(scan, start):
        term.among = scan.further_scope()
        scan.scope = term.among
        scan.position = start + 1
    scan.in_where = True


def _shared(scan: Scanner, start: int) -> int | None:
    """Return where the noun stands that the row shares with its peers: "of their [type]"."""
    told = False
    for position in range(start + 1, start + 1 + _FARTHEST):
        item = scan.at(position)
        last = item.last_word
        if last in _POSSESSIVE:
            told = True
        elif item.text in _LIGHT | _LEADS | _SHARING or item.is_cue("all"):
            continue
        elif told or _is_one_other(scan, position):
            return position if scan.role(position) in {"column", "table"} else None
        elif scan.role(position) != "table":
            # "in the department": a column with nothing said of it
            named = scan.role(position) == "column" and scan.at(start).text != "of"
            return position if named and scan.role(position + 1) != "value" else None
    return None


def _is_one_other(scan: Scanner, position: int) -> bool:
    """Tell whether one row of another table ends the clause: "above the average of the club"."""
    if scan.role(position) != "table" or scan.mentions(position, scan.entity()):
        return False
    following = scan.at(position + 1)
    ends = following.text in {"", "and", "or", "but"} or following.kind == "mark"
    single = scan.at(position - 1).last_word == "the" and not scan.at(position).text.endswith("s")
    return single and ends


def _share(scan: Scanner, term: Term, position: int) -> None:
    start = scan.position
    while True:
        if scan.modifies(position):
            position += 1
        term.peers = (*term.peers, scan.at(position).hits)
        if scan.at(position + 1).text != "and" or scan.role(position + 2) != "column":
            break
        position += 2
    scan.take(*range(start, position + 1))
    scan.position = position + 1
    for ref in (term.ref, term.other):
        if ref is not None and ref.near is not None and ref.position < start:
            # the noun behind "of their" owns nothing: "the average salary of their department"
            near = {hit.table for hit in ref.hits}
            ref.near = ref.near if ref.near in near else None


def _describes(scan: Scanner, start: int) -> bool:
    """Tell whether rows are described: "of all Economy bookings", "of orders placed in 2024"."""
    position = scan.skip(start + 1)
    entity = scan.entity()
    if scan.role(position) == "value":
        return True
    own = scan.mentions(position, entity)
    rest = [scan.role(at) for at in range(position + 1, len(scan.items))]
    return own and "value" in rest

"""Exclusions: "except castings", "excluding retail", "(closed claims excluded)"."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.drafting.draft import Term
from kpi_nlsql.english.function_words import EXCEPTING
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.linking import Item

_EXCLUDED = frozenset("excluded ignored omitted disregarded".split())  # noqa: SIM905
_AUXILIARIES = frozenset({"are", "is", "being", "to", "be"})
_LISTING = frozenset({"and", "or", ",", "nor"})
_FILLERS = frozenset({"the", "those", "ones", "all", "any", "already", "in", "with", "of"})


def read(scan: Scanner) -> bool:
    """Consume values of the rows asked for that are told to be left out."""
    excepts = scan.item.is_cue("compare", "!=") and scan.item.text.startswith(EXCEPTING)
    if excepts or (scan.item.text == "without" and _adds_up_own(scan)):
        return _leading(scan)
    return _trailing(scan)


def _adds_up_own(scan: Scanner) -> bool:
    """Tell whether the rows added up follow: "amount per channel without cancelled orders"."""
    noun, rows = scan.position + 2, _summed(scan)
    value = any(hit.table == rows for hit in scan.at(noun - 1).values)
    return value and scan.role(noun) == "table" and scan.table(noun) == rows


def _leading(scan: Scanner) -> bool:
    position = _value_at(scan, scan.position + 1)
    if position is None:
        return False
    if scan.pending is not None and _is_of_pending(scan, position):
        return False  # "whose status is other than Closed" compares the status
    scan.take(*range(scan.position, position))
    scan.position = _leave_out(scan, position)
    return True


def _trailing(scan: Scanner) -> bool:
    # "(closed claims excluded)", ", cancelled ones ignored"
    position = scan.position
    if not _is_own(scan, position):
        return False
    opened = scan.at(position - 1)
    end = _behind_list(scan, position)
    if opened.kind != "mark" or scan.at(end).text not in _EXCLUDED:
        return False
    _leave_out(scan, position)
    scan.take(*range(position, end + 1))
    scan.position = end + 1
    return True


def _leave_out(scan: Scanner, position: int) -> int:
    """Deny the values listed from a position on; all stand where the first one does."""
    start = position
    while True:
        item, near = scan.at(position), _holder(scan, position)
        hits = tuple(hit for hit in item.values if hit.table == near)
        scan.add(Term("value", start, hits=hits, values=(item.text,), negated=True, near=near))
        scan.take(position)
        following = _noun_behind(scan, position + 1)
        listed = scan.at(following).text in _LISTING
        further = _value_at(scan, following + 1) if listed else None
        if further is None:
            scan.take(*range(position, following))
            return following
        position = further


def _noun_behind(scan: Scanner, position: int) -> int:
    """Return the position behind the noun of the rows themselves: "excluding closed claims"."""
    rows = _holder(scan, position - 1)
    named = any(hit.table == rows for hit in scan.at(position).hits)
    noun = named or scan.at(position).text == "ones"
    return position + 1 if noun and scan.role(position) != "value" else position


def _behind_list(scan: Scanner, position: int) -> int:
    while scan.role(position) in {"value", "table", "column"} or (
        scan.at(position).text in _LISTING | _AUXILIARIES | {"ones"}
    ):
        position += 1
    return position


def _value_at(scan: Scanner, position: int) -> int | None:
    """Return where an own value stands, past "those in" and the column it is a value of."""
    while scan.at(position).text in _FILLERS or scan.at(position).is_cue("relative"):
        position += 1
    if scan.role(position) == "column" and _is_own(scan, position + 1):
        position += 1
    return position if _is_own(scan, position) else None


def _is_own(scan: Scanner, position: int) -> bool:
    return _holder(scan, position) is not None


def _holder(scan: Scanner, position: int) -> str | None:
    """Return the table of the rows that a value leaves out: those asked for, or added up.

    "Quantity per brand, excluding cancelled orders" leaves out lines by their order.
    """
    if scan.role(position) != "value":
        return None
    summed = _summed(scan)
    asked = [table for _, table in scan.draft.entities[:1]]
    if summed is not None:
        asked.append(summed)
        asked += [scan.table(position + 1)] if scan.role(position + 1) == "table" else []
    held = {hit.table for hit in scan.at(position).values}
    return next((table for table in asked if table in held), None)


def _summed(scan: Scanner) -> str | None:
    """Return the table of the amounts that are asked for."""
    refs = [wanted.ref for wanted in scan.draft.wanted if wanted.ref and wanted.ref.hits]
    return (refs[0].near or refs[0].hits[0].table) if refs else None


def _is_of_pending(scan: Scanner, position: int) -> bool:
    assert scan.pending is not None
    named = {(hit.table, hit.column) for hit in scan.pending.hits}
    return any((hit.table, hit.column) in named for hit in scan.at(position).values)


def excluded_behind(items: Sequence[Item], position: int) -> int | None:
    """Return where a value, and the noun behind it, is said to be left out; None if it is not."""
    at = position + 1
    while at < len(items) and (items[at].kind == "mention" or items[at].text in _AUXILIARIES):
        at += 1
    return at if at < len(items) and items[at].text in _EXCLUDED else None

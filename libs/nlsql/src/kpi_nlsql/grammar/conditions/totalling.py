"""Totalling: "gifts totalling more than 700", "more than 1,000 in unpaid invoices".

Whether the amounts of several rows are added up, or each row is compared, shows when the whole
sentence is read.
"""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref
from kpi_nlsql.grammar.conditions.times import is_date
from kpi_nlsql.grammar.conditions.totals import of_rows
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.walking import skip_words

_VERBS = frozenset("totalling totaling totalled totaled summing adding amounting".split())  # noqa: SIM905
_MONEY_VERBS = frozenset(
    "bill billed charge charged pay paid spend spent invoice invoiced refund refunded donate "  # noqa: SIM905
    "donated claim claimed earn earned cost owe owed give gave gift gifted swallowed".split()
)
_LEADING = frozenset({"in", "on", "of", "for", "worth"})
_SPENT_ON = frozenset({"for", "in", "out"})
_IN = frozenset({"in", "during", "of"})
_FILLING = frozenset({"up", "to", "of"})
_FARTHEST = 4


def read(scan: Scanner) -> bool:
    """Consume "totalling" behind rows with an amount; the comparison that follows is of the sum."""
    before = scan.position - 1
    while is_date(scan, before) or scan.at(before).text in _IN:
        before -= 1  # "orders in 2024 totalling …"
    if scan.item.text not in _VERBS or scan.role(before) not in {"table", "column"}:
        return False
    end = skip_words(scan.items, scan.position + 1, _FILLING)
    following = scan.at(end)
    amount = _amount_at(scan, before)
    if amount is None or not (following.is_cue("compare") or following.is_cue("between")):
        return False
    scan.draft.terms = [t for t in scan.draft.terms if t.kind != "exists" or t.position != before]
    scan.take(before, *range(scan.position, end))
    scan.in_where = True
    scan.pending, scan.pending_function, scan.pending_table = amount, "sum", None
    scan.position = end
    return True


def told_behind(scan: Scanner, position: int) -> Ref | None:
    """Return the amount that stands behind the number compared with: "… 50,000 in customs duty".

    ``position`` is behind the number. What is added up is settled at the end.
    """
    if scan.at(position).text not in _LEADING:
        return None
    if scan.at(position).text == "of" and scan.at(position + 1).text in {"the", "these", "those"}:
        return None  # "at least two of the films" counts them
    for at in range(position + 1, position + 1 + _FARTHEST):
        if scan.role(at) == "table" and _has_one(scan, scan.table(at)):
            return None  # "invoices over 800 for bookings": each is for one booking
        if scan.role(at) in {"table", "column"}:
            if scan.role(at + 1) == "column" and scan.measures(scan.ref(at + 1)):
                at += 1
            found = _amount_at(scan, at)
            if found is not None and scan.role(at) == "column":
                scan.take(*range(position, at + 1))
                scan.skipped |= set(range(position, at + 1))
            return found
        if scan.role(at) == "none" and scan.at(at).kind != "word":
            return None
    return None


def _has_one(scan: Scanner, table: str) -> bool:
    """Tell whether each of the rows named last has one row of a table."""
    last = scan.last_table()
    path = scan.sentence.paths.path(last, table) if last not in {None, table} else None
    joins = path[1] if path is not None else ()
    return bool(joins) and all(scan.sentence.paths.to_one(j, scan.sentence.graph) for j in joins)


def of_each_row(scan: Scanner, position: int) -> Ref | None:
    """Return the amount of the rows asked for behind the number: "more than 10 in stock"."""
    column = scan.skip(position + 1)
    if scan.at(position).text not in {"in", "on"} or scan.role(column) != "column":
        return None
    own = [hit for hit in scan.at(column).column_hits() if hit.table == scan.entity()]
    ref = scan.ref(column)
    if not own or ref.hits[0].table != own[0].table or not scan.measures(ref):
        return None
    scan.take(*range(position, column + 1))
    scan.skipped |= set(range(position, column + 1))
    return ref


def paid(scan: Scanner) -> Ref | None:
    """Return the money of the rows a verb speaks of: "customers we billed more than 200"."""
    before = scan.position - 1
    before -= scan.at(before).text in _SPENT_ON  # "invoiced for more than 200"
    if scan.at(before).text not in _MONEY_VERBS:
        return None
    return _amount_at(scan, before) if scan.role(before) == "table" else None


def _amount_at(scan: Scanner, position: int) -> Ref | None:
    if scan.role(position) == "column":
        ref = scan.ref(position)
        return ref if scan.measures(ref) and scan.adds_up(ref.hits[0]) else None
    return of_rows(scan, position)

"""Peers: "above the average price of its own category" — the rows a row is compared with."""

from __future__ import annotations

from kpi_nlsql.draft import Ref, Term
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.lexicon import NameHit

_LEADS = frozenset({"of", "for", "in", "within", "among", "across", "from"})
_PASSED = frozenset({"the", "all", "own", "rows"})
_SAME = frozenset({"its", "their", "his", "her", "own", "same", "the same", "respective"})
_LIKELY = 0.55


def peers(scan: Scanner, position: int, subject: Ref) -> tuple[tuple[Ref, ...], int]:
    """Return what the rows averaged have in common with the row compared, and where that ends.

    ``position`` is where the words behind the average begin; without peers, the end is there.
    """
    table = table_of(scan, subject)
    mention = _mention(scan, position)
    if mention is None or table is None:
        return (), position
    shared = _shared(scan, mention, table)
    if not shared:
        return (), position
    scan.take(*range(position, mention + 1))
    subject.near = table
    return (Ref(mention, shared, table),), mention + 1


def table_of(scan: Scanner, subject: Ref) -> str | None:
    """Return the table whose rows are compared: the one asked for, if it has such a column."""
    entity = scan.entity()
    return entity if any(hit.table == entity for hit in subject.hits) else subject.near


def members(scan: Scanner, position: int, subject: Ref) -> tuple[tuple[Term, ...], int]:
    """Return the values that all rows averaged have, and where that ends: "of all red wines"."""
    table, lead = table_of(scan, subject), _led(scan, position)
    if table is None or lead is None:
        return (), position
    end = lead
    while scan.at(end).text in _PASSED or scan.at(end).is_cue("all"):
        end += 1
    first = end
    while scan.role(end) == "value":
        end += 1
    if scan.role(end) != "table" or scan.table(end) != table:
        return (), position
    terms = tuple(_member(scan, at, table) for at in range(first, end))
    if any(term is None for term in terms):
        return (), position
    scan.take(*range(lead, end + 1))
    return tuple(term for term in terms if term is not None), end + 1


def _member(scan: Scanner, position: int, table: str) -> Term | None:
    held = [hit for hit in scan.at(position).values if hit.table == table]
    if not held:
        return None
    ref = Ref(position, (), table, (table, held[0].column))
    return Term("value", position, ref, hits=(held[0],), values=(held[0].value,))


def opens(scan: Scanner, position: int) -> bool:
    """Tell whether the rows averaged are told here rather than what is averaged of them."""
    return _mention(scan, position) is not None


def _mention(scan: Scanner, position: int) -> int | None:
    """Return where the group is named whose average is meant: "of its own type", "per city"."""
    same, lead = scan.at(position).is_cue("group"), _led(scan, position)
    if lead is None:
        return None
    position = lead
    while scan.at(position).text in _PASSED | _SAME:
        same = same or scan.at(position).text in _SAME
        position += 1
    named = scan.role(position) in {"column", "table"}
    return position if same and named else None


def _led(scan: Scanner, position: int) -> int | None:
    """Return where begins what "of" leads to; it may be the end of "the average of"."""
    if scan.at(position).is_cue("group") or scan.at(position).text in _LEADS:
        return position + 1
    return position if scan.at(position - 1).last_word == "of" else None


def _shared(scan: Scanner, position: int, table: str) -> tuple[NameHit, ...]:
    """Return the column of the table that the mention means: its own, or the key of another's."""
    hits = scan.at(position).column_hits()
    own = tuple(hit for hit in hits if hit.table == table and hit.score >= _LIKELY)
    others = {hit.table for hit in scan.at(position).table_hits()} - {table}
    keys = tuple(
        NameHit(table, join.left_columns[0], 1.0)
        for other in others
        for join in scan.sentence.graph.joins_between(table, other)[:1]
        if len(join.left_columns) == 1
    )
    return (*own, *keys) if scan.role(position) == "column" else (*keys, *own)

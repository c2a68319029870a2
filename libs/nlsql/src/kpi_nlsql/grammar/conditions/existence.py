"""Existence: "students who have allergies" — a column of another table, with nothing said of it."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import MAIN, Ref, Term
from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.lexicon import NameHit

_SURE = 0.95
_HOW_MUCH = frozenset(stems("quantity amount level balance count units"))
_POSSESSION = frozenset({"have", "has", "had", "with", "having", "any", "some", "a", "an"})
_JOINING = frozenset({"and", "or", "but", ","})


def complete(scan: Scanner) -> None:
    """Turn columns that nothing was compared with into "there is such a row"."""
    refs = [term.ref for term in scan.draft.terms]
    refs += [sorting.ref for sorting in scan.draft.sorting]
    refs += [group.ref for group in scan.draft.groups]
    compared = {ref.position for ref in refs if ref is not None}
    entity = scan.entity()
    for ref, scope in scan.dangling:
        if scope in scan.draft.negative_scopes and _lacks(scan, ref, scope, compared):
            continue
        others = tuple(hit for hit in ref.hits if hit.table != entity and hit.score >= 0.6)
        if ref.position in compared or not others or not _possessed(scan, ref.position, scope):
            continue
        if any(term.scope == scope and _is_there(term, others) for term in scan.draft.terms):
            continue
        if len(others) < len(ref.hits) and ref.hits[0].table == entity:
            continue
        ref.hits = others
        scan.draft.terms.append(Term("exists", ref.position, ref, scope=scope))


def _is_there(term: Term, hits: tuple[NameHit, ...]) -> bool:
    """Tell whether a condition asks already for a row of a table that the hits are of."""
    tables = {term.table} | {hit.table for hit in (term.ref.hits if term.ref else ())}
    return term.kind == "exists" and any(hit.table in tables for hit in hits)


def lacks_own_column(scan: Scanner, position: int) -> bool:
    """Tell whether the rows were just said to lack a column: "members without an email who …"."""
    if not scan.dangling or scan.scope not in scan.draft.negative_scopes:
        return False
    joined = scan.at(position).text in _JOINING
    while scan.at(position).text in _JOINING:
        position -= 1
    ref, scope = scan.dangling[-1]
    least = 0.0 if joined else _SURE  # "without a reservation, or with …": there are two clauses
    own = any(hit.table == scan.entity() and hit.score >= least for hit in ref.hits)
    busy = any(term.scope == scope for term in scan.draft.terms)
    return own and ref.position == position and scope == scan.scope and not busy


def _lacks(scan: Scanner, ref: Ref, scope: int, compared: set[int]) -> bool:
    # "products with no region" are those whose own region is empty.
    own = tuple(hit for hit in ref.hits if hit.table == scan.entity() and _is_meant(scan, ref, hit))
    busy = any(term.scope == scope for term in scan.draft.terms)
    if not own or busy or ref.position in compared:
        return False
    if (table := _whole_table(scan, ref.position, own[0])) is not None:
        scan.draft.terms.append(Term("exists", ref.position, table=table, scope=scope))
        return True
    none = Ref(ref.position, own, ref.near)
    if scan.adds_up(own[0]):  # "articles with no stock" may have one of zero
        scan.draft.terms.append(Term("compare", ref.position, none, "=", (0,)))
    scan.draft.terms.append(Term("null", ref.position, none, joined_by_or=scan.adds_up(own[0])))
    return True


def _is_meant(scan: Scanner, ref: Ref, hit: NameHit) -> bool:
    """Tell whether a column is called so, or is how much there is of it: ``STOCK_QUANTITY``."""
    if hit.score >= _SURE:
        return True
    if not scan.adds_up(hit) or scan.at(ref.position).table_hits():
        return False
    names = (stems(name) for name in scan.column_of(hit).display_names)
    said = stems(scan.at(ref.position).text)
    return any(name[:-1] == said and name[-1] in _HOW_MUCH for name in names)


def _whole_table(scan: Scanner, position: int, own: NameHit) -> str | None:
    # "tickets without a delivery note", where notes have a table: an unknown note is none.
    hits = scan.at(position).table_hits()
    if not hits or hits[0].score < _SURE or hits[0].table == own.table:
        return None
    joins = scan.sentence.graph.joins_between(own.table, hits[0].table)
    return hits[0].table if any(own.column in join.left_columns for join in joins) else None


def _possessed(scan: Scanner, position: int, scope: int) -> bool:
    if scope != MAIN:
        return not any(term.scope == scope for term in scan.draft.terms)
    before = [scan.at(index).text for index in range(max(position - 3, 0), position)]
    return any(text in _POSSESSION for text in before[-2:])

"""Listed with: how a value stands to the one before it, "A or B", "neither A nor B", "A and B"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.values import ValueHit

_LISTING = frozenset({"or", "and", ",", "nor", "the", "in", "from", "(", ")", "of"})


def connect(scan: Scanner, term: Term) -> None:
    """Join a value to the one before: "A or B" is either, "both A and B" needs two related rows."""
    previous = scan.draft.terms[-1] if scan.draft.terms else None
    if previous is None or previous.kind != "value":
        return
    between = [scan.items[i] for i in range(previous.position + 1, scan.position)]
    words = {item.text for item in between}
    if _still_denied(previous, term, words) and previous.scope == scan.scope:
        term.negated = not scan.negate  # "nor" denies anew
        term.also_denied, term.toward = True, term.toward or previous.toward
        term.hits = _like(term.hits, previous.hits)
        term.ref = term.ref or previous.ref
        return
    if "or" in words or words == {","}:
        term.joined_by_or = True
        term.toward = term.toward or previous.toward
        term.hits = _like(term.hits, previous.hits)
        return
    if previous.negated and scan.negate:
        return  # "not pending and not cancelled" is said of one row
    if "and" in words and previous.scope == scan.scope and _same_column(term, previous):
        term.hits = _like(term.hits, previous.hits)
        if _lists_rows(scan, term, previous, words) or _of_either(scan, term, previous, words):
            term.joined_by_or = True
            return
        if not scan.draft.negative_scopes & {scan.scope}:
            scan.open_scope(negative=False)


def _still_denied(previous: Term, term: Term, words: set[str]) -> bool:
    # "not in Home or Garden", "outside of Berlin and Paris" deny both; "not new but used" does not.
    listed = bool(words & {"or", "and", ",", "nor"}) and words <= _LISTING
    return previous.negated and listed and _same_column(term, previous)


def _lists_rows(scan: Scanner, term: Term, previous: Term, words: set[str]) -> bool:
    """Tell whether rows of either kind are asked for: "all jackets and dresses in PLM"."""
    tables = {hit.table for hit in term.hits} & {hit.table for hit in previous.hits}
    entity = scan.entity()
    each = scan.at(previous.position - 1).is_cue("both")
    behind = scan.position + 1
    rows = scan.role(behind) == "table" and scan.at(behind).text.endswith("s")
    opens = (rows or not scan.draft.wanted) and not scan.in_where and not each
    owned = bool(tables) and (entity is None or entity in tables)
    return opens and owned and words <= {"and", "the"}


def _of_either(scan: Scanner, term: Term, previous: Term, words: set[str]) -> bool:
    """Tell whether rows of either kind are asked for: "suppliers in Spain and Italy"."""
    entity = scan.entity()
    own = all(any(hit.table == entity for hit in one.hits) for one in (term, previous))
    each = any(item.is_cue("both") for item in scan.items[: scan.position])
    return words <= _LISTING and not each and not scan.draft.wanted and (own or not scan.in_where)


def _like(hits: tuple[ValueHit, ...], others: tuple[ValueHit, ...]) -> tuple[ValueHit, ...]:
    columns = {(hit.table, hit.column) for hit in others}
    return tuple(hit for hit in hits if (hit.table, hit.column) in columns) or hits


def _same_column(term: Term, previous: Term) -> bool:
    if term.ref is not None and previous.ref is not None:
        return bool(term.ref.hits) and term.ref.hits[:1] == previous.ref.hits[:1]
    mine = {(hit.table, hit.column) for hit in term.hits}
    return bool(mine & {(hit.table, hit.column) for hit in previous.hits})


def holds(values: tuple[ValueHit, ...], ref: Ref) -> bool:
    """Tell whether a reference may mean one of the columns that hold the value."""
    named = {(hit.table, hit.column) for hit in ref.hits}
    return any((value.table, value.column) in named for value in values)

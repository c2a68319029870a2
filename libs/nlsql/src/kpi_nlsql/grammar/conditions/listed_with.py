"""Listed with: how a value stands to the one before it, "A or B", "neither A nor B", "A and B"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.values import ValueHit

_LISTING = frozenset({"or", "and", ",", "nor", "the", "in", "from", "(", ")", "of"})


def connect(scan: Scanner, term: Term) -> None:
    """Join a value to the one before: "A or B" is either, "both A and B" needs two related rows."""
    previous = scan.draft.terms[-1] if scan.draft.terms else None
    if previous is None or previous.kind not in {"value", "compare", "between", "like"}:
        return
    between = [scan.items[i] for i in range(previous.position + 1, scan.position)]
    words = {item.text for item in between}
    if _still_denied(previous, term, words) and previous.scope == scan.scope:
        term.negated = not scan.negate  # "nor" denies anew
        term.also_denied, term.toward = True, term.toward or previous.toward
        term.hits = _like(term.hits, previous.hits)
        term.ref = term.ref or previous.ref
        return
    if previous.kind != "value":
        term.joined_by_or = "or" in words and previous.scope == scan.scope
        return
    if "or" in words or words == {","}:
        term.joined_by_or = True
        term.toward = term.toward or previous.toward
        if term.ref is None and previous.ref is not None and _may_hold(previous.ref, term):
            term.ref = previous.ref
        term.hits = _like(term.hits, previous.hits)
        return
    if previous.negated and scan.negate and _same_column(term, previous):
        return  # "not pending and not cancelled" is said of one row
    if "and" in words and previous.scope == scan.scope and _same_column(term, previous):
        term.hits = _like(term.hits, previous.hits)
        _of_the_same(term, previous)
        either = _of_either(scan, term, previous, words) or _of_either_year(scan, term, words)
        if either or _lists_rows(scan, term, previous, words):
            term.joined_by_or = True
            return
        term.of_both = any(item.is_cue("both") for item in scan.items[: scan.position])
        if not scan.draft.negative_scopes & {scan.scope}:
            scan.open_scope(negative=False)


def _still_denied(previous: Term, term: Term, words: set[str]) -> bool:
    # "not in Home or Garden", "outside of Berlin and Paris" deny both; "not new but used" does not.
    # So does "a language other than French or German".
    listed = bool(words & {"or", "and", ",", "nor"}) and words <= _LISTING
    other = previous.kind == "compare" and previous.operator == "!=" and not previous.negated
    denied = other or (previous.kind == "value" and previous.negated)
    return denied and listed and _same_column(term, previous)


def _of_the_same(term: Term, previous: Term) -> None:
    """Say both values of the noun behind the second: "a male and a female player"."""
    held = any(hit.table == term.near for hit in previous.hits)
    if term.adjacent and previous.near is None and held:
        previous.near, previous.adjacent = term.near, True


def _lists_rows(scan: Scanner, term: Term, previous: Term, words: set[str]) -> bool:
    """Tell whether rows of either kind are asked for: "all jackets and dresses in PLM"."""
    tables = {hit.table for hit in term.hits} & {hit.table for hit in previous.hits}
    entity = scan.entity()
    each = scan.at(previous.position - 1).is_cue("both")
    behind = scan.position + 1
    rows = scan.role(behind) == "table" and scan.at(behind).text.endswith("s")
    opens = (rows or not scan.draft.wanted) and not scan.in_where and not each
    plural = scan.item.text.endswith("s") or scan.role(behind) == "table"
    owned = bool(tables) and (entity is None or entity in tables)
    return opens and plural and owned and words <= {"and", "the"}


def _of_either(scan: Scanner, term: Term, previous: Term, words: set[str]) -> bool:
    """Tell whether no row can have both, and rows are asked for: "suppliers in Spain and Italy"."""
    draft, entity = scan.draft, scan.entity()
    own = all(any(hit.table == entity for hit in one.hits) for one in (term, previous))
    rows = len(draft.entities) == 1 and scan.at(draft.entities[0][0]).text.endswith("s")
    each = any(item.is_cue("both") for item in scan.items[: scan.position])
    named = any(wanted.function is None for wanted in draft.wanted)
    goes_on = previous.joined_by_or  # "in France, Belgium and the Netherlands"
    return words <= _LISTING and not each and (goes_on or (own and rows and not named))


def _of_either_year(scan: Scanner, term: Term, words: set[str]) -> bool:
    # "suppliers onboarded in 2024 and 2025": a row has one date, which is of either year
    best = term.ref.hits[0] if term.ref is not None and term.ref.hits else None
    each = any(item.is_cue("both") for item in scan.items[: scan.position])
    own = best is not None and best.table == scan.entity() and scan.is_dated(best)
    return own and not each and bool(scan.draft.entities) and words <= {"and", ",", "in"}


def _may_hold(ref: Ref, term: Term) -> bool:
    return not term.hits or holds(term.hits, ref)


def _like(hits: tuple[ValueHit, ...], others: tuple[ValueHit, ...]) -> tuple[ValueHit, ...]:
    columns = {(hit.table, hit.column) for hit in others}
    return tuple(hit for hit in hits if (hit.table, hit.column) in columns) or hits


def _same_column(term: Term, previous: Term) -> bool:
    if term.ref is not None and term.ref is previous.ref:
        return True
    if term.ref is not None and previous.ref is not None:
        return bool(term.ref.hits) and term.ref.hits[:1] == previous.ref.hits[:1]
    mine = {(hit.table, hit.column) for hit in term.hits}
    return bool(mine & {(hit.table, hit.column) for hit in previous.hits})


def holds(values: tuple[ValueHit, ...], ref: Ref) -> bool:
    """Tell whether a reference may mean one of the columns that hold the value."""
    named = {(hit.table, hit.column) for hit in ref.hits}
    return any((value.table, value.column) in named for value in values)

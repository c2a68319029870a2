"""Unread: what a sentence speaks of and no condition was made of makes the reading doubt itself."""

from __future__ import annotations

from kpi_nlsql.grammar.scanner import Scanner

_MOST_DOUBTED = 3.0
_TELLING = frozenset(
    "big small large huge major minor important loyal regular frequent rare recurring repeat "  # noqa: SIM905
    "partial full valuable profitable unusual suspicious risky good bad new old late early".split()
)
"""Adjectives that choose among rows; what else stands before a noun may be part of its name."""
_ADJECTIVE = 4.0
"""How many columns that nothing is said of an unread adjective weighs."""


def doubt(scanner: Scanner) -> None:
    """Make a reading doubt itself that leaves out what is spoken of, or of what kind it is."""
    # "without a stocktake" that no condition was made of: the answer would ignore it.
    said = {(hit.table, hit.column) for ref in scanner.draft.refs() for hit in ref.hits[:3]}
    said |= {(hit.table, hit.column) for term in scanner.draft.terms for hit in term.hits}
    lost = [
        ref
        for ref, _ in scanner.dangling
        if ref.hits
        and not said & {(hit.table, hit.column) for hit in ref.hits[:3]}
        and not any(abs(term.position - ref.position) == 1 for term in scanner.draft.terms)
    ]
    # "methods used by several clients", where no table ties the two: nothing was read of it
    repeats = {at for at, item in enumerate(scanner.items) if item.is_cue("duplicate")}
    unread = len(lost) + len(repeats - scanner.draft.used)
    if unread:
        scanner.draft.note("dangling", float(unread))
    elif _only_total_shown(scanner):
        scanner.draft.note("dangling", _MOST_DOUBTED)
    _doubt_adjectives(scanner)


def _doubt_adjectives(scanner: Scanner) -> None:
    # "loyal customers", "customers with big orders": others than all customers, or all orders.
    unread = [
        at
        for at, item in enumerate(scanner.items)
        if item.text in _TELLING and scanner.unknown(at) and at not in scanner.draft.used
        if scanner.role(at + 1) == "table"
    ]
    if unread:
        scanner.draft.note("dangling", _ADJECTIVE * len(unread))


def _only_total_shown(scanner: Scanner) -> bool:
    """Tell whether rows are asked for with a figure, and the figure of all of them is shown."""
    draft = scanner.draft
    if not draft.wanted or draft.groups or not draft.entities or draft.sorting:
        return False
    (rows, table), shown = draft.entities[0], draft.wanted
    beside = any(scanner.at(at).text == "with" for at in range(rows, shown[0].position))
    of_others = all(wanted.function is not None and wanted.table != table for wanted in shown)
    return beside and of_others and scanner.at(rows).last_word.endswith("s")

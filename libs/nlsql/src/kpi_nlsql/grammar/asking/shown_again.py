"""Shown again: "…, and how much exactly?", "together with that amount".

An amount that groups were compared by is asked for without its name.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import Ref, Wanted
from kpi_nlsql.grammar.scanner import Scanner

_FILLING = frozenset("exactly was were is are it that they in total altogether overall the".split())  # noqa: SIM905
_COMPARED = frozenset({"compare", "between"})
_AMOUNTS = frozenset({"amount", "figure", "sum", "total", "average"})


def read(scan: Scanner) -> bool:
    """Consume the words if something was compared before; what is shown is settled at the end."""
    if _that_column(scan):
        return True
    end = _how_much(scan) or _that_amount(scan)
    if end is None or not any(term.kind in _COMPARED for term in scan.draft.terms):
        return False
    scan.again_shown.append((scan.position, end))
    scan.position = end
    return True


def complete(scan: Scanner) -> None:
    """Show the sum, or average, that was compared last before each of these."""
    for start, end in scan.again_shown:
        for ref, function in _summed(scan)[-1:]:
            scan.draft.wanted.append(Wanted(start, replace(ref, position=start), function))
            scan.take(*range(start, end))
            _show_groups(scan)


def _that_column(scan: Scanner) -> bool:
    # "the machine with the highest cost, and that cost"
    column = scan.position + 1
    measures = [sorting.ref for sorting in scan.draft.sorting if sorting.ref is not None]
    told = scan.item.text in {"that", "this"} and scan.role(column) == "column"
    if not told or not measures or scan.at(column + 1).kind != "mark":
        return False
    named = {(hit.table, hit.column) for hit in scan.at(column).column_hits()}
    best = measures[-1].hits[0]
    if (best.table, best.column) not in named:
        return False
    scan.draft.wanted.append(Wanted(column, replace(measures[-1], position=column)))
    scan.take(scan.position, column)
    scan.position = column + 1
    return True


def _summed(scan: Scanner) -> list[tuple[Ref, str]]:
    return [(term.ref, term.function) for term in scan.draft.terms if term.ref and term.function]


def _how_much(scan: Scanner) -> int | None:
    if scan.item.text != "how" or scan.at(scan.position + 1).text != "much":
        return None
    end = scan.position + 2
    while scan.at(end).last_word in _FILLING:
        end += 1
    return end if scan.at(end).kind == "mark" else None


def _that_amount(scan: Scanner) -> int | None:
    # "together with that amount", "and this average"
    end = scan.position + 2
    told = scan.item.text in {"that", "this"} and scan.at(end - 1).text in _AMOUNTS
    return end if told and scan.at(end).kind == "mark" else None


def _show_groups(scan: Scanner) -> None:
    # "Which lines …, and how much?" shows the lines, too.
    draft = scan.draft
    if any(not wanted.function for wanted in draft.wanted):
        return
    if draft.entities:
        position, table = draft.entities[0]
        draft.wanted.insert(0, Wanted(position, table=table))

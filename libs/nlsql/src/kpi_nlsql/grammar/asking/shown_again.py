"""Shown again: "…, and how much exactly?", "together with that amount", "with the total".

An amount that groups were compared by is asked for without its name.
"""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import MAIN, Term, Wanted
from kpi_nlsql.grammar.scanner import Scanner

_FILLING = frozenset("exactly was were is are it that they in total altogether overall the".split())  # noqa: SIM905
_POINTING = frozenset({"that", "this", "those", "these", "the"})
_AMOUNTS = frozenset({"amount", "amounts", "figure", "sum", "value", "total", "totals", "average"})
_ENDING = frozenset({"and", "or"})


def read(scan: Scanner) -> bool:
    """Consume the words if something was compared before; what is shown is settled at the end."""
    if _that_column(scan):
        return True
    end = _how_much(scan) or _that_amount(scan)
    if end is None or not _compared(scan):
        return False
    scan.again_shown.append((scan.position, end))
    scan.position = end
    return True


def complete(scan: Scanner) -> None:
    """Show the sum, or average, that was compared last before each of these."""
    for start, end in scan.again_shown:
        summed = [t for t in _compared(scan) if t.function and t.position < start]
        if not summed:
            continue
        term = summed[-1]
        assert term.ref is not None
        again = replace(term.ref, position=start)
        scan.draft.wanted.append(Wanted(start, again, term.function))
        scan.take(*range(start, end))
        _show_groups(scan)


def _that_column(scan: Scanner) -> bool:
    # "the machine with the highest cost, and that cost"
    column = scan.position + 1
    measures = [sorting.ref for sorting in scan.draft.sorting if sorting.ref is not None]
    told = scan.item.text in {"that", "this"} and scan.role(column) == "column"
    if not told or not measures or not _ends(scan, column + 1):
        return False
    named = {(hit.table, hit.column) for hit in scan.at(column).column_hits()}
    best = measures[-1].hits[0]
    if (best.table, best.column) not in named:
        return False
    scan.draft.wanted.append(Wanted(column, replace(measures[-1], position=column)))
    scan.take(scan.position, column)
    scan.position = column + 1
    return True


def _compared(scan: Scanner) -> list[Term]:
    terms = [term for term in scan.draft.terms if term.scope == MAIN and term.ref is not None]
    return [term for term in terms if term.kind in {"compare", "between"}]


def _how_much(scan: Scanner) -> int | None:
    text = scan.item.text
    if not (text == "how much" or (text == "how" and scan.at(scan.position + 1).text == "much")):
        return None
    end = scan.position + (1 if text == "how much" else 2)
    while scan.at(end).last_word in _FILLING:
        end += 1
    return end if _ends(scan, end) else None


def _that_amount(scan: Scanner) -> int | None:
    # "together with that amount", "with the unpaid total"
    if scan.item.text not in _POINTING and scan.item.text not in {"the total", "total"}:
        return None
    end = scan.position + 1
    if scan.item.text in _POINTING and scan.at(end).kind == "word":
        end += scan.at(end).text not in _AMOUNTS
    named = scan.item.last_word in _AMOUNTS
    if not named and scan.at(end).last_word not in _AMOUNTS:
        return None
    end += not named
    return end if _ends(scan, end) else None


def _ends(scan: Scanner, position: int) -> bool:
    item = scan.at(position)
    return item.kind == "mark" or (item.text in _ENDING and scan.role(position + 1) == "none")


def _show_groups(scan: Scanner) -> None:
    # "Which lines …, and how much?" shows the lines, too.
    draft = scan.draft
    if any(not wanted.function for wanted in draft.wanted) or draft.groups:
        return
    if draft.entities:
        position, table = draft.entities[0]
        draft.wanted.insert(0, Wanted(position, table=table))

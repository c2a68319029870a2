"""Compared counts: "at least two orders", "more than 5 points" — what stands behind the number."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Term, TermKind, chosen_ref
from kpi_nlsql.english.row_words import ROW_STEMS
from kpi_nlsql.english.words import stem
from kpi_nlsql.grammar.asking.implied_columns import IMPLIED, implied_column
from kpi_nlsql.grammar.conditions import undone
from kpi_nlsql.grammar.conditions.repetition import repeated
from kpi_nlsql.grammar.conditions.totals import amount_of
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plans.plan import Operator

_LEVELS = frozenset({"available", "left", "remaining"})
_TIMES = frozenset({"dates", "days", "times", "years"})
_DETERMINERS = frozenset({"the", "these", "those", "our", "its", "their", "all", "all the"})
_EMPTY_ADJECTIVES = ("corresponding", "associated", "related", "such")


def unit_skipped(scan: Scanner, position: int) -> int:
    """Return where what is counted stands, behind words that only lead to it."""
    while scan.at(position).is_cue("distinct") or scan.at(position).is_cue("all"):
        position += 1
    told = scan.at(position).text == "of" and scan.at(position + 1).text not in _DETERMINERS
    if told and scan.at(position - 1).kind == "number":
        return position  # "invoices over 10000 of German vendors" counts none
    while scan.at(position).text in {"of", "the", *_EMPTY_ADJECTIVES}:
        scan.take(position)
        position += 1
    if scan.unknown(position) and scan.role(position + 1) == "table":
        _state(scan, position)
        position += 1
    return position


def _state(scan: Scanner, position: int) -> None:
    """Read what a word says of the rows counted: "more than 5 unpaid invoices"."""
    start, scan.position = scan.position, position
    if not undone.un(scan) and not scan.item.text.startswith("un"):
        scan.take(position)  # "3 unpaid invoices" of which none is known to be paid are doubtful
    scan.position = start


def enumerates(scan: Scanner, following: int) -> bool:
    """Tell whether what stands behind the number is counted or measured by it."""
    if _says_when(scan, following):
        return False
    table = scan.role(following) == "table" and not scan.modifies(following)
    if scan.at(following).text in {"time", "times"}:
        return True
    fresh = scan.pending is not None and all(
        term.ref is not scan.pending for term in scan.draft.terms
    )
    told = scan.at(following).last_word in _TIMES or not fresh
    if scan.role(following) == "column" and told:
        return True  # "attendance recorded on at least three dates" counts the dates
    table = table or (scan.role(following) == "value" and not scan.in_where)
    return table or scan.pending is None or not (scan.in_where or scan.role(following) == "none")


def _says_when(scan: Scanner, position: int) -> bool:
    # "invoices over 50 dated before May": the verb leads on to a date, and nothing is counted.
    if scan.role(position) != "column" or not scan.participle(position):
        return False
    return any(scan.at(position + 1).is_cue(cue) for cue in ("before", "after", "between")) or (
        scan.at(position + 1).text in {"in", "on", "during", "since"}
    )


def counts_groups(scan: Scanner, operator: Operator, number: float, behind: int) -> bool:
    """Compare how many rows each group has: "runs per type, only types with more than 20"."""
    draft = scan.draft
    counted = [wanted for wanted in draft.wanted if wanted.function == "count" and wanted.table]
    rows = counted and scan.mentions(behind, counted[0].table)
    behind += bool(rows or stem(scan.at(behind).text) in ROW_STEMS)
    end = scan.at(behind)
    last = draft.groups[-1] if draft.groups else None
    ends = end.text == "" or end.kind == "mark" or end.is_cue("order")
    if last is None or len(counted) != 1 or len(draft.wanted) > 1 or not ends:
        return False
    between = [scan.at(at) for at in range(last.position + 1, scan.position)]
    named = [item for item in between if item.kind == "mention"]
    again = scan.at(last.position).column_hits()[:1]
    if any(item.column_hits()[:1] != again for item in named):
        return False
    draft.terms.append(
        Term("count", scan.position, None, operator, (number,), table=counted[0].table)
    )
    scan.take(*range(last.position + 1, behind))
    scan.position = behind
    return True


def counts_existing(scan: Scanner, operator: Operator, literal: str | float, position: int) -> bool:
    """Count the rows just said to exist: "have student enrolments of more than 2"."""
    before = scan.draft.terms[-1].position if scan.draft.terms else -1
    told = [term for term in scan.draft.terms if term.ref is None or not term.ref.implied]
    last = told[-1] if told else None  # "invoices in 2024 over 900"
    if last is None or last.kind != "exists" or scan.position - before > 2:
        return False
    timed = scan.item.is_cue("after") or scan.item.is_cue("before")
    if not timed and _is_amount(scan, last):  # "ordered since 2023" tells no amount
        return False
    implied = implied_column(scan, position - 1) if _says_column(scan) else None
    if implied is not None and any(hit.table == last.table for hit in implied.hits):
        return False
    last.kind, last.operator, last.values = "count", operator, (literal,)
    scan.position = position + 1
    return True


def _is_amount(scan: Scanner, rows: Term) -> bool:
    """Compare the amount of rows that have one: "customers with invoices over 900"."""
    table = scan.sentence.graph.table(rows.table) if rows.table else None
    amount = amount_of(table) if table is not None else None
    if table is None or amount is None:
        return False
    if (table.name, amount) in scan.sentence.graph.references:
        return False
    scan.pending = chosen_ref(rows.position, table.name, amount)
    total = rows.position - 1
    if scan.at(total).argument("aggregate") == "sum":
        scan.pending_function = "sum"  # "with total invoices over 900"
        scan.take(total)
    return True


def _says_column(scan: Scanner) -> bool:
    item = scan.item
    return item.text in IMPLIED or item.is_cue("after") or item.is_cue("before")


def counts_rows(scan: Scanner, operator: Operator, literal: str | float, following: int) -> bool:
    """Read "more than 5 orders", which counts, or "more than 5 points", which compares numbers."""
    role = scan.role(following)
    if scan.at(following).text in {"time", "times"}:
        repeated(scan, operator, literal)
        scan.take(following)
        scan.position = following + 1
        return True
    if role == "table" and not scan.modifies(following):
        table = scan.table(following)
        scan.add(
            Term("count", following, _apart(scan, following), operator, (literal,), table=table)
        )
    elif scan.subject(following) is not None:
        scan.add(Term("count", following, None, operator, (literal,)))
    elif role == "column":
        ref = scan.ref(following)
        family = _family(scan, ref)
        kind: TermKind = "compare" if family == "number" else "count"
        if ref.near is None:
            ref.near = scan.last_table()
        summed = kind == "compare" and not _of_one_row(scan, ref, following)
        scan.add(Term(kind, following, ref, operator, (literal,), summed=summed))
    elif role == "value" and _described(scan, operator, literal, scan.head(following)):
        scan.skipped.add(scan.head(following))
        scan.position = following
        return True
    elif role == "value" and (scan.pending is None or not scan.in_where):
        scan.add(Term("count", following - 1, None, operator, (literal,)))
        scan.position = following
        return True
    else:
        return False
    scan.take(following)
    scan.position = following + 1
    return True


def _described(scan: Scanner, operator: Operator, literal: str | float, noun: int) -> bool:
    """Compare what values describe: "3 open accounts" by number, "20 approved days" added up."""
    ref = scan.ref(noun) if scan.role(noun) == "column" else None
    if scan.role(noun) == "table":
        scan.add(Term("count", noun, None, operator, (literal,), table=scan.table(noun)))
    elif ref is not None and scan.measures(ref):
        summed = not _of_one_row(scan, ref, noun)
        scan.add(Term("compare", noun, ref, operator, (literal,), summed=summed))
    else:
        return False
    scan.take(noun)
    return True


def _apart(scan: Scanner, position: int) -> Ref | None:
    """Return the key by which rows are told apart: "offered by more than 3 different sellers"."""
    table = scan.sentence.graph.table(scan.table(position))
    apart = scan.at(position - 1).is_cue("distinct") and len(table.primary_key) == 1
    return chosen_ref(position, table.name, table.primary_key[0]) if apart else None


def _of_one_row(scan: Scanner, ref: Ref, position: int) -> bool:
    # "beers with a delivery of more than 90 kegs" have them in one delivery
    table = ref.hits[0].table
    told = any(scan.mentions(at, table) for at in range(position))
    return told or scan.negate or bool(_LEVELS & set(scan.at(position).text.split()))


def _family(scan: Scanner, ref: Ref) -> str:
    best = ref.hits[0]
    if best.column is None:
        return "other"
    name = best.column.lower()
    if name.endswith("id"):
        return "text"
    column = scan.column_of(best)
    return "number" if column.measures else column.family

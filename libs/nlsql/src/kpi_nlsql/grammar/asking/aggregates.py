"""Aggregates: "average price", "minimum, average and maximum age", "total amount"."""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.drafting.draft import SIGNS, Wanted, chosen_ref
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.grammar.conditions import totals, values_read
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.schema.amounts import adds_up, main_amount, money_amount, names_rows
from kpi_nlsql.schema.graph import Table

_MONEY = frozenset(
    stems("payment fine fee charge sale expense cost revenue receipt deposit donation premium")
)
_COMPARED = ("compare", "between", "average_of_all", "below_average")
_JOINERS = frozenset({"and", ",", "as", "well", "the", "of", "or"})


def read(scan: Scanner) -> bool:
    """Consume one or several aggregate functions and the columns they apply to."""
    if function_at(scan, scan.position) is None:
        return False
    functions, position = _functions(scan)
    position = scan.skip(position)
    if scan.at(position).is_cue("distinct"):
        position = scan.skip(position + 1)
    position = _past_states(scan, position)
    if scan.role(position) == "table" and scan.role(position + 1) == "column":
        scan.take(position)
        position += 1
    position = _past_names(scan, position, functions)
    if scan.role(position) != "column":
        if scan.role(position) == "table" and len(functions) == 1:
            return _total_of_rows(scan, position, functions[0])
        if functions == ["sum"] and (_worth(scan, position) or _described(scan, position)):
            return True
        if _said_before(scan, functions[0]):
            scan.take(scan.position)
        totals.shown(scan, functions)
        scan.position += 1
        return True
    scan.take(*range(scan.position, position + 1))
    if scan.in_where and not _shown_of_groups(scan, position):
        scan.pending, scan.pending_function = scan.ref(position), functions[0]
        scan.pending_table = None
        scan.position = position + 1
        return True
    _outputs(scan, functions, position)
    return True


def _worth(scan: Scanner, position: int) -> bool:
    # "total value of disputed settlements": their money, if one column tells it.
    if scan.in_where or scan.draft.wanted or scan.at(position).text not in totals.MONEY:
        return False
    ref = totals.worth(scan, position)
    if ref is None:
        scan.draft.note("unmeasured")
        return False
    scan.draft.wanted.append(Wanted(position, ref, "sum"))
    scan.take(scan.position, position)
    scan.position = position + 1
    return True


def _past_states(scan: Scanner, position: int) -> int:
    # "the sum of unpaid amounts": of the rows in this state.
    behind = scan.head(position)
    behind += scan.role(behind) == "table"
    if behind == position or scan.in_where or scan.role(behind) != "column":
        return position
    if not scan.measures(scan.ref(behind)):
        return position
    start, scan.position = scan.position, position
    while scan.role(scan.position) == "value" and values_read.read(scan):
        continue
    position, scan.position = scan.position, start
    scan.in_where, scan.pending = False, None
    return position


def _past_names(scan: Scanner, position: int, functions: list[str]) -> int:
    # "total award amount", where an award has a number: numbers that name are not added up.
    while (
        {"sum", "avg"} & set(functions)
        and scan.role(position) == scan.role(position + 1) == "column"
        and not scan.measures(scan.ref(position))
        and scan.measures(scan.ref(position + 1))
    ):
        scan.take(position)
        position += 1
    return position


def _shown_of_groups(scan: Scanner, column: int) -> bool:
    # "codes with more than 30 claims and their average amount": shown, not compared; so is
    # "number of agents whose team is Beta and their total rate".
    before = scan.at(scan.position - 1)
    if scan.at(scan.position - 1).text in {"their", "its", "the"}:
        before = scan.at(scan.position - 2)
    grouped = any(term.kind == "count" or term.function for term in scan.draft.terms)
    after, counted = scan.at(column + 1), any(w.function for w in scan.draft.wanted)
    ends = after.text in {"", "and", "by"} or after.kind == "mark" or after.is_cue("group")
    grouped = grouped or (counted and ends and scan.measures(scan.ref(column)))
    joined = before.text in {"and", ",", "with"} or before.is_cue("relative")
    behind = range(column + 1, column + 4)
    compared = any(scan.at(at).is_cue(kind) for at in behind for kind in _COMPARED)
    if not grouped or not joined or compared:
        return False
    scan.in_where = False
    return True


def _said_before(scan: Scanner, function: str) -> bool:
    # "… and the total cost, where the total is above 30000": the one that is shown.
    shown = [
        wanted
        for wanted in scan.draft.wanted
        if wanted.ref and (wanted.function == function or scan.measures(wanted.ref))
    ]
    if not scan.in_where or not shown or not _is_compared(scan, scan.position + 1):
        return False
    ref = shown[-1].ref
    assert ref is not None
    scan.pending, scan.pending_function, scan.pending_table = replace(ref), function, None
    return True


def _is_compared(scan: Scanner, position: int) -> bool:
    item = scan.at(scan.skip(position))
    return item.is_cue("compare") or item.is_cue("between")


def _total_of_rows(scan: Scanner, position: int, function: str) -> bool:
    # "total payments received", "average yield": of the one amount that the rows have.
    table = scan.sentence.graph.table(scan.table(position))
    if scan.in_where or scan.draft.wanted:
        return False
    mass = not scan.at(position).text.endswith("s")
    own = _amount_called_so(scan, position, table) if function == "sum" and mass else None
    if own is not None:
        amount: str | None = own  # "total depreciation" of ``depr_run`` adds its ``depr_amt`` up
    elif function == "sum":
        amount = main_amount(table)
        added = scan.item.text.startswith("sum") or scan.item.text in {"the sum of", "total of"}
        opens = added or scan.item.text in {"total", "the total"}
        money = stem(scan.at(position).text.split()[-1]) in _MONEY
        told = (opens and money) or (added and money_amount(table) is not None)
        if amount is None or not told or not adds_up(table.column(amount)):
            return False  # "total orders" are counted as likely as added up
    else:
        amount = _called_so(scan, position, table)
    if amount is None:
        return False
    ref = chosen_ref(position, table.name, amount)
    scan.draft.wanted.append(Wanted(position, ref, function))
    scan.take(scan.position, position)
    scan.position = position + 1
    return True


def _described(scan: Scanner, position: int) -> bool:
    """Consume "the sum of" of "the sum of the open invoices"; the values are read next."""
    start, noun = scan.position, scan.head(position)
    if noun == position or scan.role(noun) != "table" or not _total_of_rows(scan, noun, "sum"):
        return False
    scan.draft.entities.append((noun, scan.table(noun)))
    scan.skipped.add(noun)
    scan.position = start + 1
    return True


def _amount_called_so(scan: Scanner, position: int, table: Table) -> str | None:
    """Return the one amount of the table that adds up and is called after the noun, if any."""
    word = stem(scan.at(position).last_word)
    named = [
        column.name
        for column in table.columns
        if any(stems(name)[:1] == (word,) for name in column.display_names) and adds_up(column)
    ]
    return named[0] if len(named) == 1 else None


def _called_so(scan: Scanner, position: int, table: Table) -> str | None:
    """Return the table's amount that is called like its rows ("yield", ``YIELD_PCT``), or any."""
    word = stem(scan.at(position).last_word)
    named = [
        column.name
        for column in table.columns
        if column.family == "number" and word in stems(column.name) and not names_rows(column)
    ]
    return named[0] if len(named) == 1 else main_amount(table)


def _outputs(scan: Scanner, functions: list[str], position: int) -> None:
    for function in functions:
        scan.draft.wanted.append(Wanted(position, scan.ref(position), function))
    scan.position = position + 1
    while (further := _further(scan, scan.position)) is not None:
        for function in functions:
            scan.draft.wanted.append(Wanted(further, scan.ref(further), function))
        scan.take(further)
        scan.position = further + 1


def function_at(scan: Scanner, position: int) -> str | None:
    """Return the aggregate function named at a position, if any."""
    item = scan.at(position)
    function = item.argument("aggregate")
    if item.is_cue("superlative") and item.text.endswith("number of"):
        function = {"ma": "max", "mi": "min"}.get(item.text.removeprefix("the ")[:2], "")
    return None if not function or item.is_cue("count") else function


def _functions(scan: Scanner) -> tuple[list[str], int]:
    functions: list[str] = []
    position = scan.position
    while position < len(scan.items):
        function = function_at(scan, position)
        if function:
            functions.append(function)
        elif scan.at(position).is_cue("count") and functions:
            column = scan.skip(position + 1)
            if scan.role(column) != "column" or not scan.measures(scan.ref(column)):
                break
        elif scan.at(position).text not in _JOINERS:
            break
        position += 1
    return functions, position


def _further(scan: Scanner, position: int) -> int | None:
    """Return the next column of a list ("average age and weight") that takes the same functions."""
    if scan.at(position).text not in {"and", ","}:
        return None
    position += 1
    if scan.at(position).text == "and":
        position += 1
    if scan.at(position).text == "the" or scan.role(position) != "column":
        return None
    if scan.at(position + 1).text in SIGNS:
        return None  # "total cost, labour plus parts"
    column = scan.column_of(scan.at(position).column_hits()[0])
    return position if column.family == "number" else None

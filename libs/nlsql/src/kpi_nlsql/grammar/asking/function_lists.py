"""Function lists: "average and largest refund", "the average, the lowest and the highest rate".

Beside a function, "highest" and "lowest" ask for amounts, too, and not for rows.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from kpi_nlsql.drafting.draft import Ref, Wanted, chosen_ref
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.schema.amounts import main_amount

_BETWEEN = frozenset({"and", "the", ",", "or", "as", "well"})
_ENDS = {"high": "max", "low": "min"}
_AMOUNTS = {"most": "max", "fewest": "min"}
_AMOUNT = "amount of"
_COUNTS = "number of"


def read(scan: Scanner) -> bool:
    """Consume several functions and the amount that they are asked of."""
    functions, position = _functions(scan)
    if scan.in_where or len(functions) < 2:
        return False
    position = scan.skip(position)
    column = scan.head(position)  # "the highest and the lowest SAT score"
    if scan.role(column) == "table" and scan.role(column + 1) == "column":
        column += 1
    superlative = any(scan.at(at).argument("superlative") for at in range(scan.position, position))
    if column == position and scan.role(column) == "column" and not superlative:
        return False  # read with what further columns they are asked of
    ref = _amount(scan, column)
    if ref is None:
        return False
    for function in functions:
        scan.draft.wanted.append(Wanted(column, ref(), function))
    _leave(scan, position, column)
    return True


def _functions(scan: Scanner) -> tuple[list[str], int]:
    """Return the functions that stand in a row, and the position behind them."""
    functions: list[str] = []
    position, end = scan.position, -1
    while position < len(scan.items):
        function = _function(scan, position)
        if function is not None and position == end and scan.at(end - 1).is_cue("superlative"):
            return [], position  # "the highest total" is one of several totals
        if function is not None:
            functions.append(function)
            end = position + 1
        elif scan.at(position).text not in _BETWEEN or not functions:
            break
        position += 1
    return list(dict.fromkeys(functions)), end


def _function(scan: Scanner, position: int) -> str | None:
    item = scan.at(position)
    if item.is_cue("count") or item.text.endswith(_COUNTS):
        return None
    end = item.argument("superlative")
    if end in _AMOUNTS and not item.text.endswith(_AMOUNT):
        return None
    return item.argument("aggregate") or _ENDS.get(end) or _AMOUNTS.get(end)


def _amount(scan: Scanner, position: int) -> Callable[[], Ref] | None:
    """Return what makes references to the column named, or to the one amount of rows named."""
    if scan.role(position) == "column":
        return partial(scan.ref, position)
    if scan.role(position) != "table":
        return None
    table = scan.sentence.graph.table(scan.table(position))
    amount = main_amount(table)
    return None if amount is None else partial(chosen_ref, position, table.name, amount)


def _leave(scan: Scanner, values: int, column: int) -> None:
    """Go on with the values before the column, which say what rows are meant."""
    told = [at for at in range(values, column) if scan.role(at) == "value"]
    scan.take(*(at for at in range(scan.position, column + 1) if at not in told))
    scan.skipped |= set(range(values, column + 1)) - set(told)
    scan.position = told[0] if told else column + 1

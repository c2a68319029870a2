"""Comparisons: "more than 5", "at least two orders", "between 1 and 9", "after 2010"."""

from __future__ import annotations

from typing import cast

from kpi_nlsql.cues import FUNCTION_WORDS
from kpi_nlsql.draft import Ref, Term, TermKind
from kpi_nlsql.grammar.implied_columns import IMPLIED, TIME, implied_column
from kpi_nlsql.grammar.repetition import repeated
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.plan import Operator

_EMPTY_ADJECTIVES = ("corresponding", "associated", "related", "such")
_COMPARATIVES: dict[str, Operator] = {
    "more": ">", "higher": ">", "greater": ">", "larger": ">", "longer": ">",
    "fewer": "<", "less": "<", "lower": "<", "smaller": "<", "shorter": "<",
}  # fmt: skip


def read(scan: Scanner) -> bool:
    """Consume a comparison, with its subject and the value compared with."""
    item = scan.item
    if item.is_cue("between"):
        return _between(scan)
    if item.is_cue("average_of_all") or item.is_cue("below_average"):
        return _average(scan)
    operator = _operator(scan)
    if operator is None:
        return _trailing(scan) or _split(scan)
    position = scan.skip(scan.position + 1)
    if scan.role(position) == "column" and scan.at(position + 1).number is not None:
        scan.pending, scan.pending_function = scan.ref(position), None
        scan.take(position)
        position += 1
    value = scan.at(position)
    number = value.number
    if number is None and value.kind != "quoted" and not value.values:
        return _nested(scan, operator, position)
    scan.take(scan.position, position)
    literal = (
        number if number is not None else value.values[0].value if value.values else value.text
    )
    following = _unit_skipped(scan, position + 1)
    if number is not None and scan.pending_function is None:
        if _enumerates(scan, following) and _counts(scan, operator, literal, following):
            return True
        if scan.pending is None and _counts_existing(scan, operator, literal, position):
            return True
    return _with_subject(scan, operator, literal, position)


def _operator(scan: Scanner) -> Operator | None:
    item = scan.item
    if item.is_cue("compare"):
        return cast("Operator", item.argument("compare"))
    if item.is_cue("after") or item.is_cue("older"):
        return ">"
    if item.is_cue("before") or item.is_cue("younger"):
        return "<"
    return None


def _unit_skipped(scan: Scanner, position: int) -> int:
    while scan.at(position).is_cue("distinct") or scan.at(position).is_cue("all"):
        position += 1
    if scan.at(position).text in {"of", "the", *_EMPTY_ADJECTIVES}:
        scan.take(position)
        position += 1
    described = scan.at(position).kind == "word" and scan.at(position).text not in FUNCTION_WORDS
    if described and scan.role(position + 1) == "table":
        scan.take(position)
        position += 1
    return position


def _enumerates(scan: Scanner, following: int) -> bool:
    """Tell whether what stands behind the number is counted or measured by it."""
    table = scan.role(following) == "table" and not scan.modifies(following)
    if scan.at(following).text in {"time", "times"}:
        return True
    fresh = scan.pending is not None and all(
        term.ref is not scan.pending for term in scan.draft.terms
    )
    if scan.role(following) == "column" and not fresh:
        return True
    table = table or (scan.role(following) == "value" and not scan.in_where)
    return table or scan.pending is None or not (scan.in_where or scan.role(following) == "none")


def _says_column(scan: Scanner) -> bool:
    item = scan.item
    return item.text in IMPLIED or item.is_cue("after") or item.is_cue("before")


def _counts_existing(
    scan: Scanner, operator: Operator, literal: str | float, position: int
) -> bool:
    # "have student enrolments of more than 2": the table stands before the comparison.
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "exists" or scan.position - last.position > 2:
        return False
    implied = implied_column(scan, position - 1) if _says_column(scan) else None
    if implied is not None and any(hit.table == last.table for hit in implied.hits):
        return False
    last.kind, last.operator, last.values = "count", operator, (literal,)
    scan.position = position + 1
    return True


def _counts(scan: Scanner, operator: Operator, literal: str | float, following: int) -> bool:
    # "more than 5 orders" counts rows; "more than 5 points" compares a column of numbers.
    role = scan.role(following)
    if scan.at(following).text in {"time", "times"}:
        repeated(scan, operator, literal)
        scan.take(following)
        scan.position = following + 1
        return True
    if role == "table" and not scan.modifies(following):
        scan.add(Term("count", following, None, operator, (literal,), table=scan.table(following)))
    elif scan.subject(following) is not None:
        scan.add(Term("count", following, None, operator, (literal,)))
    elif role == "column":
        ref = scan.ref(following)
        family = _family(scan, ref)
        kind: TermKind = "compare" if family == "number" else "count"
        if ref.near is None:
            ref.near = scan.last_table()
        scan.add(Term(kind, following, ref, operator, (literal,)))
    elif role == "value" and (scan.pending is None or not scan.in_where):
        scan.add(Term("count", following - 1, None, operator, (literal,)))
        scan.position = following
        return True
    else:
        return False
    scan.take(following)
    scan.position = following + 1
    return True


def _family(scan: Scanner, ref: Ref) -> str:
    best = ref.hits[0]
    if best.column is None:
        return "other"
    name = best.column.lower()
    if name.endswith("id"):
        return "text"
    column = scan.sentence.graph.table(best.table).column(best.column)
    return "number" if column.measures else column.family


def _with_subject(scan: Scanner, operator: Operator, literal: str | float, position: int) -> bool:
    scan.position = position + 1
    if scan.at(scan.position).is_cue("compare") and scan.at(scan.position).text.startswith("or "):
        scan.position += 1
    ref, function, table = scan.pending, scan.pending_function, scan.pending_table
    if ref is None and function is None:
        ref = implied_column(scan, position - 1)
    if ref is None and function is None:
        return True
    scan.not_output(ref)
    if ref is not None and function is None and _contradicts(scan, ref, operator, literal):
        scan.open_scope(negative=False)
    if function == "count":
        scan.add(Term("count", position, ref, operator, (literal,), table=table))
    else:
        scan.add(Term("compare", position, ref, operator, (literal,), function=function))
    _or(scan, position)
    return True


def _contradicts(scan: Scanner, ref: Ref, operator: Operator, literal: str | float) -> bool:
    # "older than 60 and younger than 20" cannot hold of one row: two rows are meant.
    last = scan.draft.terms[-1] if scan.draft.terms else None
    if last is None or last.kind != "compare" or last.ref is None or last.scope != scan.scope:
        return False
    between = {scan.items[i].text for i in range(last.position + 1, scan.position)}
    if "or" in between or last.ref.hits[:1] != ref.hits[:1]:
        return False
    low, high = last.values[0], literal
    if isinstance(low, str) or isinstance(high, str):
        return False
    if last.operator[0] == ">" and operator[0] == "<":
        return low >= high
    return last.operator[0] == "<" and operator[0] == ">" and low <= high


def _or(scan: Scanner, position: int) -> None:
    # "below 3 or above 9" is either.
    if len(scan.draft.terms) < 2:
        return
    previous = scan.draft.terms[-2]
    between = range(previous.position + 1, position)
    if any(scan.items[i].text in {"or", "either"} for i in between) and previous.kind in {
        "compare", "value", "between",
    }:  # fmt: skip
        scan.draft.terms[-1].joined_by_or = True


def _trailing(scan: Scanner) -> bool:
    # "5 or more orders", "30 or older": the number stands first.
    number = scan.item.number
    after = scan.at(scan.position + 1)
    if number is None or not after.is_cue("compare") or not after.text.startswith("or "):
        return False
    operator = cast("Operator", after.argument("compare"))
    scan.take(scan.position, scan.position + 1)
    following = _unit_skipped(scan, scan.position + 2)
    counts = scan.pending_function is None and _enumerates(scan, following)
    if counts and _counts(scan, operator, number, following):
        return True
    return _with_subject(scan, operator, number, scan.position + 1)


def _split(scan: Scanner) -> bool:
    # "more total passengers than 1000": the measure stands inside the comparison.
    operator = _COMPARATIVES.get(scan.item.text)
    column = scan.skip(scan.position + 1)
    if operator is None or scan.role(column) not in {"column", "table"}:
        return False
    number = scan.at(column + 2)
    if scan.at(column + 1).text != "than" or number.number is None:
        return False
    scan.take(scan.position, column + 2)
    _counts(scan, operator, number.number, column)
    scan.position = column + 3
    return True


def _between(scan: Scanner) -> bool:
    low_at = scan.skip(scan.position + 1)
    low, high_at = scan.at(low_at), low_at + 2
    high = scan.at(high_at)
    values = [_bound(scan, low_at), _bound(scan, high_at)]
    if None in values or scan.at(low_at + 1).text not in {"and", "to"} or high is low:
        return False
    ref = scan.pending
    if ref is None:
        ref = scan.implied(scan.position, TIME, scan.entity())
    following = high_at + 1
    if scan.role(following) == "column" and scan.pending is None:
        ref = scan.ref(following)
        scan.take(following)
    if ref is None and scan.pending_function is None:
        return False
    bounds = cast("tuple[str | int | float, ...]", tuple(values))
    scan.not_output(ref)
    term = Term("between", scan.position, ref, values=bounds, function=scan.pending_function)
    scan.take(scan.position, low_at, high_at)
    scan.add(term)
    scan.position = high_at + 1
    return True


def _bound(scan: Scanner, position: int) -> str | int | float | None:
    item = scan.at(position)
    if item.number is not None:
        return item.number
    if item.kind == "quoted" or item.values:
        return item.values[0].value if item.values else item.text
    return None


def _average(scan: Scanner) -> bool:
    operator: Operator = ">" if scan.item.is_cue("average_of_all") else "<"
    position = scan.skip(scan.position + 1)
    ref = scan.ref(position) if scan.role(position) == "column" else scan.pending
    if ref is None:
        ref = implied_column(scan, scan.position)
    if ref is None:
        return False
    scan.take(scan.position)
    scan.position += 1
    if scan.role(position) == "column":
        scan.take(position)
        scan.position = position + 1
    scan.add(Term("compare", position, ref, operator, against="average"))
    return True


def _nested(scan: Scanner, operator: Operator, position: int) -> bool:
    # "more than the average price", "greater than the maximum …".
    function = scan.at(position).argument("aggregate")
    if function not in {"avg", "min", "max"}:
        return False
    column = scan.skip(position + 1)
    if scan.at(column).is_cue("count"):
        column = scan.skip(column + 1)
    ref = scan.ref(column) if scan.role(column) == "column" else None
    subject = scan.pending or ref
    if subject is None:
        subject = implied_column(scan, scan.position)
    if subject is None:
        return False
    term = Term("compare", scan.position, subject, operator, against="average", other=ref)
    term.function = None
    term.values = (function,)
    scan.take(scan.position, position)
    if ref is not None:
        scan.take(column)
        position = column
    scan.add(term)
    scan.position = position + 1
    return True

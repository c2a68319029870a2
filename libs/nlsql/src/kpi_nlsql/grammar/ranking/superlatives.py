"""Superlatives: "the highest price", "the oldest student", "the most orders", "top 3 … by …"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Ref, Sorting, Wanted
from kpi_nlsql.grammar.asking.aggregates import function_at
from kpi_nlsql.grammar.asking.counting import counted
from kpi_nlsql.grammar.conditions import totals
from kpi_nlsql.grammar.conditions.text_search import is_span
from kpi_nlsql.grammar.ranking import ranked_rows, rankings
from kpi_nlsql.grammar.ranking.first_or_last import asks_extreme
from kpi_nlsql.grammar.ranking.latest_done import latest_done
from kpi_nlsql.grammar.ranking.measured_by import (
    by_amount,
    from_oldest,
    implied_measure,
    measured_behind,
)
from kpi_nlsql.grammar.ranking.most_common import common, limit_beside, sort
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.walking import skip_words

_TIMED = frozenset({"youngest", "oldest", "earliest", "latest"})
_OF_ANYTHING = frozenset(
    "highest lowest largest biggest smallest longest shortest best worst".split()  # noqa: SIM905
)


def read(scan: Scanner) -> bool:
    """Consume a superlative and what it is measured by."""
    item = scan.item
    if item.is_cue("common"):
        return common(scan)
    if not item.is_cue("superlative") or _in_list_of_functions(scan):
        return False
    if is_span(scan):
        return False
    kind = item.argument("superlative")
    if item.text in {"first", "last"} and not asks_extreme(scan):
        return False
    limit = limit_beside(scan)
    if kind in {"most", "fewest"}:
        return _most(scan, kind == "most", limit)
    return _highest(scan, kind == "high", limit)


def _in_list_of_functions(scan: Scanner) -> bool:
    # "minimum, average and maximum price" are aggregates, not superlatives.
    if not scan.item.is_cue("aggregate"):
        return False
    position = skip_words(scan.items, scan.position + 1, {",", "and", "the", "or"})
    return position > scan.position + 1 and function_at(scan, position) is not None


def _most(scan: Scanner, descending: bool, limit: int) -> bool:
    start = scan.position
    position, _ = counted(scan, start + 1)
    if scan.at(position).number is not None:
        position, _ = counted(scan, position + 1)
    if ranked_rows.amount_of_rows(scan, position, descending):
        return True
    if _most_described(scan, position, descending, limit):
        return True
    role = scan.role(position)
    scan.take(start)
    scan.position = start + 1
    if (money := totals.money(scan, position)) is not None:
        sort(scan, Sorting(start, money, "sum", None, descending), limit)
        scan.position = position + 1 + (scan.role(position) == "table")
        return True
    if (rows := ranked_rows.most_rows(scan, position, start, descending)) is not None:
        scan.take(position)
        scan.position = position + 1
        sort(scan, rows, limit)
        return True
    if role == "table":
        scan.take(position)
        position += 1
        role = "column"
    if role == "column":
        return _most_of(scan, position, Sorting(start, None, None, None, descending), limit)
    sort(scan, Sorting(start, None, "count", None, descending), limit)
    return True


def _most_described(scan: Scanner, position: int, descending: bool, limit: int) -> bool:
    """Consume "the most" of "the most open tickets"; what is said of the tickets is read next."""
    start, noun = scan.position, position
    while scan.role(noun) == "value" or scan.unknown(noun):
        noun += 1
    described = noun > position and any(scan.role(at) == "value" for at in range(position, noun))
    if not described or scan.role(noun) != "table" or scan.role(noun + 1) == "column":
        return False
    scan.take(start, noun)
    scan.skipped.add(noun)
    scan.position = start + 1
    sort(scan, Sorting(start, None, "count", scan.table(noun), descending), limit)
    return True


def _most_of(scan: Scanner, position: int, sorting: Sorting, limit: int) -> bool:
    """Ask for the most of a column: its extreme, its sum, or how many values it has."""
    ref = sorting.ref = scan.ref(position)
    scan.take(position)
    scan.position = position + 1
    asked = scan.in_where or scan.draft.wanted or ranked_rows.has_several(scan, ref)
    if not asked and scan.measures(ref) and limit == 1:
        function = "max" if sorting.descending else "min"
        scan.draft.wanted.append(Wanted(position, ref, function))
        return True
    column = scan.column_of(ref.hits[0])
    sorting.summed = column.family == "number" and not column.name.lower().endswith("id")
    sorting.function = None if sorting.summed else "count"
    sort(scan, sorting, limit)
    return True


def _highest(scan: Scanner, descending: bool, limit: int) -> bool:
    start = scan.position
    position = scan.skip(start + 1)
    if scan.at(position).number is not None:
        position = scan.skip(position + 1)
    if scan.at(position).is_cue("superlative") and scan.at(start).text.endswith("top"):
        scan.take(start)
        scan.position = position
        return _highest(scan, scan.at(position).argument("superlative") == "high", limit)
    read_before = latest_done(scan, position, descending, limit)
    if read_before or rankings.read(scan, position, descending, limit):
        return True
    if scan.head(position) > position:
        return _of_described(scan, position, descending, limit)
    if (total := totals.total_of(scan, position)) is not None:  # "the highest invoice total"
        scan.take(start, position, position + 1)
        scan.position = position + 2
        sort(scan, Sorting(start, total, "sum", None, descending), limit)
        return True
    function = None
    if scan.at(position).is_cue("aggregate"):
        function = scan.at(position).argument("aggregate")
        scan.take(position)
        position = scan.skip(position + 1)
    if scan.at(position).is_cue("count"):
        scan.take(position)
        scan.position = position
        return _most(scan, descending, limit)
    deed = scan.participle(position + 1) and measured_behind(scan, position) is not None
    if scan.role(position) == "table" and scan.role(position + 1) == "column" and not deed:
        scan.take(position)
        position += 1
    elif _total_of_rows(scan, position, Sorting(start, None, function, None, descending), limit):
        return True
    return _highest_of(scan, position, descending, limit, function)


def _of_described(scan: Scanner, position: int, descending: bool, limit: int) -> bool:
    """Consume "the highest" of "the highest unpaid amount"; what is said of it is read next."""
    start, noun = scan.position, scan.head(position)
    scan.take(start)
    if scan.role(noun) == "table":
        return _adjective(scan, noun, descending, limit)
    total = totals.of_many(scan, noun)
    sort(scan, Sorting(start, scan.ref(noun), None, None, descending, summed=total), limit)
    scan.skipped.add(noun)
    scan.take(noun)
    scan.position = start + 1 + (scan.at(start + 1).number is not None)
    return True


def _highest_of(
    scan: Scanner, position: int, descending: bool, limit: int, function: str | None
) -> bool:
    start = scan.position
    if scan.at(position).kind == "word" and ranked_rows.measures(scan, position + 1):
        position += 1  # "with the highest annual revenue", where no column says it is annual
    scan.take(start)
    if scan.role(position) == "column" and scan.subject(position) is None:
        return _column(scan, position, descending, limit, function)
    if scan.role(position) == "none" and (shown := _shown(scan, function)) is not None:
        scan.position = position
        sort(scan, Sorting(start, shown.ref, function, None, descending), limit)
        return True
    return _adjective(scan, position, descending, limit)


def _total_of_rows(scan: Scanner, position: int, sorting: Sorting, limit: int) -> bool:
    """Order by what the amounts of the rows named come to: "the lowest total payments"."""
    sums = sorting.function in {"sum", "avg"}
    sorting.ref = totals.of_rows(scan, position) if sums else None
    if sorting.ref is None:
        return False
    scan.take(sorting.position, position)
    scan.position = position + 1
    sort(scan, sorting, limit)
    return True


def _shown(scan: Scanner, function: str | None) -> Wanted | None:
    """Return the aggregate shown that is spoken of again: "… with the highest total"."""
    amounts = [w for w in scan.draft.wanted if w.ref is not None and scan.measures(w.ref)]
    shown = [w for w in amounts if w.function == function] or amounts
    if function is None or len(shown) != 1 or shown[0].function not in {function, None}:
        return None
    shown[0].function = function  # "total order amount" may be a column's name
    return shown[0]


def _column(
    scan: Scanner, position: int, descending: bool, limit: int, function: str | None
) -> bool:
    ref = scan.ref(position)
    start = scan.position
    scan.take(position)
    scan.position = position + 1
    implied = implied_measure(scan, start)
    if implied is not None and _is_of_rows(scan, start, ref, implied[0]):
        scan.position = position
        sort(scan, Sorting(start, implied[0], None, None, implied[1]), limit)
        return True
    groups = {group.position for group in scan.draft.groups}
    rows = [at for at, _ in scan.draft.entities if at not in groups]
    # "for open orders, show the highest amount"
    asked = scan.at(start - 1).is_cue("show") and scan.measures(ref)
    only_output = not scan.in_where and not scan.draft.wanted and (asked or not rows)
    further = not scan.in_where or _shown_beside_count(scan, ref, position)
    after_list = further and scan.draft.wanted and scan.at(start - 1).text in {"and", ","}
    if (
        (only_output or after_list)
        and limit == 1
        and scan.at(start).text != "top"
        and function is None
    ):
        scan.draft.wanted.append(Wanted(position, ref, "max" if descending else "min"))
        return True
    total = scan.at(position).text.startswith("total ") or totals.of_many(scan, position)
    sort(scan, Sorting(start, ref, function, None, descending, summed=total), limit)
    return True


def _shown_beside_count(scan: Scanner, ref: Ref, column: int) -> bool:
    # "the number of tickets which are pending and the highest reopen count"
    counted = any(wanted.function for wanted in scan.draft.wanted)
    after = scan.at(column + 1)
    ends = after.text in {"", "and", "by"} or after.kind == "mark" or after.is_cue("group")
    return counted and ends and scan.measures(ref)


def _is_of_rows(scan: Scanner, start: int, ref: Ref, implied: Ref) -> bool:
    """Tell whether a superlative speaks of what has the column: "the five cheapest titles"."""
    if scan.at(start).text in _TIMED:
        return not ranked_rows.dates_of_groups(scan, ref)
    if scan.at(start).last_word in _OF_ANYTHING:
        return False
    column = scan.column_of(ref.hits[0])
    text = column.family == "text" and not column.dated
    return text and bool({hit.table for hit in implied.hits} & {hit.table for hit in ref.hits})


def _is_predicate(scan: Scanner, start: int) -> bool:
    # "whose price is the highest": the measure stands before the superlative.
    if scan.pending is None or scan.role(scan.skip(start + 1)) in {"table", "column"}:
        return False
    between = [scan.items[index].text for index in range(scan.pending.position + 1, start)]
    return bool(between) and set(between) <= {"is", "are", "was", "were", "the", "of", "all"}


def _adjective(scan: Scanner, position: int, descending: bool, limit: int) -> bool:
    # "the oldest student", "top 3 products by price": the measure is implied or comes later.
    start = scan.position
    scan.position = start + 1
    if scan.at(scan.position).number is not None:
        scan.position += 1
    if (by := measured_behind(scan, position)) is not None:
        scan.take(*by)
        scan.skipped |= {*by}
        ref = scan.ref(by[-1])
        descending ^= from_oldest(scan, start, ref)
        rows = scan.table(position) if scan.role(position) == "table" else None
        other = rows is not None and all(hit.table != rows for hit in ref.hits)
        function = "sum" if other and scan.measures(ref) else None
        ref.near = ref.near if other else rows
        sort(scan, Sorting(start, ref, function, None, descending), limit)
        return True
    if _is_predicate(scan, start):
        assert scan.pending is not None
        scan.not_output(scan.pending)
        sort(scan, Sorting(start, scan.pending, scan.pending_function, None, descending), limit)
        return True
    implied = implied_measure(scan, start, position) or by_amount(scan, position, descending)
    if implied is None:
        scan.draft.limit = limit
        if scan.at(start).text != "first" or limit == 1:
            scan.draft.note("unmeasured")  # "the first 10 customers" are any ten
        return True
    ref, down = implied
    sort(scan, Sorting(start, ref, None, None, down), limit)
    return True

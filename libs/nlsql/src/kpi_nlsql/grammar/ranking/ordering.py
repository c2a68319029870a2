"""Ordering: "ordered by age descending", "in alphabetical order", "from oldest to youngest"."""

from __future__ import annotations

from kpi_nlsql.drafting.draft import Sorting
from kpi_nlsql.grammar.ranking.measured_by import own_measure
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words

_DIRECTIONS = {
    "ascending": False,
    "descending": True,
    "alphabetical": False,
    "reversed_alphabetical": True,
}
COMMANDS = frozenset({"sort", "order", "rank"})
"""What a sentence begins with that asks for rows in an order."""
_AGES = {"youngest_first": False, "oldest_first": True}
_JOINERS = frozenset(
    "the of by in their and , then results result list them according to using on based".split()  # noqa: SIM905
)


def read(scan: Scanner) -> bool:
    """Consume a sort order."""
    if _sorts_by(scan):
        scan.draft.sorting.append(Sorting(scan.position, scan.ref(scan.position + 1)))
        scan.take(scan.position, scan.position + 1)
        scan.position += 2
        return True
    direction = _direction(scan, scan.position)
    if scan.position == 0 and scan.item.text in COMMANDS:
        scan.take(0)
        scan.position = 1
        return True
    if not scan.item.is_cue("order") and direction is None:
        return _by_age(scan)
    if scan.item.is_cue("order") and not _leads_on(scan):
        return False
    position, found = _keys(scan, direction)
    found = found or _by_count(scan, position) or _by_total(scan, position)
    ways = [_direction(scan, at) for at in range(scan.position, position)]
    if scan.item.text.startswith("rank") and all(way is None for way in ways):
        direction = True  # the first in a ranking has the most
    for index, sorting in enumerate(found):
        if direction is not None and index == 0 and not sorting.descending:
            sorting.descending = direction
    if not found:
        _default(scan, any(ways))
    scan.draft.sorting.extend(found)
    scan.position = position
    return True


def _sorts_by(scan: Scanner) -> bool:
    """Tell whether "by" leads to a sort key here: "rooms by rate, cheapest first".

    So it does in a sentence that begins so: "Sort the invoices in EUR by amount".
    """
    if scan.item.text != "by" or scan.role(scan.position + 1) != "column":
        return False
    if scan.at(0).text in COMMANDS and not scan.draft.sorting:
        return True
    counted = scan.draft.wanted or scan.draft.sorting
    after = scan.position + 2
    after += scan.at(after).text == ","
    return not counted and bool(scan.draft.entities) and _direction(scan, after) is not None


def _direction(scan: Scanner, position: int) -> bool | None:
    item = scan.at(position)
    return next((down for kind, down in _DIRECTIONS.items() if item.is_cue(kind)), None)


def _leads_on(scan: Scanner) -> bool:
    """Tell whether a sort key or a direction follows."""
    position = skip_words(scan.items, scan.position + 1, _JOINERS)
    item = scan.at(position)
    named = scan.role(position) in {"column", "table"}
    measured = item.is_cue("count") or item.is_cue("aggregate") or item.is_cue("superlative")
    aged = any(item.is_cue(kind) for kind in _AGES)
    return named or measured or aged or _direction(scan, position) is not None


def _keys(scan: Scanner, first: bool | None) -> tuple[int, list[Sorting]]:
    found: list[Sorting] = []
    function: str | None = None
    position = scan.position
    while position < len(scan.items):
        item = scan.items[position]
        down = _direction(scan, position)
        if down is not None:
            for sorting in found:
                sorting.descending = down
            first = down if not found and position != scan.position else first
        elif item.is_cue("count"):
            function = "count"
        elif item.is_cue("aggregate"):
            function = item.argument("aggregate")
        elif scan.role(position) == "column":
            ref = scan.ref(position)
            stored = function == "count" and scan.measures(ref)
            total = item.text.startswith("total ") and scan.measures(ref)
            function = None if stored else function
            found.append(Sorting(position, ref, function, None, bool(first), summed=total))
            function = None
        elif scan.role(position) == "table":
            if function == "count":
                table = scan.table(position)
                found.append(Sorting(position, None, "count", table, bool(first)))
                function = None
        elif not _joins(item):
            break
        scan.take(position)
        position += 1
    return position, found


def _by_count(scan: Scanner, end: int) -> list[Sorting]:
    # "order by count desc": how many rows there are in a group.
    told = range(scan.position, end)
    counts = any(wanted.function == "count" for wanted in scan.draft.wanted)
    if not (counts or scan.draft.groups) or not any(scan.at(at).is_cue("count") for at in told):
        return []
    down = any(scan.at(at).is_cue("descending") for at in told)
    return [Sorting(scan.position, None, "count", None, down)]


def _by_total(scan: Scanner, end: int) -> list[Sorting]:
    # "sorted from the highest to the lowest total": by the sum that is shown.
    told = range(scan.position, end)
    functions = {scan.at(at).argument("aggregate") for at in told} - {""}
    shown = [wanted for wanted in scan.draft.wanted if wanted.function in functions and wanted.ref]
    if len(shown) != 1:
        return []
    down = any(_direction(scan, at) for at in told)
    only = shown[0]
    return [Sorting(scan.position, only.ref, only.function, None, down, formula=only.formula)]


def _joins(item: Item) -> bool:
    return item.is_cue("order") or item.text in _JOINERS


def _default(scan: Scanner, descending: bool) -> None:
    # "in alphabetical order" without a key sorts by the last sort key or the first output.
    if scan.draft.sorting:
        scan.draft.sorting[-1].descending = descending
        return
    shown = [wanted for wanted in scan.draft.wanted if wanted.ref is not None]
    counts = any(w.function == "count" and w.ref is None for w in scan.draft.wanted)
    if counts and _speaks_of_amounts(scan):
        scan.draft.sorting.append(Sorting(scan.position, None, "count", None, descending))
        return
    amounts = [w for w in shown if w.function or (w.ref is not None and scan.measures(w.ref))]
    beside = [w for w in amounts if w.position in {scan.position - 1, scan.position - 2}]
    by_amount = amounts if _speaks_of_amounts(scan) else beside if len(shown) > 1 else []
    if not shown and _speaks_of_amounts(scan):
        _by_compared(scan, descending)
    own = None if by_amount or scan.draft.sorting else own_measure(scan, scan.position)
    if own is not None:  # "product names, cheapest first"
        scan.draft.sorting.append(Sorting(scan.position, own[0], None, None, own[1]))
        return
    for wanted in [*by_amount[-1:], *shown][:1]:
        scan.draft.sorting.append(
            Sorting(scan.position, wanted.ref, wanted.function, None, descending)
        )


def _by_compared(scan: Scanner, descending: bool) -> None:
    # "claims above 500, largest first": by the amount that was spoken of.
    compared = [term.ref for term in scan.draft.terms if term.kind in {"compare", "between"}]
    for ref in [ref for ref in compared if ref is not None and scan.measures(ref)][-1:]:
        scan.draft.sorting.append(Sorting(scan.position, ref, None, None, descending))


def _speaks_of_amounts(scan: Scanner) -> bool:
    # "from highest to lowest" speaks of amounts, "in descending order" of anything.
    words = set(scan.item.text.split())
    return bool(words & {"highest", "lowest", "largest", "smallest", "high", "low", "most", "best"})


def _by_age(scan: Scanner) -> bool:
    for kind, oldest in _AGES.items():
        if scan.item.is_cue(kind):
            ref = scan.implied(scan.position, ("age",), scan.entity())
            entity = scan.entity()
            birth = scan.implied(scan.position, ("birth",), entity)
            if birth is not None and (ref is None or all(h.table != entity for h in ref.hits)):
                ref, oldest = birth, not oldest
            if ref is None:
                return False
            scan.draft.sorting = [s for s in scan.draft.sorting if s.ref is None or s.position < 0]
            scan.draft.sorting.append(Sorting(scan.position, ref, None, None, oldest))
            scan.take(scan.position)
            scan.position += 1
            return True
    return False

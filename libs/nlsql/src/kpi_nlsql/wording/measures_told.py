"""Measures told: a unit behind a number only repeats what the column compared is measured in.

"a lead time above 70 days" is said of ``LEAD_TIME_DAYS``, and "a capacity below 900 wafers per
week" of ``WEEKLY_CAPACITY``: no days are compared and no wafers counted. Before a noun the unit
tells the column by itself: "300 mm fabs" are those with a ``WAFER_SIZE_MM`` of 300.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at
from kpi_nlsql.schema.graph import Column, Graph
from kpi_nlsql.wording.rewriting import Step, rewritten

_WITH = Item("cue", "with", 0, 0, cues=(Cue("relative"),))
_BETWEEN = frozenset("of a an the is are was were than at by to and or have has not".split())  # noqa: SIM905
_COMPARING = ("compare", "between", "not")
_FARTHEST = 7
_PER = frozenset({"per", "a", "an", "each", "every"})
_SPANS = {
    "hour": ("hourly", "hour"),
    "day": ("daily", "day"),
    "week": ("weekly", "week"),
    "month": ("monthly", "month"),
    "year": ("yearly", "annual", "year"),
}
_NAMES = 0.5
_ROWS = 0.6
_EXACT = 0.95


def measures_told(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items without units that the column's name tells, or with the column instead."""
    return rewritten(items, (partial(_of_rows, graph), partial(_repeated, graph)))


def _repeated(graph: Graph, items: Sequence[Item], position: int) -> Step | None:
    if items[position].number is None:
        return None
    columns = _compared(graph, items, position)
    unit = item_at(items, position + 1)
    if unit is None or not columns or unit.values or unit.cues:
        return None
    span = _SPANS.get(text_at(items, position + 3), ())
    if span and text_at(items, position + 2) in _PER and unit.kind in {"mention", "word"}:
        rated = any(set(stems(" ".join(span))) & set(_words(column)) for column in columns)
        return (position + 1, position + 4, []) if rated else None
    measured = unit.best_table() < _ROWS and all(_ends(column, unit) for column in columns)
    return (position + 1, position + 2, []) if measured else None


def _compared(graph: Graph, items: Sequence[Item], position: int) -> list[Column]:
    """Return the columns that are compared with the number: those a mention names best."""
    for at in range(position - 1, max(position - _FARTHEST, -1), -1):
        item = items[at]
        if item.kind == "mention":
            best = item.best_column()
            hits = [hit for hit in item.column_hits() if hit.score == best >= _NAMES]
            return [_column(graph, hit) for hit in hits] if item.best_table() < best else []
        light = item.text in _BETWEEN or item.number is not None
        if not light and not any(item.is_cue(kind) for kind in _COMPARING):
            return []
    return []


def _of_rows(graph: Graph, items: Sequence[Item], position: int) -> Step | None:
    """Put "300 mm fabs" as "fabs with wafer size 300", "four star hotels" as those with four."""
    number, unit, noun = (item_at(items, position + n) for n in range(3))
    if number is None or unit is None or noun is None or number.number is None:
        return None
    named = unit.best_column() >= _EXACT
    if unit.values or unit.best_table() >= _ROWS or (number.kind != "number" and not named):
        return None
    if named and (unit.text.endswith("s") or (position and _picks(items[position - 1]))):
        return None
    rows = {hit.table for hit in noun.table_hits() if hit.score >= _ROWS}
    if named:  # of "hotels" only the key may be called so yet
        rows |= {hit.table for hit in noun.column_hits() if hit.score >= _NAMES}
    told = [hit for hit in unit.column_hits() if hit.table in rows]
    fits = _is_called if named else _ends
    told = [hit for hit in told if fits(_column(graph, hit), unit)]
    if len(told) != 1 or (position and _compared(graph, items, position)):
        return None
    hit = told[0]
    name = _column(graph, hit).display_names[0]
    column = Item("mention", name, 0, 0, hits=(NameHit(hit.table, hit.column, 1.0),))
    amount = replace(number, kind="number", text=str(number.number), cues=())
    return position, position + 3, [noun, _WITH, column, amount]


def _column(graph: Graph, hit: NameHit) -> Column:
    return graph.table(hit.table).column(str(hit.column))


def _ends(column: Column, unit: Item) -> bool:
    """Tell whether the column is one of numbers and its name ends with the unit."""
    words = _words(column)
    return column.measures and len(words) > 1 and words[-1] == stem(unit.text)


def _is_called(column: Column, unit: Item) -> bool:
    """Tell whether the column is one of numbers that goes by the unit: ``stars``."""
    return column.measures and _words(column) == (stem(unit.text),)


def _picks(item: Item) -> bool:
    """Tell whether the number says how many are wanted: "the top five", "at least 3"."""
    return bool(item.cues) and not any(map(item.is_cue, ("show", "all", "count")))


def _words(column: Column) -> tuple[str, ...]:
    return stems(column.display_names[0])

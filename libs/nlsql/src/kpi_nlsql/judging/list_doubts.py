"""Doubts about a list of what is asked for: half of it is shown, or whole rows instead of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_nlsql.judging.held import Held
from kpi_nlsql.judging.unnamed_column import only_column
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import queries, sources
from kpi_nlsql.sentence import Sentence

NAMES = ("half_listed", "rows_for_column")
"""Every doubt made here, in a fixed order."""

_NAMED = 0.8
_FAIR = 0.6
_FULL = 0.95
_ENDS = (
    "relative", "compare", "not", "missing", "between", "group", "order", "superlative", "both",
    "also", "aggregate", "average_of_all", "below_average",
)  # fmt: skip
_PASSED_OVER = frozenset({"the", "their", "its"})


def list_doubts(sentence: Sentence, query: plan.Plan) -> dict[str, float]:
    """Return the doubts about a list of columns, by name; 0 where there is none."""
    return {
        "half_listed": float(_shows_half(sentence, query)),
        "rows_for_column": float(_shows_rows(sentence, query)),
    }


def _asked(sentence: Sentence) -> Iterator[int]:
    """Yield the positions of the words before the first condition: what is asked for."""
    for at, item in enumerate(sentence.items[:-1]):
        if at and (item.values or any(item.is_cue(kind) for kind in _ENDS)):
            return
        yield at


def _shows_half(sentence: Sentence, query: plan.Plan) -> bool:
    # "the first names and cities of the students", and only the first names are shown.
    column, items = only_column(query), sentence.items
    if column is None or not isinstance(query, plan.Query):
        return False
    shown = (query.source.table if column.source == query.source.alias else None, column.column)
    for at in _asked(sentence):
        if not at or items[at].text not in {"and", ","}:
            continue
        passed = at + 2 < len(items) and items[at + 1].text in _PASSED_OVER
        one, other = items[at - 1], items[at + 2 if passed else at + 1]
        if _may_be_columns(one, other) and not (_means(one, shown) and _means(other, shown)):
            return True
    return False


def _may_be_columns(one: Item, other: Item) -> bool:
    named = other.best_column() >= max(_FAIR, other.best_table())
    return bool(one.column_hits()) and bool(other.column_hits()) and named and not other.values


def _means(item: Item, column: tuple[str | None, str]) -> bool:
    return any((hit.table, hit.column) == column for hit in item.column_hits())


def _leaves_listed(items: Sequence[Item], held: Held) -> bool:
    """Tell whether a column listed behind "with" is left out: "matches with club names"."""
    for at, item in enumerate(items[:-1]):
        listed = items[at + 1]
        full = listed.best_column() >= _FULL and listed.best_column() > listed.best_table()
        if item.text == "with" and full and not listed.values:
            return not any(held.has(hit) for hit in listed.column_hits() if hit.score >= _NAMED)
    return False


def _shows_rows(sentence: Sentence, query: plan.Plan) -> bool:
    # "the names of all regions other than Denmark" asks for names.
    first = next(queries(query))
    shown = [output.expression for output in first.outputs]
    if len(shown) != 1 or not isinstance(shown[0], plan.Star):
        return False
    tables = {source.table for source in sources(first) if source.alias == shown[0].source}
    items = sentence.items
    if not first.where and _leaves_listed(items, Held(query)):
        return True
    return any(
        items[at + 1].text.split()[0] in {"of", "for"}
        and items[at].best_column() > items[at].best_table()
        and any(hit.table in tables and hit.score >= _NAMED for hit in items[at].column_hits())
        for at in _asked(sentence)
    )

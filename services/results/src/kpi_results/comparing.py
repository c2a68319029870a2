"""Comparing runs for the API and for their own record. Loads DuckDB and Arrow, as `reader` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from kpi_contracts.execution import Manifest
from kpi_contracts.result import Selection
from kpi_results.comparison.changes import Step, read_changes, trend
from kpi_results.comparison.compare import Comparison, compare
from kpi_results.comparison.statements import RowClass
from kpi_results.ledger import canonical
from kpi_results.rows.coercion import decimal_shape
from kpi_results.rows.columns import Column, Columns, Kind
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.errors import RowSetGone
from kpi_results.rows.pages import records
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import StoredResult
from kpi_results.selection import select
from kpi_results.wish import Question

TRIES = 3
_OPEN_PRECISION = 38  # of numbers whose source declares none
_PIECE = 8_192  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPage:
    """One page of a class. Rows of `changed` are objects of `before`, `after` and `columns`."""

    columns: Columns
    rows: Sequence[Any]
    total: int
    pages: int


@dataclass(frozen=True, slots=True)
class Compared:
    """The first run against the last, and the steps between all of them if there are more."""

    comparison: Comparison
    classes: dict[RowClass, ClassPage]
    steps: Sequence[Step]


def compare_runs(
    drilldown: Drilldown, manifests: Sequence[Manifest], question: Question
) -> Compared:
    """Compare two or more runs, the oldest first.

    Raises NotComparable, InvalidQuery, PartDamaged, BusyReading or EngineFailure.
    """
    for remaining in reversed(range(TRIES)):
        try:
            return _compare(drilldown, manifests, question)
        except RowSetGone:  # made room for in between: compute it again
            if not remaining:
                raise
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class ChosenClass:
    """The rows of a class: the result they lie in, and the view that is limited to them."""

    result: StoredResult
    selection: Selection
    query: ViewQuery


def choose_class(
    drilldown: Drilldown, manifests: Sequence[Manifest], question: Question
) -> ChosenClass:
    """Compare the first run with the last and choose rows of the one class asked for.

    Raises what `compare_runs` raises.
    """
    (row_class,) = question.classes
    before, after = (drilldown.result(manifests[place]) for place in (0, -1))
    comparison = compare(drilldown, before, after, question.key)
    result = comparison.result_of(row_class)
    chosen = select(question.wish, result.columns)
    query = replace(chosen.query, within=comparison.within(row_class))
    return ChosenClass(result, chosen.selection, query)


def natural_key(
    joined_columns: Sequence[Sequence[str]] | None, before: Columns, after: Columns
) -> list[str]:
    """Return the columns by which a KPI's rows are recognised: those it joins on.

    Empty, which stands for whole rows, unless each of them is a column of both results.
    """
    key: list[str] = []
    for names in joined_columns or ():
        shown = [name for name in names if before.named(name) and after.named(name)]
        if not shown:
            return []
        key.append(shown[0])
    return list(dict.fromkeys(key))


def _compare(drilldown: Drilldown, manifests: Sequence[Manifest], question: Question) -> Compared:
    results = [drilldown.result(manifest) for manifest in manifests]
    steps = trend(drilldown, results, question.key) if len(results) > 2 else []
    comparison = compare(drilldown, results[0], results[-1], question.key)
    pages = {name: _page(drilldown, comparison, name, question) for name in question.classes}
    return Compared(comparison, pages, steps)


def _page(
    drilldown: Drilldown, comparison: Comparison, row_class: RowClass, question: Question
) -> ClassPage:
    result = comparison.result_of(row_class)
    chosen = select(question.wish, result.columns).query
    query = replace(chosen, within=comparison.within(row_class))
    place = {"page": question.page, "page_size": question.page_size}
    found = drilldown.page(result, query, **place)
    rows: Sequence[Any] = found.records()
    if row_class == "changed":
        rows = read_changes(drilldown, comparison, chosen, **place)
    return ClassPage(columns=result.columns, rows=rows, total=found.total, pages=found.pages)


def differing_keys(
    drilldown: Drilldown, manifests: Sequence[Manifest], key: Sequence[str]
) -> Iterator[tuple[bytes, int]]:
    """Yield the key of every row that is new (with 1) or resolved (with -1), as canonical JSON.

    Of a single run every row is new. Raises what `compare_runs` raises.
    """
    results = [drilldown.result(manifest) for manifest in manifests]
    if len(results) == 1:
        yield from _keys(drilldown, results[0], ViewQuery(), key, 1)
        return
    comparison = compare(drilldown, results[0], results[1], key)
    signs: tuple[tuple[RowClass, int], ...] = (("resolved", -1), ("new", 1))
    for row_class, sign in signs:
        result, query = comparison.result_of(row_class), comparison.query(row_class)
        yield from _keys(drilldown, result, query, key, sign)


def _keys(
    drilldown: Drilldown, result: StoredResult, query: ViewQuery, key: Sequence[str], sign: int
) -> Iterator[tuple[bytes, int]]:
    scaled = [name for name in key if _has_its_rows_scale(result.columns.named(name))]
    with closing(drilldown.stream(result, query).readers(_PIECE)) as readers:
        for read in readers:
            for row in records(result.columns, read()):
                chosen = {name: row[name] for name in key}
                for name in scaled:
                    chosen[name] = _plain(chosen[name])
                yield canonical(chosen), sign


def _has_its_rows_scale(column: Column | None) -> bool:
    """Whether the decimals of a column have a scale that may be another in the next run."""
    if column is None or column.kind is not Kind.DECIMAL:
        return False
    precision, scale = decimal_shape(column.type)
    return precision == _OPEN_PRECISION and scale > 0


def _plain(value: Any) -> Any:
    return None if value is None else str(value).rstrip("0").rstrip(".")

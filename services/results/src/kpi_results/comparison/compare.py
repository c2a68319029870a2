"""Two runs of a KPI side by side. Computed once, kept as sets of rows, then read like a result."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from kpi_contracts.execution import Manifest
from kpi_results.comparison import statements
from kpi_results.comparison.alignment import Alignment, align
from kpi_results.comparison.statements import RowClass, Side
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.engine import EngineFailure, Reading
from kpi_results.rows.order_files import OrderFiles
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import RowNumbers, StoredResult

# The sets of rows that are kept: each class on the side it is shown from, and its partners.
_KEPT: tuple[tuple[RowClass, Side], ...] = (
    ("new", "after"),
    ("resolved", "before"),
    ("persisting", "after"),
    ("persisting", "before"),
    ("changed", "after"),
    ("changed", "before"),
)
_COUNTS = "counts"
_arange: Callable[[int, int], RowNumbers] = pa.arange  # type: ignore[attr-defined]  # not in the stubs


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the rows between two runs.

    `changed_columns` counts the changed rows per column. Resolved rows are rows of `before`, all
    others rows of `after`.
    """

    before: StoredResult
    after: StoredResult
    alignment: Alignment
    new: int
    resolved: int
    persisting: int
    changed: int
    changed_columns: dict[str, int]
    name: str

    def result_of(self, row_class: RowClass) -> StoredResult:
        """Return the result in which a class's rows lie."""
        return self.before if row_class == "resolved" else self.after

    def within(self, row_class: RowClass) -> str:
        """Name the set of rows of a class, for `ViewQuery.within`."""
        return _set_name(self.name, row_class, "before" if row_class == "resolved" else "after")

    def query(self, row_class: RowClass) -> ViewQuery:
        """Return the view of all rows of a class; `dataclasses.replace` adds sort and filters."""
        return ViewQuery(within=self.within(row_class))


def compare(
    drilldown: Drilldown, before: StoredResult, after: StoredResult, keys: Sequence[str] = ()
) -> Comparison:
    """Compare two results by these columns, or by whole rows.

    Raises NotComparable, PartDamaged, BusyReading or EngineFailure.
    """
    alignment = align(before.columns, after.columns, keys)
    name = _name(before, after, alignment)
    orders = drilldown.views.orders
    counts = _kept_counts(orders, name, before, after)
    if counts is None:
        with orders.lock(name):
            counts = _kept_counts(orders, name, before, after)
            if counts is None:
                # Here, and all parts at once, so that the process of its own need not do it again.
                drilldown.store.verify([*before.manifest.parts, *after.manifest.parts])
                work = partial(_computed, before.manifest, after.manifest, tuple(keys))
                counts = drilldown.heavy.run(work, before.rows + after.rows)
    new, resolved, persisting, changed, *per_column = counts
    changes = {pair.key: n for pair, n in zip(alignment.values, per_column, strict=True) if n}
    return Comparison(before, after, alignment, new, resolved, persisting, changed, changes, name)


def partners(
    drilldown: Drilldown, comparison: Comparison, row_class: RowClass, rows: RowNumbers
) -> RowNumbers:
    """Find the rows of `before` that belong to these rows of `after` (persisting or changed).

    Raises RowSetGone.
    """
    views = drilldown.views
    name = comparison.name
    after = views.kept_set(comparison.after, _set_name(name, row_class, "after"))
    before = views.kept_set(comparison.before, _set_name(name, row_class, "before"))
    return before.rows(0, before.count).take(after.places(rows))


def _name(before: StoredResult, after: StoredResult, alignment: Alignment) -> str:
    parts = (
        before.fingerprint,
        after.fingerprint,
        [(pair.before, pair.after) for pair in alignment.keys],
        [(pair.before, pair.after) for pair in alignment.values],
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _set_name(comparison: str, row_class: str, side: str) -> str:
    return hashlib.sha256(f"{comparison} {row_class} {side}".encode()).hexdigest()


def _kept_counts(
    orders: OrderFiles, name: str, before: StoredResult, after: StoredResult
) -> list[int] | None:
    """Return the counts, if they and all sets of rows are still kept."""
    for row_class, side in _KEPT:
        result = before if side == "before" else after
        if orders.find(_set_name(name, row_class, side), result.row_type) is None:
            return None
    counts = orders.find(_set_name(name, _COUNTS, ""), pa.uint64())
    return None if counts is None else [int(n.as_py()) for n in counts.rows(0, counts.count)]


def _computed(
    before: Manifest, after: Manifest, keys: Sequence[str], drilldown: Drilldown
) -> list[int]:
    results = drilldown.result(before), drilldown.result(after)
    alignment = align(results[0].columns, results[1].columns, keys)
    return _compute(drilldown, *results, alignment, _name(*results, alignment))


def _compute(
    drilldown: Drilldown,
    before: StoredResult,
    after: StoredResult,
    alignment: Alignment,
    name: str,
) -> list[int]:
    orders = drilldown.views.orders
    with drilldown.engine.heavy() as reading:
        if before.rows and after.rows:
            _pair(reading, before, after, alignment)
        sizes: dict[RowClass, int] = {}
        for row_class, side in _KEPT:
            result = before if side == "before" else after
            batches = _rows(reading, row_class, side, before, after, alignment)
            kept = orders.make(_set_name(name, row_class, side), result.row_type, batches)
            sizes[row_class] = kept.count
        _check(sizes, before, after)
        per_column = _changes(reading, before, after, alignment)
    counts = [*sizes.values(), *per_column]
    batch = pa.record_batch([pa.array(counts, pa.uint64())], ["counts"])
    orders.make(_set_name(name, _COUNTS, ""), pa.uint64(), iter([batch]))
    return counts


def _pair(
    reading: Reading, before: StoredResult, after: StoredResult, alignment: Alignment
) -> None:
    reading.run(*statements.find_repeated(before, after, alignment))
    repeated = bool(reading.table(statements.count_repeated()).column(0)[0].as_py())
    reading.run(*statements.pair_single(before, after, alignment, but_repeated=repeated))
    if repeated:
        reading.run(*statements.load_repeated("before", before, alignment))
        reading.run(*statements.load_repeated("after", after, alignment))
        for statement in statements.pair_repeated(alignment):
            reading.run(statement)


def _check(sizes: dict[RowClass, int], before: StoredResult, after: StoredResult) -> None:
    """Make sure that every row of both sides is in one class, once."""
    paired = sizes["persisting"] + sizes["changed"]
    if (paired + sizes["resolved"], paired + sizes["new"]) != (before.rows, after.rows):
        raise EngineFailure(f"the classes of a comparison do not add up ({sizes})")


def _rows(
    reading: Reading,
    row_class: RowClass,
    side: Side,
    before: StoredResult,
    after: StoredResult,
    alignment: Alignment,
) -> Iterator[pa.RecordBatch]:
    if before.rows and after.rows:
        return reading.batches(statements.rows_of_class(row_class, side, alignment))
    result = after if side == "after" else before
    count = result.rows if row_class in ("new", "resolved") else 0
    numbers = _arange(0, count).cast(result.row_type)
    return iter([pa.record_batch([numbers], ["row"])])


def _changes(
    reading: Reading, before: StoredResult, after: StoredResult, alignment: Alignment
) -> list[int]:
    if not (alignment.values and before.rows and after.rows):
        return [0] * len(alignment.values)
    counted = reading.table(statements.changes_by_column(alignment))
    return [column[0].as_py() for column in counted.columns]

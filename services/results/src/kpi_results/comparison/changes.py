"""Changed rows as they were and as they are, and the course of a KPI over several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from kpi_results.comparison.compare import Comparison, compare, partners
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.gather import gather
from kpi_results.rows.pages import Row, records
from kpi_results.rows.query import ViewQuery
from kpi_results.rows.result import StoredResult


@dataclass(frozen=True, slots=True)
class Change:
    """One changed row. `columns` are the keys of the columns in which it differs."""

    before: Row
    after: Row
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """From one run to the next, in rows."""

    records: int
    new: int
    resolved: int
    persisting: int
    changed: int


def read_changes(
    drilldown: Drilldown,
    comparison: Comparison,
    query: ViewQuery | None = None,
    *,
    page: int = 1,
    page_size: int = 50,
) -> list[Change]:
    """Read one page of changed rows; `query` filters and sorts by what they are now.

    Raises RowSetGone, PartDamaged, BusyReading or EngineFailure.
    """
    wanted = replace(query or ViewQuery(), within=comparison.within("changed"))
    view = drilldown.views.open(comparison.after, wanted, reach=page * page_size)
    rows = view.rows((page - 1) * page_size, page * page_size)
    if isinstance(rows, range):
        rows = pa.array(rows, comparison.after.row_type)
    before = gather(comparison.before, partners(drilldown, comparison, "changed", rows))
    after = gather(comparison.after, rows)
    then = records(comparison.before.columns, before)
    now = records(comparison.after.columns, after)
    pairs = comparison.alignment.values
    return [
        Change(
            old,
            new,
            tuple(each.key for each in pairs if each.differs(old[each.key], new[each.key])),
        )
        for old, new in zip(then, now, strict=True)
    ]


def trend(
    drilldown: Drilldown, results: Sequence[StoredResult], keys: Sequence[str] = ()
) -> list[Step]:
    """Compare each run with the one before it; the first has all its rows new.

    Raises what `compare` raises.
    """
    steps = []
    for place, result in enumerate(results):
        if place == 0:
            steps.append(Step(result.rows, result.rows, 0, 0, 0))
            continue
        found = compare(drilldown, results[place - 1], result, keys)
        steps.append(Step(result.rows, found.new, found.resolved, found.persisting, found.changed))
    return steps

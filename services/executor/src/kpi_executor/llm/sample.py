"""Whether two queries return the same rows, found out on small results only."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from kpi_executor.sources import Connector, SourceError

MAX_ROWS = 1_000
SECONDS = 3.0
_DIGITS = 9
"""Sums of floating-point numbers differ in their last digits with the order of the rows."""

Rows = Counter[tuple[object, ...]]


def same_rows(open_source: Callable[[], Connector | None], one: str, other: str) -> bool | None:
    """Tell whether two guarded queries return the same rows, in any order.

    None where it stays open: the source cannot be asked, a query takes longer than ``SECONDS`` or
    fails, a result has more than ``MAX_ROWS`` rows, or both hold nothing that could prove anything.
    """
    first = _rows(open_source, one)
    second = _rows(open_source, other) if first is not None else None
    if first is None or second is None or (_says_nothing(first) and _says_nothing(second)):
        return None
    return first == second


def _says_nothing(rows: Rows) -> bool:
    """Tell whether there is nothing in the rows but NULL and zero, or no row."""
    return all(value in (None, "0") for row in rows for value in row)


def _rows(open_source: Callable[[], Connector | None], sql: str) -> Rows | None:
    connector = open_source()
    if connector is None:
        return None
    with connector:
        clock = threading.Timer(SECONDS, connector.cancel)
        clock.start()
        try:
            return _fetch(connector, sql)
        except (SourceError, MemoryError):
            return None
        finally:
            clock.cancel()


def _fetch(connector: Connector, sql: str) -> Rows | None:
    found: Rows = Counter()
    for batch in connector.execute(sql, MAX_ROWS + 1).batches:
        if found.total() + batch.num_rows > MAX_ROWS:
            return None
        columns: Sequence[list[Any]] = [column.to_pylist() for column in batch.columns]
        found.update(zip(*([_plain(value) for value in column] for column in columns), strict=True))
    return found


def _plain(value: object) -> object:
    """Return a value that equals what another way to compute it gives."""
    if isinstance(value, (float, Decimal)):
        whole = float(value).is_integer()
        return str(int(value)) if whole else f"{value:.{_DIGITS}g}"
    if isinstance(value, int):
        return str(int(value))
    return str(value) if isinstance(value, (list, dict)) else value

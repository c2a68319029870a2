"""The comparison as DuckDB SQL, in two steps over temporary tables.

1. Rows that are equal in every shared column are paired off: they persist. Where a row occurs
   several times, its occurrences are paired one by one.
2. The rest is paired by key; the n-th row of a key is paired with the n-th of the same key. Pairs
   changed; what has no partner is resolved (before) or new (after).

NULL equals NULL and NaN equals NaN, in keys too.

Tables: `before_rows`, `after_rows` (r, v0, v1, …: keys first, then values), `same` (before_row,
after_row), `before_rest`, `after_rest`, `pairs` (before_row, after_row, d0, d1, …: value differs).
"""

from __future__ import annotations

from typing import Literal

from kpi_results.comparison.alignment import Alignment
from kpi_results.rows.result import StoredResult
from kpi_results.rows.sql import ROW, Statement

Side = Literal["before", "after"]
RowClass = Literal["new", "resolved", "persisting", "changed"]

# Which table holds the rows of a class, and which of them they are.
_CLASSES: dict[RowClass, tuple[str, str]] = {
    "new": ("pairs", "before_row IS NULL"),
    "resolved": ("pairs", "after_row IS NULL"),
    "persisting": ("same", "true"),
    "changed": ("pairs", "before_row IS NOT NULL AND after_row IS NOT NULL"),
}


def load_rows(side: Side, result: StoredResult, alignment: Alignment) -> tuple[str, list[object]]:
    """Load the shared columns of one side. Returns the statement and its parameters."""
    statement = Statement()
    source = statement.rows_of(result)
    columns = ", ".join(
        f"{pair.sql(side)} AS v{index}" for index, pair in enumerate(alignment.shared)
    )
    sql = f"CREATE TEMP TABLE {side}_rows AS SELECT {ROW} AS r, {columns} FROM {source}"  # noqa: S608
    return sql, statement.parameters


def may_repeat(side: Side, alignment: Alignment) -> str:
    """Ask whether whole rows may occur more than once (equal hashes are taken as a yes)."""
    columns = _columns(len(alignment.shared))
    # DISTINCT in a query of its own, unlike count(DISTINCT), spills to disk.
    different = f"SELECT DISTINCT hash({columns}) FROM {side}_rows"  # noqa: S608
    return f"SELECT count(*) <> (SELECT count(*) FROM ({different})) FROM {side}_rows"  # noqa: S608


def pair_equal_rows(alignment: Alignment, *, repeats: dict[Side, bool]) -> str:
    """Do step 1."""
    count = len(alignment.shared)
    before, after = (_numbered(side, count, repeats[side]) for side in ("before", "after"))
    return (
        "CREATE TEMP TABLE same AS SELECT b.r AS before_row, a.r AS after_row "  # noqa: S608
        f"FROM {before} b JOIN {after} a ON {_equal(count)}"
    )


def take_rest(side: Side, alignment: Alignment) -> str:
    """Prepare step 2: one side's rows without a partner yet, numbered within their keys."""
    keys = _columns(len(alignment.keys))
    return (
        f"CREATE TEMP TABLE {side}_rest AS "  # noqa: S608
        f"SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY r) AS n "
        f"FROM {side}_rows ANTI JOIN (SELECT {side}_row AS r FROM same) USING (r)"
    )


def pair_rest(alignment: Alignment) -> str:
    """Do step 2."""
    keys = len(alignment.keys)
    differs = "".join(
        f", b.v{keys + index} IS DISTINCT FROM a.v{keys + index} AS d{index}"
        for index in range(len(alignment.values))
    )
    return (
        f"CREATE TEMP TABLE pairs AS SELECT b.r AS before_row, a.r AS after_row{differs} "  # noqa: S608
        f"FROM before_rest b FULL JOIN after_rest a ON {_equal(keys)}"
    )


def changes_by_column(alignment: Alignment) -> str:
    """Count, for each value column, the changed rows in which it differs."""
    counts = ", ".join(f"count(*) FILTER (d{i})" for i in range(len(alignment.values)))
    return f"SELECT {counts} FROM pairs WHERE {_CLASSES['changed'][1]}"  # noqa: S608


def rows_of_class(row_class: RowClass, side: Side) -> str:
    """List the row numbers of a class on one side, ascending by the side it is shown from."""
    table, where = _CLASSES[row_class]
    order = "before_row" if row_class == "resolved" else "after_row"
    return f"SELECT {side}_row FROM {table} WHERE {where} ORDER BY {order}"  # noqa: S608


def _numbered(side: Side, count: int, repeats: bool) -> str:
    number = f"row_number() OVER (PARTITION BY {_columns(count)} ORDER BY r)" if repeats else "1"
    return f"(SELECT *, {number} AS n FROM {side}_rows)"  # noqa: S608


def _columns(count: int) -> str:
    return ", ".join(f"v{index}" for index in range(count))


def _equal(count: int) -> str:
    same = "".join(f"b.v{i} IS NOT DISTINCT FROM a.v{i} AND " for i in range(count))
    return f"{same}b.n = a.n"

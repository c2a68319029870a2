"""The comparison as DuckDB SQL: every row of one side finds at most one partner on the other.

Equal keys have equal hashes, so the hashes of keys that occur once on either side are enough to
pair nearly all rows in a single join (`pair_single`): their keys either meet or do not. Rows whose
key's hash is `repeated` on a side are few in most results; they are paired in two steps.

1. Rows that are equal in every shared column are paired off, one by one if they occur several
   times.
2. The rest is paired by key; the n-th row of a key is paired with the n-th of the same key.

Rows without a partner are resolved (before) or new (after); pairs persist if all their values are
equal, else they changed. NULL equals NULL and NaN equals NaN, in keys too.

Columns of a side: r, v0, v1, … (keys first, then values) and h, the hash of its keys. Tables:
`repeated` (h), `pairs` (before_row, after_row, m0, m1, …); bit `i % BITS` of `m(i // BITS)` says
whether the values at `i` differ. For step 1 and 2: `before_rows`, `after_rows`, `same`
(before_row, after_row), `before_rest`, `after_rest`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from kpi_results.comparison.alignment import Alignment
from kpi_results.rows.result import StoredResult
from kpi_results.rows.sql import ROW, Statement

Side = Literal["before", "after"]
RowClass = Literal["new", "resolved", "persisting", "changed"]
Bound: TypeAlias = "tuple[str, list[object]]"
"""A statement and its parameters."""

SIDES: tuple[Side, Side] = ("before", "after")
BITS = 64

_PAIRED = "before_row IS NOT NULL AND after_row IS NOT NULL"


def find_repeated(before: StoredResult, after: StoredResult, alignment: Alignment) -> Bound:
    """Note which hashes of keys one side has more than once."""
    statement = Statement()
    hashes = " UNION ALL ".join(
        f"SELECT h, {number} AS side FROM {_rows(statement, side, result, alignment)}"  # noqa: S608
        for number, (side, result) in enumerate(zip(SIDES, (before, after), strict=True))
    )
    sql = (
        "CREATE TEMP TABLE repeated AS SELECT DISTINCT h FROM "  # noqa: S608
        f"(SELECT h FROM ({hashes}) GROUP BY h, side HAVING count(*) > 1)"
    )
    return sql, statement.parameters


def count_repeated() -> str:
    """Ask whether there are any."""
    return "SELECT count(*) FROM repeated"


def pair_single(
    before: StoredResult, after: StoredResult, alignment: Alignment, *, but_repeated: bool
) -> Bound:
    """Pair the rows whose keys occur once on each side, `but_repeated` if there are others."""
    statement = Statement()
    b, a = (
        _rows(statement, side, result, alignment)
        for side, result in zip(SIDES, (before, after), strict=True)
    )
    if but_repeated:
        b, a = (f"(FROM {rows} ANTI JOIN repeated USING (h))" for rows in (b, a))
    sql = (
        f"CREATE TEMP TABLE pairs AS SELECT {_pair(alignment)} "  # noqa: S608
        f"FROM {b} b FULL JOIN {a} a ON {_equal(len(alignment.keys))}"
    )
    return sql, statement.parameters


def load_repeated(side: Side, result: StoredResult, alignment: Alignment) -> Bound:
    """Load one side's rows of repeated keys, numbered among the rows they equal."""
    statement = Statement()
    rows = _rows(statement, side, result, alignment)
    sql = (
        f"CREATE TEMP TABLE {side}_rows AS "  # noqa: S608
        f"SELECT *, {_place(len(alignment.shared))} AS n FROM {rows} SEMI JOIN repeated USING (h)"
    )
    return sql, statement.parameters


def pair_repeated(alignment: Alignment) -> Iterator[str]:
    """Pair the rows of repeated keys, in two steps."""
    yield (
        "CREATE TEMP TABLE same AS SELECT b.r AS before_row, a.r AS after_row "  # noqa: S608
        f"FROM before_rows b JOIN after_rows a ON {_equal(len(alignment.shared))} AND b.n = a.n"
    )
    yield f"INSERT INTO pairs SELECT *{', 0' * len(_masks(alignment))} FROM same"  # noqa: S608
    for side in SIDES:
        yield (
            f"CREATE TEMP TABLE {side}_rest AS "  # noqa: S608
            f"SELECT * REPLACE ({_place(len(alignment.keys))} AS n) "
            f"FROM {side}_rows ANTI JOIN (SELECT {side}_row AS r FROM same) USING (r)"
        )
    yield (
        f"INSERT INTO pairs SELECT {_pair(alignment)} "  # noqa: S608
        f"FROM before_rest b FULL JOIN after_rest a ON {_equal(len(alignment.keys))} AND b.n = a.n"
    )


def changes_by_column(alignment: Alignment) -> str:
    """Count, for each value column, the changed rows in which it differs."""
    counts = ", ".join(
        f"count(*) FILTER ((m{index // BITS} >> {index % BITS}) & 1 = 1)"
        for index in range(len(alignment.values))
    )
    return f"SELECT {counts} FROM pairs WHERE {_PAIRED}"  # noqa: S608


def rows_of_class(row_class: RowClass, side: Side, alignment: Alignment) -> str:
    """List the row numbers of a class on one side, ascending by the side it is shown from."""
    order = "before_row" if row_class == "resolved" else "after_row"
    where = _condition(row_class, alignment)
    return f"SELECT {side}_row FROM pairs WHERE {where} ORDER BY {order}"  # noqa: S608


def _condition(row_class: RowClass, alignment: Alignment) -> str:
    differs = " OR ".join(f"m{index} <> 0" for index in range(len(_masks(alignment)))) or "false"
    match row_class:
        case "new":
            return "before_row IS NULL"
        case "resolved":
            return "after_row IS NULL"
        case "persisting":
            return f"{_PAIRED} AND NOT ({differs})"
        case "changed":
            return f"{_PAIRED} AND ({differs})"


def _rows(statement: Statement, side: Side, result: StoredResult, alignment: Alignment) -> str:
    """Name one side's shared columns as a relation."""
    source = statement.rows_of(result)
    names = [pair.sql(side) for pair in alignment.shared]
    columns = ", ".join(f"{name} AS v{index}" for index, name in enumerate(names))
    keys = ", ".join(names[: len(alignment.keys)])
    return f"(SELECT {ROW} AS r, {columns}, hash({keys}) AS h FROM {source})"  # noqa: S608


def _pair(alignment: Alignment) -> str:
    masks = (f"{mask} AS m{index}" for index, mask in enumerate(_masks(alignment)))
    return ", ".join(["b.r AS before_row", "a.r AS after_row", *masks])


def _masks(alignment: Alignment) -> list[str]:
    """Say which values differ, a bit each."""
    first, last = len(alignment.keys), len(alignment.shared)
    bits = [
        f"((b.v{column} IS DISTINCT FROM a.v{column})::UBIGINT << {index % BITS})"
        for index, column in enumerate(range(first, last))
    ]
    return [" | ".join(bits[start : start + BITS]) for start in range(0, len(bits), BITS)]


def _place(count: int) -> str:
    """Return the place of a row among those equal to it in the first `count` columns."""
    columns = ", ".join(f"v{index}" for index in range(count))
    return f"row_number() OVER (PARTITION BY {columns} ORDER BY r)"


def _equal(count: int) -> str:
    return " AND ".join(f"b.v{index} IS NOT DISTINCT FROM a.v{index}" for index in range(count))

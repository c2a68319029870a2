"""Drill-down against a plain model of it: Python lists, sorted and filtered the slow way."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cmp_to_key
from math import inf, isnan, nan
from typing import Any

import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.gather import gather
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult
from kpi_rows.json_values import json_values

Keep = Callable[..., StoredResult]
Rows = list[tuple[Any, ...]]

TYPES: dict[str, pa.DataType] = {
    "i": pa.int32(),
    "big": pa.uint64(),
    "f": pa.float64(),
    "s": pa.string(),
    "d": pa.decimal128(9, 2),
    "b": pa.bool_(),
    "day": pa.date32(),
    "at": pa.timestamp("us", "UTC"),
}
SCHEMA = pa.schema(TYPES)
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
TEXTS = st.text("aAbB=é%_'\"\\ ", max_size=3)
CELLS: dict[str, st.SearchStrategy[Any]] = {
    "i": st.integers(-3, 3) | st.sampled_from([-(2**31), 2**31 - 1]),
    "big": st.sampled_from([0, 1, 2**53 - 1, 2**53, 2**64 - 1]),
    "f": st.sampled_from([0.0, -0.0, 1.5, -2.25, 1e300, nan, inf, -inf]),
    "s": TEXTS,
    "d": st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100),
    "b": st.booleans(),
    "day": st.dates(date(2020, 1, 1), date(2020, 1, 5)),
    "at": st.datetimes(EARLIEST, EARLIEST.replace(day=2)).map(lambda at: at.replace(tzinfo=UTC)),
}
NAMES = list(CELLS)
ROWS = st.lists(st.tuples(*(st.none() | CELLS[name] for name in NAMES)), max_size=60)
SORTS = st.lists(
    st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=3, unique_by=lambda key: key[0]
)


def as_json(name: str, value: object) -> Any:
    return json_values(pa.array([value], SCHEMA.field(name).type))[0]


@st.composite
def conditions(draw: st.DrawFn) -> tuple[str, str, Any]:
    name = draw(st.sampled_from(NAMES))
    operators = ["eq", "ne", "in", "is_null"]
    if name != "b":
        operators += ["lt", "le", "gt", "ge", "between"]
    if name == "s":
        operators += ["contains", "starts_with"]
    chosen = draw(st.sampled_from(operators))
    cell = CELLS[name]
    if chosen in ("lt", "le", "gt", "ge", "between") and name == "f":
        cell = cell.filter(lambda value: not isnan(value))
    if chosen == "is_null":
        return name, chosen, draw(st.booleans())
    if chosen == "in":
        return name, chosen, draw(st.lists(st.none() | cell, max_size=4))
    if chosen == "between":
        return name, chosen, [draw(cell), draw(cell)]
    return name, chosen, draw(cell)


def same(left: Any, right: Any) -> bool:
    if isinstance(left, float) and isinstance(right, float) and isnan(left) and isnan(right):
        return True
    return bool(left == right)


HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "between": lambda value, ends: ends[0] <= value <= ends[1],
    "contains": operator.contains,
    "starts_with": str.startswith,
}


def holds(value: Any, name: str, operand: Any) -> bool:
    match name:
        case "is_null":
            return (value is None) is operand
        case "eq":
            return same(value, operand)
        case "ne":
            return not same(value, operand)
        case "in":
            return any(same(value, member) for member in operand)
    return rank(value) == 0 and HOLDS[name](value, operand)


def rank(value: Any) -> int:
    if value is None:
        return 2
    return 1 if isinstance(value, float) and isnan(value) else 0


def compare(sort: list[tuple[str, bool]]) -> Callable[[Any, Any], int]:
    def by_keys(left: Any, right: Any) -> int:
        for name, descending in sort:
            a, b = left[1][NAMES.index(name)], right[1][NAMES.index(name)]
            if rank(a) != rank(b):
                return rank(a) - rank(b)
            if rank(a) == 0 and a != b:
                if name == "s":
                    a, b = a.encode(), b.encode()
                return (1 if a > b else -1) * (-1 if descending else 1)
        return int(left[0] - right[0])

    return by_keys


def table_of(rows: Rows) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(NAMES)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def as_records(rows: Rows) -> list[dict[str, Any]]:
    return [{name: as_json(name, v) for name, v in zip(NAMES, row, strict=True)} for row in rows]


PROPERTY = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@PROPERTY
@given(
    rows=ROWS,
    sort=SORTS,
    chosen=st.lists(conditions(), max_size=3),
    mode=st.sampled_from(["and", "or"]),
    size=st.integers(1, 20),
    number=st.integers(1, 5),
)
def test_a_page_is_the_page_the_model_shows(
    drilldown: Drilldown,
    keep: Keep,
    rows: Rows,
    sort: list[tuple[str, bool]],
    chosen: list[tuple[str, str, Any]],
    mode: str,
    size: int,
    number: int,
) -> None:
    result = keep(table_of(rows))
    sent = [{name: {op: _sent(name, op, operand)}} for name, op, operand in chosen]
    query = parse_query(result.columns, sort=sort, filters={mode: sent} if sent else None)

    page = drilldown.page(result, query, page=number, page_size=size)

    decide = all if mode == "and" else any
    kept = [
        (place, row)
        for place, row in enumerate(rows)
        if not chosen or decide(holds(row[NAMES.index(n)], op, v) for n, op, v in chosen)
    ]
    kept.sort(key=cmp_to_key(compare(sort)))
    expected = [row for _, row in kept][(number - 1) * size : number * size]
    assert page.total == len(kept)
    assert page.stored == len(rows)
    assert page.records() == as_records(expected)


def _sent(name: str, chosen: str, operand: Any) -> Any:
    if chosen == "is_null":
        return operand
    if chosen in ("in", "between"):
        return [as_json(name, value) for value in operand]
    return as_json(name, operand)


@PROPERTY
@given(rows=ROWS, words=st.text("aAbBé12.-:t", min_size=1, max_size=3))
def test_a_search_finds_the_rows_whose_shown_text_contains_it(
    drilldown: Drilldown, keep: Keep, rows: Rows, words: str
) -> None:
    searched = ["i", "big", "s", "d", "b", "day"]  # a float's digits have more than one spelling
    positions = [NAMES.index(name) for name in searched]
    result = keep(table_of(rows).select(searched))
    page = drilldown.page(result, parse_query(result.columns, search=words), page_size=1000)

    def found(row: tuple[Any, ...]) -> bool:
        texts = [str(as_json(NAMES[p], row[p])) for p in positions if row[p] is not None]
        return any(words.lower() in text.lower() for text in texts)

    assert page.total == sum(found(row) for row in rows)


@PROPERTY
@given(rows=ROWS, data=st.data())
def test_rows_are_gathered_in_the_order_of_their_numbers(
    keep: Keep, rows: Rows, data: st.DataObject
) -> None:
    result = keep(table_of(rows))
    numbers = data.draw(
        st.lists(st.sampled_from(range(len(rows))), unique=True) if rows else st.just([])
    )
    table = gather(result, pa.array(numbers, result.row_type))
    expected = table_of([rows[number] for number in numbers])
    assert [json_values(c) for c in table.columns] == [json_values(c) for c in expected.columns]

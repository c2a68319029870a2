"""Comparison of two runs against a plain model, and what it promises about keys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from math import nan
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi_results.comparison.changes import Step, read_changes, trend
from kpi_results.comparison.compare import Comparison, compare
from kpi_results.comparison.errors import NotComparable
from kpi_results.comparison.statements import BITS, RowClass
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult

Keep = Callable[..., StoredResult]
Pairs = list[tuple[int | None, str | None]]

ROWS = st.lists(
    st.tuples(st.none() | st.integers(0, 4), st.none() | st.sampled_from("xyz")), max_size=25
)
TYPES: dict[str, pa.DataType] = {"id": pa.int64(), "state": pa.string()}


def table_of(rows: Pairs) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [(), ()]
    return pa.table(
        [pa.array(c, t) for c, t in zip(columns, TYPES.values(), strict=True)], names=list(TYPES)
    )


def rows_of(drilldown: Drilldown, found: Comparison, row_class: RowClass) -> list[Any]:
    result = found.result_of(row_class)
    page = drilldown.page(result, found.query(row_class), page_size=1000)
    return [tuple(record.values()) for record in page.records()]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=ROWS, after=ROWS)
def test_rows_fall_into_the_classes_of_the_model(
    drilldown: Drilldown, keep: Keep, before: Pairs, after: Pairs
) -> None:
    found = compare(drilldown, keep(table_of(before)), keep(table_of(after)), ["id"])

    persisting = Counter(before) & Counter(after)
    gone, come = Counter(before) - persisting, Counter(after) - persisting
    by_key: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for side, rest in enumerate((gone, come)):
        for (key, _), count in rest.items():
            by_key[key][side] += count
    assert found.persisting == persisting.total()
    assert found.changed == sum(min(counts) for counts in by_key.values())
    assert found.resolved == sum(max(old - new, 0) for old, new in by_key.values())
    assert found.new == sum(max(new - old, 0) for old, new in by_key.values())
    assert Counter(rows_of(drilldown, found, "persisting")) == persisting
    assert found.changed_columns == ({"state": found.changed} if found.changed else {})
    shown = Counter(rows_of(drilldown, found, "new") + rows_of(drilldown, found, "changed"))
    assert shown == come


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=ROWS, after=ROWS)
def test_without_keys_whole_rows_are_compared_like_multisets(
    drilldown: Drilldown, keep: Keep, before: Pairs, after: Pairs
) -> None:
    found = compare(drilldown, keep(table_of(before)), keep(table_of(after)))
    assert found.changed == 0
    assert Counter(rows_of(drilldown, found, "new")) == Counter(after) - Counter(before)
    assert Counter(rows_of(drilldown, found, "resolved")) == Counter(before) - Counter(after)


def test_a_change_shows_both_rows_and_the_columns_in_which_they_differ(
    drilldown: Drilldown, keep: Keep
) -> None:
    before = keep(pa.table({"id": [1, 2, 3], "a": ["p", "q", "r"], "b": [1.0, nan, 3.0]}))
    after = keep(pa.table({"id": [3, 2, 1], "a": ["r", "Q", "p"], "b": [4.0, nan, 1.0]}))
    found = compare(drilldown, before, after, ["id"])
    changes = read_changes(drilldown, found)
    assert [(c.before["id"], c.after["id"], c.columns) for c in changes] == [
        (3, 3, ("b",)),
        (2, 2, ("a",)),
    ]
    assert found.changed_columns == {"a": 1, "b": 1}


def test_a_class_can_be_sorted_and_filtered(drilldown: Drilldown, keep: Keep) -> None:
    before = keep(table_of([(0, "x")]))
    after = keep(table_of([(number, "xyz"[number % 3]) for number in range(60)]))
    found = compare(drilldown, before, after, ["id"])
    wanted = parse_query(after.columns, sort=[("id", True)], filters={"state": "y"})
    page = drilldown.page(after, replace(wanted, within=found.within("new")), page_size=3)
    assert [record["id"] for record in page.records()] == [58, 55, 52]
    assert page.total == 20


def test_columns_of_only_one_run_are_named_and_not_compared(
    drilldown: Drilldown, keep: Keep
) -> None:
    found = compare(
        drilldown,
        keep(pa.table({"id": [1], "old": ["x"]})),
        keep(pa.table({"id": [1], "young": ["y"]})),
        ["id"],
    )
    assert (found.alignment.added, found.alignment.removed) == (("young",), ("old",))
    assert found.persisting == 1


DECIMALS = (Decimal("9.50"), Decimal("-0.25"), Decimal("100.00"), Decimal("0.00"), None)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.decimal128(38, 16), DECIMALS),
        (pa.decimal128(38, 37), (Decimal("9.5"), Decimal("-0.25"), None, Decimal(0), None)),
        (pa.float64(), (9.5, -0.25, 100.0, -0.0, None)),
        (pa.float32(), (9.5, -0.25, 100.0, 0.0, None)),
    ],
)
def test_numbers_of_other_types_are_compared_by_value(
    drilldown: Drilldown, keep: Keep, kind: pa.DataType, values: Sequence[Any]
) -> None:
    """The scale of sums and averages is that of their rows, which may grow from run to run."""
    old = pa.table({"n": range(5), "d": pa.array(DECIMALS, pa.decimal128(38, 2))})
    new = pa.table({"n": range(5), "d": pa.array(values, kind)})
    gone = values.count(None) - 1
    found = compare(drilldown, keep(old), keep(new), ["n"])
    assert (found.persisting, found.changed) == (5 - gone, gone)
    whole = compare(drilldown, keep(old), keep(new))
    assert (whole.persisting, whole.new, whole.resolved) == (5 - gone, gone, gone)


def test_small_decimals_and_whole_numbers_are_compared_by_value(
    drilldown: Drilldown, keep: Keep
) -> None:
    small = [Decimal("0.5"), Decimal("-0.25"), None]
    old = pa.table({"d": pa.array(small, pa.decimal128(2, 2)), "i": [100, 7, 0]})
    new = pa.table(
        {
            "d": pa.array(small, pa.decimal128(38, 38)),
            "i": pa.array([Decimal(100), Decimal("7.5"), Decimal(0)], pa.decimal128(38, 1)),
        }
    )
    found = compare(drilldown, keep(old), keep(new), ["d"])
    assert (found.persisting, found.changed) == (2, 1)
    (change,) = read_changes(drilldown, found)
    assert change.columns == ("i",)


@pytest.mark.parametrize(
    ("kind", "values"),
    [(pa.float32(), [0.1, 2.5]), (pa.float64(), [0.1, 2.5]), (pa.string(), ["0.1", "2.5"])],
)
def test_only_columns_that_differ_are_named_where_numbers_have_other_types(
    drilldown: Drilldown, keep: Keep, kind: pa.DataType, values: list[Any]
) -> None:
    amounts = pa.array([Decimal("0.1"), Decimal("2.4")], pa.decimal128(9, 1))
    old = pa.table({"id": [1, 2], "d": amounts, "n": [7, 8], "a": ["p", "q"]})
    new = pa.table({"id": [1, 2], "d": pa.array(values, kind), "n": ["7", "9"], "a": ["x", "q"]})
    found = compare(drilldown, keep(old), keep(new), ["id"])
    assert found.changed_columns == {"d": 1, "n": 1, "a": 1}
    assert [change.columns for change in read_changes(drilldown, found)] == [("a",), ("d", "n")]


def test_columns_whose_type_changed_are_compared_by_their_text(
    drilldown: Drilldown, keep: Keep
) -> None:
    before = keep(pa.table({"id": [1, 2], "n": ["5", "6"]}))
    after = keep(pa.table({"id": [1, 2], "n": [5, 7]}))
    found = compare(drilldown, before, after, ["id"])
    assert (found.persisting, found.changed) == (1, 1)


def test_an_unknown_key_is_refused_by_name(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(table_of([(1, "x")]))
    with pytest.raises(NotComparable, match="nope: is not a column of both runs"):
        compare(drilldown, result, result, ["nope"])


FIRST: Pairs = [(1, "x"), (2, "x")]
SECOND: Pairs = [(2, "y"), (3, "x")]


def test_the_trend_tells_each_step_from_the_one_before(drilldown: Drilldown, keep: Keep) -> None:
    runs = [keep(table_of(rows)) for rows in (FIRST, SECOND, [])]
    assert trend(drilldown, runs, ["id"]) == [
        Step(records=2, new=2, resolved=0, persisting=0, changed=0),
        Step(records=2, new=1, resolved=1, persisting=0, changed=1),
        Step(records=0, new=0, resolved=2, persisting=0, changed=0),
    ]


def test_more_columns_than_a_mask_has_bits_are_all_compared(
    drilldown: Drilldown, keep: Keep
) -> None:
    width = 2 * BITS + 3
    places = [0, BITS - 1, BITS, width - 1]
    old: dict[str, list[int]] = {f"v{index}": [0, 0] for index in range(width)}
    new = {name: [0, 1] if int(name[1:]) in places else values for name, values in old.items()}
    before, after = (keep(pa.table({"id": [1, 2], **values})) for values in (old, new))
    found = compare(drilldown, before, after, ["id"])
    assert (found.persisting, found.changed) == (1, 1)
    assert found.changed_columns == {f"v{place}": 1 for place in places}


@pytest.mark.parametrize("repeats", [1, 2], ids=["single keys", "repeated keys"])
def test_keys_that_are_equal_in_different_bits_meet(
    drilldown: Drilldown, keep: Keep, repeats: int
) -> None:
    """NaN of any sign is one key, and so are both zeros; lists are compared by their members."""
    for old, new in ((0.0, -0.0), (nan, -nan), ([0.0, None], [-0.0, None]), (None, None)):
        kind = pa.list_(pa.float64()) if isinstance(old, list) else pa.float64()
        before, after = (
            keep(pa.table({"id": pa.array([key] * repeats, kind), "n": [seen] * repeats}))
            for key, seen in ((old, 1), (new, 2))
        )
        found = compare(drilldown, before, after, ["id"])
        assert (found.new, found.resolved, found.changed) == (0, 0, repeats)
        assert compare(drilldown, before, after).persisting == 0


def test_single_and_repeated_keys_of_many_rows_add_up(drilldown: Drilldown, keep: Keep) -> None:
    numbers = range(20_000)
    before = keep(
        pa.table({"id": [n % 15_000 for n in numbers], "n": [n % 7 for n in numbers]}),
        part_rows=6_000,
        group_rows=1_000,
    )
    after = keep(
        pa.table({"id": [n % 15_000 + 100 for n in numbers], "n": [n % 7 for n in numbers]}),
        part_rows=6_000,
        group_rows=1_000,
    )
    found = compare(drilldown, before, after, ["id"])
    # Keys 0 to 99 went with two rows each; 5,000 to 5,099 have a second row, the last 100 are new.
    assert (found.new, found.resolved) == (200, 200)
    assert found.persisting + found.changed == 19_800

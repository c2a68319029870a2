"""What callers ask for, read against the columns of a result."""

from __future__ import annotations

import pytest

from kpi_contracts.execution import ColumnType
from kpi_contracts.result import Selection, SortedBy
from kpi_results.rows.columns import Columns
from kpi_results.rows.errors import InvalidFilter, InvalidSort
from kpi_results.selection import in_words, select
from kpi_results.wish import Wish

COLUMNS = Columns([ColumnType("a", "int64"), ColumnType("-a", "int64"), ColumnType("b", "string")])


@pytest.mark.parametrize(
    ("wish", "sort"),
    [
        (Wish(sort_by="a"), (SortedBy("a"),)),
        (Wish(sort_by="-b"), (SortedBy("b", descending=True),)),
        (Wish(sort_by="-b", sort_order="desc"), (SortedBy("b"),)),
        (Wish(sort_by="-a"), (SortedBy("-a"),)),
        (Wish(sort_by="--a"), (SortedBy("-a", descending=True),)),
        (Wish(sort_by="b,a", sort_order="desc,asc"), (SortedBy("b", True), SortedBy("a"))),
        (Wish(), ()),
    ],
)
def test_a_minus_turns_an_order_unless_it_belongs_to_the_name(
    wish: Wish, sort: tuple[SortedBy, ...]
) -> None:
    assert select(wish, COLUMNS).selection.sort == sort


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(InvalidSort, match="colour"):
        select(Wish(sort_by="-colour"), COLUMNS)


def test_empty_wishes_choose_every_row() -> None:
    selected = select(Wish(filters={}, search=""), COLUMNS)
    assert selected.selection == Selection()
    assert selected.query.is_plain


@pytest.mark.parametrize("filters", [[], "", False, 0, [{"a": 5}], "a"])
def test_filters_that_are_no_object_do_not_choose_every_row(filters: object) -> None:
    with pytest.raises(InvalidFilter, match="object"):
        select(Wish(filters=filters), COLUMNS)


def test_a_report_tells_in_words_what_was_chosen() -> None:
    wish = Wish(sort_by="-b,a", filters={"a": {"ge": 5}}, search="x")
    assert in_words(select(wish, COLUMNS).selection) == {
        "Sorted by": "b (descending), a",
        "Filters": '{"a":{"ge":5}}',
        "Search": "x",
    }

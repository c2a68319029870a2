"""Shares in percent: of no rows there is none, and no dialect averages a nested query."""

from __future__ import annotations

import sqlite3

import pytest
from sqlglot import exp, parse_one

from kpi_nlsql import Answer, Refusal
from kpi_nlsql.sql import DIALECTS

from .cases.written import engine

_ORDERED = "What percentage of the customers in Berlin have an order?"
_CANCELLED = "What percentage of the orders are cancelled?"


def _answer(sentence: str) -> Answer:
    answer = engine("retail").read(sentence)
    assert isinstance(answer, Answer), answer
    return answer


@pytest.mark.parametrize("dialect", sorted(set(DIALECTS.values())))
def test_no_average_is_taken_over_a_nested_query(dialect: str) -> None:
    tree = parse_one(_answer(_ORDERED).sql(dialect), read=dialect)
    (average,) = tree.find_all(exp.Avg)
    assert average.find(exp.Select) is None


@pytest.mark.parametrize(("rows", "share"), [((), None), (("Cancelled", "Shipped", None), 100 / 3)])
def test_a_share_is_of_all_rows_unrounded_and_null_of_none(
    rows: tuple[str | None, ...], share: float | None
) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE orders (status TEXT)")
    database.executemany("INSERT INTO orders VALUES (?)", [(status,) for status in rows])
    assert database.execute(_answer(_CANCELLED).sql("sqlite")).fetchall() == [(share,)]
    database.close()


def test_a_share_is_explained_as_a_percentage() -> None:
    told = "The percentage for which status is 'Cancelled', of the rows of orders."
    assert _answer(_CANCELLED).explanation == told
    assert _answer(_CANCELLED).operation == "AGGREGATE"


@pytest.mark.parametrize(
    "sentence",
    ["What share of the total order amount is cancelled?", "What percentage of the amount is new?"],
)
def test_a_share_of_an_amount_is_not_read_as_one_of_rows(sentence: str) -> None:
    assert isinstance(engine("retail").read(sentence), Refusal)

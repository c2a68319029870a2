"""Nouns that several tables are called by, told by the columns or the key of their rows."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Column, Engine, ReadOptions, Table
from kpi_nlsql.schema.building import build_graph

_ENGINE = Engine(
    build_graph(
        "stocks",
        [
            Table(
                "STOCK_COUNT",
                columns=(
                    Column("ITEM_NO", "varchar(9)"),
                    Column("RESERVED_QUANTITY", "integer"),
                    Column("COUNTED_QUANTITY", "integer"),
                    Column("COUNTED_ON", "date"),
                ),
            ),
            Table(
                "WMS_STOCK",
                columns=(
                    Column("ITEM_NO", "varchar(9)", values=("7100", "8200")),
                    Column("SHELF", "varchar(9)"),
                    Column("SHELVED_ON", "date"),
                    Column("STATE", "varchar(9)", values=("Spoilt", "Fresh")),
                    Column("IN_OUT", "varchar(3)", values=("In", "Out")),
                    Column("KIND", "varchar(9)", values=("Glass jar", "Paper box")),
                ),
            ),
            Table(
                "ESHOP_EXPORT",
                columns=(Column("ARTICLE_ID", "integer", unique=True), Column("SKU", "varchar(9)")),
            ),
            Table(
                "ESHOP_SALES",
                columns=(
                    Column("SKU", "varchar(9)"),
                    Column("PIECES", "integer"),
                    Column("SOLD_AS", "varchar(19)", values=("Paper boxes", "Glass jars")),
                ),
            ),
        ],
    )
)


@pytest.mark.parametrize(
    ("sentence", "table"),
    [
        ("Stock with reserved quantity above 5", "STOCK_COUNT"),
        ("Stock where the counted quantity is below reserved quantity", "STOCK_COUNT"),
        ("Stock whose shelf is empty", "WMS_STOCK"),
        ("Stock counted in 2024", "STOCK_COUNT"),
        ("Stock shelved between 2024-01-01 and 2024-03-31", "WMS_STOCK"),
        ("Spoilt stock", "WMS_STOCK"),
        ("Stock that is not fresh", "WMS_STOCK"),
        ("Show me all eshop articles", "ESHOP_EXPORT"),
    ],
)
def test_the_rows_are_those_that_have_what_is_told_of_them(sentence: str, table: str) -> None:
    answer = _ENGINE.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "").startswith(f"SELECT {table}.* FROM {table}")


def test_a_kind_is_that_of_the_rows_though_elsewhere_it_is_stored_in_the_plural() -> None:
    answer = _ENGINE.read("WMS stock of glass jars", ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert "WMS_STOCK.KIND = 'Glass jar'" in answer.sql("sqlite").replace('"', "")


def test_a_slash_stands_between_the_words_of_a_column() -> None:
    answer = _ENGINE.read("Number of WMS stock rows by in/out", ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "").endswith("GROUP BY WMS_STOCK.IN_OUT")


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        ("Stock with counted quantity above 7100", "COUNTED_QUANTITY > 7100"),
        ("SKUs whose total pieces exceed 8200", "SUM(ESHOP_SALES.PIECES) > 8200"),
    ],
)
def test_an_amount_compared_is_no_code_of_another_table(sentence: str, condition: str) -> None:
    answer = _ENGINE.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert condition in answer.sql("sqlite").replace('"', "")

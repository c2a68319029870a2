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
                ),
            ),
            Table(
                "WMS_STOCK",
                columns=(Column("ITEM_NO", "varchar(9)"), Column("SHELF", "varchar(9)")),
            ),
            Table(
                "ESHOP_EXPORT",
                columns=(Column("ARTICLE_ID", "integer", unique=True), Column("SKU", "varchar(9)")),
            ),
            Table(
                "ESHOP_SALES",
                columns=(Column("SKU", "varchar(9)"), Column("PIECES", "integer")),
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
        ("Show me all eshop articles", "ESHOP_EXPORT"),
    ],
)
def test_the_rows_are_those_that_have_what_is_told_of_them(sentence: str, table: str) -> None:
    answer = _ENGINE.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "").startswith(f"SELECT {table}.* FROM {table}")

"""Which table a noun means where names tell the kind of table, the system, or only the rows."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Column, Engine, ReadOptions, Table
from kpi_nlsql.schema.building import build_graph

from .cases.columns import text

_SPECIES = tuple(f"PL{n:04}" for n in range(90))


NURSERY = Engine(
    build_graph(
        "nursery",
        [
            Table(
                "shop_mst",
                columns=(text("shop_cd", unique=True), text("shop_nm"), text("town", "Ulm")),
                row_count=12,
            ),
            Table(
                "plnt_mst",
                columns=(text("plnt_no", *_SPECIES, unique=True), text("plnt_nm")),
                row_count=90,
            ),
            Table(
                "web_plant_catalog",
                columns=(text("sku", *_SPECIES[:70], unique=True), text("title")),
                row_count=70,
            ),
            Table(
                "mail_signup",
                columns=(text("email", unique=True), text("src", "shop", "web", "fair")),
                row_count=80,
            ),
            Table(
                "till_hdr",
                columns=(text("slip_no", unique=True), text("shop_cd"), text("paid_by", "Card")),
                row_count=300,
            ),
            Table(
                "till_ln",
                columns=(text("slip_no"), Column("ln_no", "int"), text("plnt_no", *_SPECIES)),
                row_count=700,
            ),
        ],
    )
)


@pytest.mark.parametrize(
    ("sentence", "table"),
    [
        ("Show me all shops", "shop_mst"),
        ("Show me all plants", "plnt_mst"),
        ("Show me all web catalog plants", "web_plant_catalog"),
        ("Show me all plants in the web catalog", "web_plant_catalog"),
        ("Show me all tills", "till_hdr"),
        ("Show me all till lines", "till_ln"),
    ],
)
def test_a_noun_means_the_rows_of_its_own_table(sentence: str, table: str) -> None:
    answer = NURSERY.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "") == f"SELECT {table}.* FROM {table}"


def test_rows_that_are_called_like_a_value_are_no_such_value() -> None:
    answer = NURSERY.read(
        "Show me all shops that have no till lines", ReadOptions(minimum_confidence=0.0)
    )
    assert isinstance(answer, Answer), answer
    sql = answer.sql("sqlite").replace('"', "")
    assert sql.startswith("SELECT shop_mst.* FROM shop_mst WHERE NOT EXISTS")
    assert "mail_signup" not in sql


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        (
            "How many different plants are in the till lines?",
            "SELECT COUNT(DISTINCT till_ln.plnt_no) AS count_plnt_no FROM till_ln",
        ),
        (
            "Show me all web plant catalog entries",
            "SELECT web_plant_catalog.* FROM web_plant_catalog",
        ),
    ],
)
def test_what_a_place_holds_is_counted_by_its_key_and_shown_as_rows(
    sentence: str, sql: str
) -> None:
    answer = NURSERY.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "") == sql

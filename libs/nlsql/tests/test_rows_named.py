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


_PARTS = tuple(f"P{n:03}" for n in range(80))

WORKS = Engine(
    build_graph(
        "works",
        [
            Table(
                "brz_lnd_ERP_PART_MASTER",
                columns=(text("PART", *_PARTS, unique=True), text("GRP", "A"), text("MAKER")),
                row_count=80,
            ),
            Table(
                "stg_SPARES_EXCEL",
                columns=(text("Part", *_PARTS[:60]), text("Shelf"), text("Maker")),
                row_count=66,
            ),
            Table(
                "mes_USAGE",
                columns=(text("USAGE_NO", unique=True), text("PART", *_PARTS[:40])),
                row_count=400,
            ),
        ],
    )
)


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        (
            "Show me all parts in Spares Excel which are not in the ERP part master",
            (
                "SELECT s.* FROM stg_SPARES_EXCEL AS s WHERE NOT EXISTS(SELECT 1 FROM "
                "brz_lnd_ERP_PART_MASTER AS t WHERE s.Part = t.PART)"
            ),
        ),
        (
            "Parts in both Spares Excel and the ERP part master",
            (
                "SELECT s.* FROM stg_SPARES_EXCEL AS s WHERE EXISTS(SELECT 1 FROM "
                "brz_lnd_ERP_PART_MASTER AS t WHERE s.Part = t.PART)"
            ),
        ),
        ("List the parts in ERP", "SELECT brz_lnd_ERP_PART_MASTER.* FROM brz_lnd_ERP_PART_MASTER"),
        (
            "Duplicate makers in Spares Excel",
            (
                "SELECT stg_SPARES_EXCEL.Maker, COUNT(*) AS duplicate_count FROM stg_SPARES_EXCEL "
                "WHERE stg_SPARES_EXCEL.Maker IS NOT NULL GROUP BY stg_SPARES_EXCEL.Maker "
                "HAVING COUNT(*) > 1"
            ),
        ),
    ],
)
def test_a_plural_of_the_key_s_name_means_the_rows_that_it_tells_apart(
    sentence: str, sql: str
) -> None:
    answer = WORKS.read(sentence)
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "") == sql


def test_a_row_that_differs_comes_once_for_each_value_of_the_others() -> None:
    answer = WORKS.read("Show me all parts whose maker differs between ERP and Spares Excel")
    assert isinstance(answer, Answer), answer
    told = answer.sql("sqlite").replace('"', "").partition(" WHERE ")[0]
    assert told == (
        "SELECT s.*, t.Maker AS target_Maker FROM brz_lnd_ERP_PART_MASTER AS s JOIN (SELECT "
        "DISTINCT t_all.Part, t_all.Maker FROM stg_SPARES_EXCEL AS t_all) AS t ON s.PART = t.Part"
    )

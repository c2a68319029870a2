"""Rows and the system they are in: which table a sentence about several systems speaks of."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Column, Engine, ReadOptions, Refusal, Table
from kpi_nlsql.schema.building import build_graph

from .cases.schemas import SCHEMAS

PRODUCTS = Engine(SCHEMAS["products"])


def _system(name: str, key: str, noun: str) -> Table:
    return Table(
        name,
        columns=(
            Column(key, "text", unique=True),
            Column(noun, "text"),
            Column("city", "text", values=("Hamburg", "Lyon")),
        ),
        row_count=100,
    )


SYSTEMS = Engine(
    build_graph(
        "systems",
        [
            _system("sap_customers", "cust_no", "cust_name"),
            _system("crm_customers", "customer_number", "customer_name"),
            _system("sap_orders", "order_no", "order_note"),
        ],
    )
)


def _sql(engine: Engine, sentence: str) -> str:
    answer = engine.read(sentence)
    assert isinstance(answer, Answer), answer
    return answer.sql("sqlite").replace('"', "")


@pytest.mark.parametrize(
    ("sentence", "sql"),
    [
        (
            "How many products are in OPS Excel?",
            "SELECT COUNT(*) AS count FROM brz_lnd_OPS_EXCEL",
        ),
        (
            "Count products per status in RBP GPU",
            "SELECT brz_lnd_RBP_GPU.STATUS, COUNT(*) AS count "  # noqa: ISC004
            "FROM brz_lnd_RBP_GPU GROUP BY brz_lnd_RBP_GPU.STATUS",
        ),
    ],
)
def test_a_system_that_is_named_wins_over_a_table_called_like_the_noun(
    sentence: str, sql: str
) -> None:
    assert _sql(PRODUCTS, sentence) == sql


def test_a_word_that_names_nothing_is_refused_by_name() -> None:
    read = PRODUCTS.read("List products in OPS Excel without a stocktake")
    assert isinstance(read, Refusal)
    assert "stocktake" in read.reason


def test_noun_and_system_together_name_a_table_and_keys_meet_under_different_names() -> None:
    assert _sql(SYSTEMS, "Show me all customers in SAP which are not in CRM") == (
        "SELECT s.* FROM sap_customers AS s WHERE NOT EXISTS("
        "SELECT 1 FROM crm_customers AS t WHERE s.cust_no = t.customer_number)"
    )


def test_a_noun_that_two_systems_share_is_asked_back() -> None:
    read = SYSTEMS.read("Show me all customers in Hamburg")
    assert isinstance(read, Refusal)
    assert read.alternatives


def test_rows_are_set_against_several_tables_at_once() -> None:
    sentence = "Show me all products in RBP GPU and OPS Excel but not in the product master"
    answer = PRODUCTS.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer)
    assert answer.sql("sqlite").replace('"', "") == (
        "SELECT s.* FROM brz_lnd_RBP_GPU AS s WHERE EXISTS("
        "SELECT 1 FROM brz_lnd_OPS_EXCEL AS t WHERE s.PLANNING_SKU = t.PLANNING_SKU) "
        "AND NOT EXISTS("
        "SELECT 1 FROM hana_material_master AS t2 WHERE s.PLANNING_SKU = t2.PLANNING_SKU)"
    )


def test_what_is_in_one_table_or_the_other_is_a_union() -> None:
    assert _sql(PRODUCTS, "List planning SKUs present in RBP GPU or in OPS Excel") == (
        "SELECT brz_lnd_RBP_GPU.PLANNING_SKU FROM brz_lnd_RBP_GPU "
        "WHERE brz_lnd_RBP_GPU.PLANNING_SKU IS NOT NULL UNION "
        "SELECT brz_lnd_OPS_EXCEL.PLANNING_SKU FROM brz_lnd_OPS_EXCEL "
        "WHERE brz_lnd_OPS_EXCEL.PLANNING_SKU IS NOT NULL"
    )


def _numbered(name: str, **texts: tuple[str, ...]) -> Table:
    numbers = tuple(f"M{n}" for n in range(30))
    columns = [Column("member_no", "text", values=numbers, unique=True)]
    columns += [Column(column, "text", values=values) for column, values in texts.items()]
    return Table(name, columns=tuple(columns), row_count=30)


CLUB = Engine(
    build_graph(
        "club",
        [
            _numbered("crm_members", tier=("Gold", "Basic")),
            _numbered("his_members", bill_day=("1", "15")),
            _numbered("his_lessons", sport=("Tennis", "Golf")),
            _numbered("psp_moves", move_kind=("Refund", "Capture")),
            _numbered("psp_payouts", bank=("North", "South")),
        ],
    )
)


@pytest.mark.parametrize(
    ("sentence", "denied"),
    [
        ("Gold CRM members that are not in the HIS", "his_members"),
        ("CRM members without a refund at the PSP", "psp_moves"),
        ("CRM members without a payout at the PSP", "psp_payouts"),
    ],
)
def test_a_place_is_the_table_of_its_system_that_holds_what_is_spoken_of(
    sentence: str, denied: str
) -> None:
    sql = _sql(CLUB, sentence)
    assert "FROM crm_members" in sql
    assert sql.count(f"NOT EXISTS(SELECT 1 FROM {denied} ") == sql.count("EXISTS") == 1


def test_rows_that_are_in_a_system_only_are_missing_from_the_other() -> None:
    sql = _sql(SYSTEMS, "Customers that exist in CRM only")
    assert "FROM crm_customers" in sql
    assert "NOT EXISTS(SELECT 1 FROM sap_customers " in sql

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Column, Engine, Graph, ReadOptions, Refusal, Table
from kpi_nlsql.schema.building import build_graph
from kpi_nlsql.sql import DIALECTS

_STATUSES = ("Active", "Inactive")


def _table(name: str, unique: bool = False) -> Table:
    return Table(
        name,
        columns=(
            Column("PLANNING_SKU", "varchar(40)", unique=unique),
            Column("PRODUCT_NAME", "varchar(200)"),
            Column("CATEGORY", "varchar(40)", values=("Electronics", "Home")),
            Column("STATUS", "varchar(20)", values=_STATUSES),
            Column("PRICE", "decimal(10,2)"),
        ),
    )


@pytest.fixture(scope="module")
def graph() -> Graph:
    return build_graph(
        "products",
        [
            _table("brz_lnd_RBP_GPU"),
            _table("brz_lnd_OPS_EXCEL"),
            _table("hana_material_master", unique=True),
        ],
        dialect="mysql",
    )


@pytest.fixture(scope="module")
def engine(graph: Graph) -> Engine:
    return Engine(graph)


def _answer(engine: Engine, sentence: str) -> Answer:
    answer = engine.read(sentence, ReadOptions(limit=1000))
    assert isinstance(answer, Answer), answer
    return answer


def test_products_of_one_table_that_are_not_in_another_are_an_anti_join(engine: Engine) -> None:
    answer = _answer(engine, "Show me all products in RBP GPU which are not in OPS Excel")
    assert answer.sql() == (
        "SELECT `s`.* FROM `brz_lnd_RBP_GPU` AS `s` WHERE NOT EXISTS("
        "SELECT 1 FROM `brz_lnd_OPS_EXCEL` AS `t` WHERE `s`.`PLANNING_SKU` = `t`.`PLANNING_SKU`"
        ") LIMIT 1000"
    )
    assert answer.operation == "NOT_IN"
    assert answer.sql_query_type == "COMPARISON_QUERY"
    assert answer.joined_columns == (("PLANNING_SKU", "PLANNING_SKU"),)
    assert (answer.source_table, answer.target_table) == ("brz_lnd_RBP_GPU", "brz_lnd_OPS_EXCEL")


def test_duplicates_are_looked_for_in_the_master(engine: Engine) -> None:
    answer = _answer(engine, "Show me all duplicate planning SKUs in the product master")
    assert answer.operation == "DUPLICATE"
    assert answer.source_table == "hana_material_master"
    assert "HAVING COUNT(*) > 1" in answer.sql()


def test_a_count_takes_its_value_from_the_dictionary_and_has_no_limit(engine: Engine) -> None:
    answer = _answer(engine, "Count all products where status is inactive")
    assert answer.operation == "AGGREGATE"
    assert answer.source_table == "hana_material_master"
    assert "= 'Inactive'" in answer.sql()
    assert "LIMIT" not in answer.sql()
    assert answer.alternatives


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_every_dialect_can_be_written(engine: Engine, dialect: str) -> None:
    answer = _answer(engine, "Show me all products in RBP GPU which are not in OPS Excel")
    assert "NOT EXISTS" in answer.sql(dialect)


def test_an_excluded_field_joins_nothing(engine: Engine) -> None:
    answer = engine.read(
        "Show me all products in RBP GPU which are not in OPS Excel",
        ReadOptions(excluded_fields=("planning_sku",)),
    )
    assert isinstance(answer, Refusal) or answer.joined_columns != (
        ("PLANNING_SKU", "PLANNING_SKU"),
    )


def test_a_graph_survives_json(graph: Graph) -> None:
    assert Graph.from_json(graph.to_json()) == graph


def test_other_readings_say_something_else(engine: Engine) -> None:
    answer = _answer(
        engine, "Show me all products in RBP GPU not in OPS Excel, with SKU and status"
    )
    told = [answer.explanation, *(other.explanation for other in answer.alternatives)]
    assert len(set(told)) == len(told)

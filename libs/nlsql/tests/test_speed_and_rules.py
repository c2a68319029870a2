from __future__ import annotations

import time

from kpi_nlsql import (
    Answer,
    Column,
    ColumnPair,
    Engine,
    Graph,
    Normalisation,
    ReadOptions,
    Ruleset,
    Table,
    TableRule,
)
from kpi_nlsql.schema.building import build_graph
from kpi_nlsql.schema.joins import infer_joins

from .cases.schemas import SCHEMAS

_WORDS = (
    "order",
    "customer",
    "product",
    "plant",
    "vendor",
    "stock",
    "price",
    "region",
    "lot",
    "way",
)


def _wide_graph() -> Graph:
    tables = [
        Table(
            f"{_WORDS[number % 10]}_{_WORDS[number // 10 % 10]}_{number}",
            columns=(
                Column(f"{_WORDS[number % 10]}_id", "int"),
                *(
                    Column(f"{_WORDS[index % 10]}_{_WORDS[(index + number) % 10]}_{index}", "text")
                    for index in range(29)
                ),
            ),
        )
        for number in range(200)
    ]
    return build_graph("wide", tables)


def test_a_graph_of_200_tables_with_30_columns_is_built_in_5_seconds() -> None:
    started = time.process_time()
    Engine(_wide_graph())
    assert time.process_time() - started < 5.0


def test_fifty_questions_a_second_are_read() -> None:
    engine = Engine(SCHEMAS["retail"])
    engine.read("warm up: show customers without orders")
    started = time.process_time()
    for _ in range(50):
        engine.read("What is the average order amount by city?")
    assert time.process_time() - started < 1.0


def test_a_ruleset_wins_over_inferred_joins_and_normalises() -> None:
    rule = TableRule(
        "brz_lnd_RBP_GPU",
        "brz_lnd_OPS_EXCEL",
        (
            ColumnPair("PLANNING_SKU", "PLANNING_SKU", Normalisation(trim=True, ignore_case=True)),
            ColumnPair("PRICE", "PRICE", Normalisation(scale=2, nulls_equal=True)),
        ),
    )
    engine = Engine(SCHEMAS["products"], Ruleset("by sku and price", (rule,)))
    answer = engine.read("Show me all products in OPS Excel which are not in RBP GPU")
    assert isinstance(answer, Answer)
    assert answer.joined_columns == (("PLANNING_SKU", "PLANNING_SKU"), ("PRICE", "PRICE"))
    sql = answer.sql("sqlite")
    assert 'LOWER(TRIM("s"."PLANNING_SKU")) = LOWER(TRIM("t"."PLANNING_SKU"))' in sql
    assert 'ROUND("s"."PRICE", 2) = ROUND("t"."PRICE", 2)' in sql
    assert '"s"."PRICE" IS NULL AND "t"."PRICE" IS NULL' in sql


def test_a_ruleset_survives_json() -> None:
    ruleset = Ruleset("r", (TableRule("a", "b", (ColumnPair("x", "y", Normalisation(scale=1)),)),))
    assert Ruleset.from_json(ruleset.to_json()) == ruleset


def test_shared_sample_values_speak_for_a_join_and_disjoint_ones_against_it() -> None:
    def tables(values: tuple[str, ...]) -> list[Table]:
        left = Table("orders", columns=(Column("customer_code", "text", values=("A", "B", "C")),))
        right = Table("customers", columns=(Column("customer_code", "text", values=values),))
        return [left, right]

    shared = infer_joins(tables(("A", "B", "C", "D")))
    apart = infer_joins(tables(("X", "Y", "Z")))
    assert "100% of the sampled values are shared" in shared[0].evidence
    assert not apart or apart[0].score < shared[0].score


def test_a_limit_bounds_rows_and_never_a_count() -> None:
    engine = Engine(SCHEMAS["retail"])
    options = ReadOptions(limit=7)
    rows = engine.read("Show me all cancelled orders", options)
    count = engine.read("How many customers are there?", options)
    assert isinstance(rows, Answer)
    assert isinstance(count, Answer)
    assert rows.sql("sqlite").endswith("LIMIT 7")
    assert "LIMIT" not in count.sql("sqlite")

"""From a request to guarded SQL, without a server."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kpi_contracts.definition import PinnedReading
from kpi_contracts.execution import ExecutionParameters
from kpi_executor.guard import UnsafeQuery
from kpi_executor.lookups import GraphReference
from kpi_executor.planning import (
    NotUnderstood,
    Planner,
    Question,
    UnfitRuleset,
    UnknownRuleset,
    UnknownSchema,
    explain_refusal,
    limited,
)
from kpi_executor.ruleset_fit import unknown_names
from kpi_nlsql import Column, Refusal, Table
from kpi_nlsql.schema.building import build_graph

GRAPH = build_graph(
    "shop",
    [
        Table("orders", "main", (Column("id", "int"), Column("customer_id", "int"))),
        Table("customers", "main", (Column("customer_id", "int"), Column("name"))),
        Table("archive", "old", (Column("id", "int"),)),
    ],
    dialect="duckdb",
)
REFERENCE = GraphReference(1, 1, "shop", 1, "duckdb")
PARAMETERS = ExecutionParameters(kg_name="shop")


@pytest.fixture
def planner() -> Planner:
    return Planner(lambda _: GRAPH.to_json(), lambda _: None)


def test_sql_is_guarded_and_limited(planner: Planner) -> None:
    planned = planner.plan(REFERENCE, PARAMETERS, Question(sql="select name from customers -- all"))
    assert planned.sql.endswith("LIMIT 1000")
    assert "--" not in planned.sql
    assert planned.plan.sql_query_type == "SQL_QUERY"


def test_a_table_outside_the_graph_is_refused(planner: Planner) -> None:
    with pytest.raises(UnsafeQuery, match="secrets"):
        planner.plan(REFERENCE, PARAMETERS, Question(sql="select * from secrets"))


def test_a_schema_that_is_not_there_is_named(planner: Planner) -> None:
    wanted = replace(PARAMETERS, select_schema="nope")
    with pytest.raises(UnknownSchema, match="main, old"):
        planner.plan(REFERENCE, wanted, Question(sql="select 1 from customers"))


def test_only_tables_of_the_selected_schema_count(planner: Planner) -> None:
    wanted = replace(PARAMETERS, select_schema="main")
    with pytest.raises(UnsafeQuery):
        planner.plan(REFERENCE, wanted, Question(sql="select * from old.archive"))


def test_a_ruleset_that_is_not_there_is_named(planner: Planner) -> None:
    with pytest.raises(UnknownRuleset, match="RECON_1"):
        planner.plan(REFERENCE, replace(PARAMETERS, ruleset_name="RECON_1"), Question(sentence="x"))


def _rule(left: str, right: str, *columns: str) -> dict[str, Any]:
    pairs = [{"left": column, "right": column} for column in columns]
    return {"left_table": left, "right_table": right, "pairs": pairs}


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ([_rule("ORDERS", "customers", "CUSTOMER_ID"), _rule("bills", "payments", "id")], None),
        ([_rule("bills", "payments", "id")], "has no rule for two tables"),
        ([_rule("orders", "customers", "customer_id", "vat")], "'customers' has no column 'vat'"),
    ],
)
def test_a_ruleset_has_to_fit_the_graph(rules: list[dict[str, Any]], reason: str | None) -> None:
    planner = Planner(lambda _: GRAPH.to_json(), lambda name: {"name": name, "rules": rules})
    wanted = replace(PARAMETERS, ruleset_name="RECON_1")
    question = Question(sentence="orders that are not in customers")
    if reason is None:
        joined = planner.plan(REFERENCE, wanted, question).plan.joined_columns
        assert [[name.lower() for name in pair] for pair in joined] == [["customer_id"] * 2]
    else:
        with pytest.raises(UnfitRuleset, match=reason):
            planner.plan(REFERENCE, wanted, question)


def test_rules_about_what_no_graph_has_are_told_by_their_position() -> None:
    rules = [
        _rule("orders", "customers", "customer_id"),
        _rule("orders", "bills", "id"),
        _rule("orders", "customers", "vat"),
    ]
    assert unknown_names(rules, [GRAPH.to_json()]) == {
        1: "no knowledge graph has table 'bills' beside the other",
        2: "the table 'orders' has no column 'vat'; the table 'customers' has no column 'vat'",
    }
    assert unknown_names(rules, []) == {}


def test_a_sentence_that_is_not_understood_is_refused_with_suggestions(planner: Planner) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        planner.plan(REFERENCE, PARAMETERS, Question(sentence="flurbish the quonk zyx"))
    assert str(refusal.value)


def test_a_plan_is_made_once() -> None:
    fetched: list[GraphReference] = []

    def content(graph: GraphReference) -> dict[str, Any]:
        fetched.append(graph)
        return GRAPH.to_json()

    planner = Planner(content, lambda _: None)
    first = planner.plan(REFERENCE, PARAMETERS, Question(sql="select name from customers"))
    assert planner.plan(REFERENCE, PARAMETERS, Question(sql="select name from customers")) is first
    assert fetched == [REFERENCE]


def test_a_pinned_reading_is_run_as_it_stands_but_guarded(planner: Planner) -> None:
    reading = PinnedReading(kg_name="shop", sql="select name from customers", operation="LIST")
    planned = planner.plan(REFERENCE, PARAMETERS, Question(sentence="x", pinned=reading))
    assert planned.plan.operation == "LIST"
    hostile = replace(reading, sql="select * from secrets")
    with pytest.raises(UnsafeQuery):
        planner.plan(REFERENCE, PARAMETERS, Question(sentence="x", pinned=hostile))


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT a FROM t", "SELECT a FROM t LIMIT 10"),
        ("SELECT COUNT(*) FROM t", "SELECT COUNT(*) FROM t LIMIT 10"),
        ("SELECT a FROM t LIMIT 3", "SELECT * FROM (SELECT a FROM t LIMIT 3) AS result LIMIT 10"),
    ],
)
def test_the_limit_is_laid_around_the_rows(sql: str, expected: str) -> None:
    assert limited(sql, "duckdb", 10) == expected


def test_no_limit_leaves_the_query_alone() -> None:
    assert limited("SELECT a FROM t", "duckdb", None) == "SELECT a FROM t"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("Some words are not understood: frobs.", "Some words are not understood: frobs"),
        ("Nothing is named.", "Nothing is named; not understood: frobs"),
    ],
)
def test_a_refusal_names_the_unknown_words_once(reason: str, told: str) -> None:
    refusal = Refusal("frobs?", reason, ("frobs",), ("orders",), ("orders.id",))
    assert explain_refusal(refusal) == f"{told}; closest: orders, orders.id."


def test_a_refusal_without_unknown_words_gives_its_reason_alone() -> None:
    assert explain_refusal(Refusal("", "The sentence is empty.")) == "The sentence is empty."

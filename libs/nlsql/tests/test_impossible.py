"""A plan that no row can meet, or that compares what cannot be compared, is told from others."""

import pytest

from kpi_nlsql import Engine, Refusal
from kpi_nlsql.judging.impossible import is_impossible
from kpi_nlsql.plans import plan

from .cases.schemas import SCHEMAS

RETAIL = SCHEMAS["retail"]
STATUS = plan.ColumnRef("orders", "status")
AMOUNT = plan.ColumnRef("orders", "total_amount")
ITEMS = plan.Exists(
    plan.Query(
        (plan.Output(plan.Constant(1)),),
        plan.Source("order_items", "i"),
        where=plan.Match(plan.ColumnRef("orders", "order_id"), plan.ColumnRef("i", "order_id")),
    )
)


def orders(*terms: plan.Condition) -> plan.Query:
    source = plan.Source("orders", "orders")
    return plan.Query((plan.Output(plan.Star("orders")),), source, where=plan.all_of(list(terms)))


@pytest.mark.parametrize(
    "terms",
    [
        [plan.Compare(STATUS, "!=", STATUS)],
        [plan.Not(plan.Compare(AMOUNT, ">", AMOUNT))],
        [plan.Compare(AMOUNT, "!=", plan.Constant("Cancelled"))],
        [ITEMS, plan.Not(ITEMS)],
        [plan.IsNull(plan.ColumnRef("orders", "segment"))],
        [plan.IsNull(plan.ColumnRef("nowhere", "status"))],
    ],
)
def test_what_cannot_be_is_told(terms: list[plan.Condition]) -> None:
    assert is_impossible(RETAIL, orders(*terms))


@pytest.mark.parametrize(
    "terms",
    [
        [plan.Compare(STATUS, "!=", plan.Constant("Cancelled"))],
        [plan.Compare(AMOUNT, ">", plan.Constant("12.50"))],
        [plan.Compare(AMOUNT, ">", plan.Constant(12))],
        [ITEMS, plan.Compare(STATUS, "=", plan.Constant("Shipped"))],
    ],
)
def test_what_can_be_is_not(terms: list[plan.Condition]) -> None:
    assert not is_impossible(RETAIL, orders(*terms))


def test_a_row_that_should_have_two_values_at_once_is_asked_back_for() -> None:
    answer = Engine(RETAIL).read("Show me all shipped orders that are cancelled")
    assert isinstance(answer, Refusal)

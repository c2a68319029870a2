"""Readings that say the same are offered once, whoever made them."""

from kpi_nlsql import Answer, Engine
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.sameness import said

from .cases.schemas import SCHEMAS


def _unordered(outer: str, inner: str, column: str = "customer_id") -> plan.Query:
    match = plan.Match(plan.ColumnRef(outer, column), plan.ColumnRef(inner, column))
    related = plan.Query(
        (plan.Output(plan.Constant(1)),), plan.Source("orders", inner), where=match
    )
    rows = (plan.Output(plan.Star(outer)),)
    source = plan.Source("customers", outer)
    return plan.Query(rows, source, where=plan.Not(plan.Exists(related)))


def test_plans_that_differ_in_aliases_say_the_same() -> None:
    assert said(_unordered("customers", "orders_2")) == said(_unordered("s", "t"))


def test_plans_that_pair_by_other_columns_do_not() -> None:
    assert said(_unordered("s", "t")) != said(_unordered("s", "t", "email"))


def test_no_other_reading_is_the_one_that_was_chosen() -> None:
    answer = Engine(SCHEMAS["products"]).read(
        "Show me all products in RBP GPU which are not in OPS Excel"
    )
    assert isinstance(answer, Answer)
    told = [said(other.plan) for other in answer.alternatives]
    assert said(answer.plan) not in told
    assert len(set(told)) == len(told)

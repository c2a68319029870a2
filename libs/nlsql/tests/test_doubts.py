"""What makes a reading doubtful: what it leaves unread, and shapes that are often misread."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Engine, ReadOptions, Refusal
from kpi_nlsql.judging.doubts import doubts
from kpi_nlsql.plans.plan import Plan

from .cases.schemas import SCHEMAS

_ENGINE = Engine(SCHEMAS["retail"])


def _doubts(sentence: str, plan: Plan) -> set[str]:
    linked = _ENGINE.link(sentence, ReadOptions())
    return {name for name, amount in doubts(linked, plan).items() if amount}


def _plan(sentence: str) -> Plan:
    answer = _ENGINE.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer)
    return answer.plan


def test_a_plan_that_denies_nothing_leaves_the_not_of_the_sentence_unread() -> None:
    plain = _plan("Show all customers")
    assert "negation_unread" in _doubts("Show customers without orders", plain)


def test_a_denial_that_was_read_is_no_unread_negation() -> None:
    sentence = "Show customers without orders"
    found = _doubts(sentence, _plan(sentence))
    assert "denied" in found
    assert "negation_unread" not in found


def test_a_comparison_that_the_plan_does_not_make_is_unread() -> None:
    sentence = "Show me customers who have more than 3 orders"
    assert "comparison_unread" in _doubts(sentence, _plan("Show all customers"))
    assert "comparison_unread" not in _doubts(sentence, _plan(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "Customers with big orders",  # not with any order
        "List all loyal customers",
        "Cities with number of customers and number of orders",  # two counts of different rows
        "How many products of a brand did we sell?",
        "Number of customers by number of orders",
        "Customers whose average order is above 200",
    ],
)
def test_a_sentence_of_which_a_part_is_unread_is_not_answered(sentence: str) -> None:
    assert isinstance(_ENGINE.read(sentence), Refusal)


def test_rows_counted_for_each_of_themselves_are_not_answered() -> None:
    shipped = "Number of shipped and cancelled orders per customer"
    assert isinstance(_ENGINE.read(shipped), Refusal)


def test_a_column_to_be_alike_or_one_to_differ_are_not_both_set_apart() -> None:
    products = Engine(SCHEMAS["products"])
    sentence = "Products in RBP GPU with the same price or a different status in OPS Excel"
    assert isinstance(products.read(sentence), Refusal)

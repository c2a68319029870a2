"""How a reading is told: whose columns, matched by which keys, above the average of which rows."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer

from .cases.written import engine

_TOLD = {
    "Products priced above the average price of their category": (
        "The rows of products where price is above the average of price of products of the same "
        "category."
    ),
    "Customers without orders in 2024": (
        "The rows of customers where there is no matching row of orders by customer_id with "
        "order_date is at least '2024-01-01' and order_date is below '2025-01-01'."
    ),
    "Total amount of orders per customer city": (
        "The customers.city, total of orders.total_amount of orders with customers for "
        "each customers.city."
    ),
}


@pytest.mark.parametrize(("sentence", "told"), _TOLD.items())
def test_a_reading_is_told_with_its_keys_and_tables(sentence: str, told: str) -> None:
    answer = engine("retail").read(sentence)
    assert isinstance(answer, Answer)
    assert answer.explanation == told

"""Comparing the rows of two queries."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpi_executor.llm.sample import same_rows
from kpi_executor.sources import Connector, Resources, Source, SourcePolicy, connect


def compared(shop: Source, folder: Path, one: str, other: str) -> bool | None:
    def connection() -> Connector:
        return connect(shop, SourcePolicy(), Resources(folder, folder))

    return same_rows(connection, one, other)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("SELECT id FROM orders", "SELECT id FROM orders ORDER BY id DESC", True),
        ("SELECT SUM(total) FROM orders", "SELECT 19.5000000000001", True),
        ("SELECT COUNT(*) FROM orders", "SELECT 5.0", True),
        ("SELECT 1234567890123", "SELECT 1234567890124", False),
        ("SELECT id FROM orders", "SELECT id FROM customers", False),
        ("SELECT id FROM orders", "SELECT id, id FROM orders", False),
        ("SELECT customer_id FROM orders", "SELECT DISTINCT customer_id FROM orders", False),
        ("SELECT id FROM orders WHERE 1 = 0", "SELECT id FROM customers WHERE 1 = 0", None),
        ("SELECT COUNT(*) FROM orders WHERE 1 = 0", "SELECT NULL", None),
        ("SELECT id FROM orders", "SELECT nothing FROM orders", None),
    ],
)
def test_rows_are_compared_in_any_order_where_they_prove_something(
    shop: Source, tmp_path: Path, one: str, other: str, same: bool | None
) -> None:
    assert compared(shop, tmp_path, one, other) is same


def test_large_results_and_long_queries_stay_open(
    shop: Source, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000) SELECT i FROM n"
    )
    assert compared(shop, tmp_path, many, many) is None
    monkeypatch.setattr("kpi_executor.llm.sample.SECONDS", 0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT MAX(i) FROM n"
    assert compared(shop, tmp_path, endless, endless) is None

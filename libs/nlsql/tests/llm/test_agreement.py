"""Whether two queries say the same, and what follows from it."""

from __future__ import annotations

import pytest

from kpi_nlsql.llm import (
    Agreement,
    NormalForm,
    UnknownNames,
    alone,
    compare,
    joined_on,
    normal_form,
    weigh,
)

from .shop import SHOP


def form(sql: str) -> NormalForm:
    return normal_form(sql, SHOP, "sqlite")


def unknown() -> bool | None:
    return None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT id FROM main.orders", "select O.ID as n from main.orders as O"),
        ("SELECT * FROM main.customers", "SELECT c.id, c.name FROM main.customers AS c"),
        ("SELECT o.* FROM main.orders AS o", "SELECT orders.* FROM main.orders AS orders"),
        ("SELECT id FROM main.orders", "SELECT id FROM main.orders ORDER BY total"),
        (
            "SELECT id FROM main.orders WHERE total > 5 AND status = 'open'",
            "SELECT id FROM main.orders WHERE 'open' = status AND total > 5",
        ),
        (
            "SELECT o.id FROM main.orders AS o JOIN main.customers AS c ON o.customer_id = c.id",
            "SELECT a.id FROM main.orders AS a JOIN main.customers AS b ON b.id = a.customer_id",
        ),
        (
            "SELECT 1 FROM main.orders AS o WHERE EXISTS (SELECT 1 FROM main.orders WHERE id = 1)",
            "SELECT 1 FROM main.orders AS o WHERE EXISTS (SELECT * FROM main.orders WHERE 1 = id)",
        ),
    ],
)
def test_two_ways_to_write_one_query_agree(one: str, other: str) -> None:
    assert compare(form(one), form(other), unknown) is Agreement.SAME_SQL


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT id FROM main.orders", "SELECT total FROM main.orders"),
        ("SELECT id FROM main.orders", "SELECT id FROM main.customers"),
        ("SELECT SUM(total) FROM main.orders", "SELECT AVG(total) FROM main.orders"),
        (
            "SELECT id FROM main.orders WHERE total > 5",
            "SELECT id FROM main.orders WHERE total < 5",
        ),
        (
            "SELECT id FROM main.orders WHERE total > 5",
            "SELECT id FROM main.orders WHERE total > 6",
        ),
        (
            "SELECT id FROM main.orders WHERE status = 'open'",
            "SELECT id FROM main.orders WHERE NOT status = 'open'",
        ),
        (
            "SELECT id FROM main.orders ORDER BY total LIMIT 3",
            "SELECT id FROM main.orders ORDER BY total DESC LIMIT 3",
        ),
    ],
)
def test_two_questions_differ(one: str, other: str) -> None:
    assert compare(form(one), form(other), unknown) is Agreement.DIFFERENT


def test_the_same_parts_written_otherwise_are_alike() -> None:
    one = form(
        "SELECT id FROM main.orders AS o WHERE EXISTS "
        "(SELECT 1 FROM main.customers AS c WHERE c.id = o.customer_id AND c.name LIKE 'A%')"
    )
    other = form(
        "WITH q AS (SELECT o.id FROM main.orders AS o WHERE EXISTS "
        "(SELECT 1 FROM main.customers AS c WHERE c.name LIKE 'A%' AND c.id = o.customer_id)) "
        "SELECT id FROM q"
    )
    assert compare(one, other, unknown) is Agreement.SAME_SHAPE


def test_rows_decide_where_the_texts_differ() -> None:
    one = form("SELECT id FROM main.orders WHERE total > 5")
    other = form("SELECT id FROM main.orders WHERE total >= 6")
    assert compare(one, other, lambda: True) is Agreement.SAME_ROWS
    assert compare(one, one, lambda: False) is Agreement.SAME_SQL
    assert compare(one, other, lambda: False) is Agreement.DIFFERENT


def test_without_a_normal_form_only_rows_can_agree() -> None:
    one = form("SELECT id FROM main.orders")
    assert compare(None, one, lambda: True) is Agreement.SAME_ROWS
    assert compare(None, one, unknown) is Agreement.DIFFERENT


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT secret FROM main.orders",
        "SELECT o.rowid FROM main.orders AS o",
        'SELECT id FROM main.orders WHERE status = "open_orders"',
        "SELECT x.id FROM main.orders AS o",
        "SELECT FROM WHERE (",
        "",
    ],
)
def test_what_the_graph_does_not_have_is_refused(sql: str) -> None:
    with pytest.raises(UnknownNames):
        form(sql)


def test_tables_of_a_query_are_told_by_their_names_in_the_graph() -> None:
    assert form("SELECT id FROM main.ORDERS").tables == {"orders"}


def test_quoted_names_of_postgresql_keep_their_case() -> None:
    sql = 'SELECT c."Name" FROM main.customers AS c'
    assert normal_form(sql, SHOP, "postgres").tables == {"customers"}
    with pytest.raises(UnknownNames):
        normal_form("SELECT c.Name FROM main.customers AS c", SHOP, "postgres")


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("SELECT 1 FROM a JOIN b ON a.X = b.y AND a.z > 5", {"x", "y"}),
        ("SELECT 1 FROM a JOIN b USING (k)", {"k"}),
        ("SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE TRIM(b.k) = a.k)", {"k"}),
        ("SELECT 1 FROM a WHERE a.x NOT IN (SELECT y FROM b)", {"x", "y"}),
        ("SELECT x FROM a WHERE x = 5 AND y IN (1, 2)", set()),
    ],
)
def test_the_columns_of_joins_are_found(sql: str, columns: set[str]) -> None:
    assert joined_on(sql, "sqlite") == columns


def test_agreement_raises_confidence_the_more_the_closer_it_is() -> None:
    raised = [
        weigh(0.7, one).confidence
        for one in (Agreement.SAME_SQL, Agreement.SAME_ROWS, Agreement.SAME_SHAPE)
    ]
    assert raised == [0.88, 0.82, 0.775]


def test_disagreement_lets_the_rules_run_and_takes_confidence_only_from_the_unsure() -> None:
    sure, unsure = weigh(0.95, Agreement.DIFFERENT), weigh(0.7, Agreement.DIFFERENT)
    assert (sure.chosen, sure.confidence) == ("rules", 0.95)
    assert (unsure.chosen, unsure.confidence) == ("rules", 0.56)


def test_a_model_alone_has_modest_confidence() -> None:
    assert (alone(tried=True).chosen, alone(tried=True).confidence) == ("model", 0.5)
    assert alone(tried=False).confidence == 0.4

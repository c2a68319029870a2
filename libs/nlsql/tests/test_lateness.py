"""What came back late or early: the date of the deed against the date that it was due."""

from __future__ import annotations

import pytest

from kpi_nlsql import Engine, Graph, ReadOptions, Table
from kpi_nlsql.answer import Answer
from kpi_nlsql.schema.building import build_graph

from .cases.columns import date, number, text


def library() -> Graph:
    """Return the loans of a library, each with the day it was due and the day it came back."""
    return build_graph(
        "library",
        [
            Table(
                "loans",
                columns=(
                    number("loan_no", unique=True),
                    text("book_title"),
                    date("lent_on"),
                    date("due_on"),
                    date("returned_on"),
                ),
            ),
        ],
    )


@pytest.mark.parametrize(
    ("sentence", "operator"),
    [
        ("Show me all loans that were returned late", ">"),
        ("Which loans came back too late?", ">"),
        ("Which loans were returned early?", "<"),
    ],
)
def test_a_loan_is_late_that_was_returned_behind_its_due_date(sentence: str, operator: str) -> None:
    answer = Engine(library()).read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer)
    assert (
        answer.sql("sqlite")
        .replace('"', "")
        .endswith(f"WHERE loans.returned_on {operator} loans.due_on")
    )

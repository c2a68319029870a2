"""How many days lie between two dates of a row, in every dialect."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Column, Engine, Refusal, Table
from kpi_nlsql.schema.building import build_graph

_ENGINE = Engine(
    build_graph(
        "leases",
        [
            Table(
                "loan_applications",
                columns=(
                    Column("application_no", "int", unique=True),
                    Column("submitted_on", "date"),
                    Column("decision_date", "date"),
                    Column("payout_date", "date"),
                    Column("state", "varchar(20)", values=("Approved", "Declined", "Open")),
                    Column("priority", "int"),
                    Column("loan_amount", "decimal(12,2)"),
                ),
                primary_key=("application_no",),
            )
        ],
    )
)
_GAP = "CAST((JULIANDAY(loan_applications.{0}) - JULIANDAY(loan_applications.{1})) AS INTEGER)"


@pytest.mark.parametrize(
    ("sentence", "condition"),
    [
        (
            "Loan applications whose payout date is more than 10 days after the decision date",
            _GAP.format("payout_date", "decision_date") + " > 10",
        ),
        (
            "List the loan applications submitted more than 2 weeks before the decision date",
            _GAP.format("decision_date", "submitted_on") + " > 14",
        ),
        (
            "Loan applications with at least 5 days between submitted on and payout date",
            _GAP.format("payout_date", "submitted_on") + " >= 5",
        ),
        (
            "loan applications where payout_date - submitted_on > 30 days, priority in (1, 2)",
            _GAP.format("payout_date", "submitted_on")
            + " > 30 AND (loan_applications.priority = 1 OR loan_applications.priority = 2)",
        ),
        (
            "loan applications with a payout date later than the day they were submitted",
            "loan_applications.payout_date > loan_applications.submitted_on",
        ),
    ],
)
def test_days_between_two_dates_of_a_row_are_compared(sentence: str, condition: str) -> None:
    answer = _ENGINE.read(sentence)
    assert isinstance(answer, Answer), answer
    assert answer.sql("sqlite").replace('"', "").split(" WHERE ")[1] == condition


def test_oracle_subtracts_dates() -> None:
    answer = _ENGINE.read("loan applications with a payout date within 3 days of the decision date")
    assert isinstance(answer, Answer), answer
    assert '"payout_date" - "loan_applications"."decision_date" <= 3' in answer.sql("oracle")


def test_days_after_a_date_that_no_row_has_are_no_amount_of_it() -> None:
    answer = _ENGINE.read("loan applications repaid more than 30 days after the notice date")
    assert isinstance(answer, Refusal)

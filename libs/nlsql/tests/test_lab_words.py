"""Names written short, nouns of two words and months kept as text, in a laboratory."""

from __future__ import annotations

import pytest

from kpi_nlsql import Answer, Engine, Graph, Join, ReadOptions, Table
from kpi_nlsql.schema.building import build_graph

from .cases.columns import date, number, text


def _laboratory() -> Graph:
    samples = (
        text("sam_no", unique=True),
        text("sam_type", "Blood", "Water"),
        date("sam_dt"),
        text("client_no"),
        text("sam_country", "Peru", "Chile"),
    )
    clients = (
        text("client_no", unique=True),
        text("client_name"),
        text("country", "Peru", "Chile"),
    )
    checks = (
        text("check_no", unique=True),
        text("sam_no"),
        text("method_no"),
        text("outcome", "Passed", "Failed"),
    )
    receipts = (number("rec_no", unique=True), text("client_no"), number("amount"))
    usage = (text("client_no"), text("usage_mth", "2024-11", "2024-12"), number("tests"))
    return build_graph(
        "laboratory",
        [
            Table("lim_sample", columns=samples, primary_key=("sam_no",)),
            Table("lim_client", columns=clients, primary_key=("client_no",)),
            Table("lim_check", columns=checks),
            Table("lim_method", columns=(text("method_no", unique=True), text("title"))),
            Table("fin_deposit_receipt", columns=receipts),
            Table("portal_usage", columns=usage),
            Table("fin_contract", columns=(text("client_no"), number("deposit"))),
        ],
        [
            Join("lim_sample", ("client_no",), "lim_client", ("client_no",)),
            Join("lim_check", ("sam_no",), "lim_sample", ("sam_no",)),
            Join("lim_check", ("method_no",), "lim_method", ("method_no",)),
            Join("fin_deposit_receipt", ("client_no",), "lim_client", ("client_no",)),
        ],
    )


ENGINE = Engine(_laboratory())


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("Which sample numbers occur more than once in the checks?", "GROUP BY lim_check.sam_no"),
        ("How many deposit receipts are there?", "FROM fin_deposit_receipt"),
        ("Clients with more than two deposit receipts", "HAVING COUNT(*) > 2"),
        ("Number of tests per month", "GROUP BY portal_usage.usage_mth"),
        ("Portal usage in 2024", "usage_mth >= '2024-01' AND portal_usage.usage_mth < '2025-01'"),
        ("Samples of clients from Peru", "lim_client.country = 'Peru'"),
        ("Samples that have failed a method", "lim_check_2.outcome = 'Failed'"),
        ("Methods used by more than one sample", "COUNT(DISTINCT lim_check.sam_no) > 1"),
    ],
)
def test_the_words_of_a_laboratory_are_read(sentence: str, told: str) -> None:
    answer = ENGINE.read(sentence, ReadOptions(minimum_confidence=0.0))
    assert isinstance(answer, Answer)
    assert told in answer.sql("sqlite").replace('"', "")

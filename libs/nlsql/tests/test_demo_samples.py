"""The sample KPIs of the requirements on the graph that the executor builds of the demo tables.

These are what a newcomer sees first: they are read right, with high confidence, or nothing is.
"""

import json
from pathlib import Path

import pytest

from kpi_nlsql import Answer, Engine, Graph, ReadOptions

GRAPH = Graph.from_json(json.loads((Path(__file__).parent / "graphs" / "demo.json").read_text()))


@pytest.mark.parametrize(
    ("sentence", "operation", "source", "target"),
    [
        (
            "Show me all products in RBP GPU which are not in OPS Excel",
            "NOT_IN",
            "brz_lnd_RBP_GPU",
            "brz_lnd_OPS_EXCEL",
        ),
        (
            "Show me all products in RBP that are not in OPS",
            "NOT_IN",
            "brz_lnd_RBP_GPU",
            "brz_lnd_OPS_EXCEL",
        ),
        (
            "Which products of OPS Excel are missing from RBP GPU?",
            "NOT_IN",
            "brz_lnd_OPS_EXCEL",
            "brz_lnd_RBP_GPU",
        ),
        (
            "List products in both RBP GPU and OPS Excel",
            "IN",
            "brz_lnd_RBP_GPU",
            "brz_lnd_OPS_EXCEL",
        ),
        (
            "Show me all duplicate planning SKUs in the product master",
            "DUPLICATE",
            "product_master",
            None,
        ),
        ("Count all products where status is inactive", "AGGREGATE", "product_master", None),
    ],
)
def test_a_sample_kpi_is_read_right_and_with_confidence(
    sentence: str, operation: str, source: str, target: str | None
) -> None:
    answer = Engine(GRAPH).read(sentence, ReadOptions(limit=1000))
    assert isinstance(answer, Answer), answer
    assert (answer.operation, answer.source_table, answer.target_table) == (
        operation,
        source,
        target,
    )
    assert answer.confidence >= 0.8

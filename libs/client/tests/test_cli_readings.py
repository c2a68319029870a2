"""``kpi explain``: how a sentence is read."""

from __future__ import annotations

import json

from kpi_client.cli import exits

from .conftest import RunKpi
from .peer import ESCAPE, TEXT, Peer


def test_explain_shows_the_reading_and_not_the_plan(kpi: RunKpi, peer: Peer) -> None:
    shown = kpi("explain", TEXT).stdout
    for part in ("Rows of RBP without", "WHERE ops.sku IS NULL", "0.9", "Rows in both", "SKU = P"):
        assert part in shown
    assert "anti_join" not in shown
    assert max(map(len, shown.splitlines())) < 120
    assert json.loads(kpi("explain", TEXT, "--json").stdout)["plan"]["kind"] == "anti_join"


def test_explain_of_what_is_not_understood_names_the_words(kpi: RunKpi, peer: Peer) -> None:
    peer.reading = {
        "understood": False,
        "explanation": f"No table fits {ESCAPE}",
        "generated_sql": None,
        "confidence_score": None,
        "alternatives": [],
        "unknown_words": ["frobs", "quuxes"],
        "closest": ["products"],
    }
    result = kpi("explain", "Count frobs with quuxes")
    assert result.exit_code == exits.DONE
    for part in ("not understood", "frobs, quuxes", "did you mean", "products"):
        assert part in result.stdout
    assert "\x1b" not in result.stdout

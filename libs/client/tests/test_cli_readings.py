"""``kpi explain | pin | unpin``: how a sentence is read, and that it stays so."""

from __future__ import annotations

import json

import pytest

from kpi_client.cli import exits

from .conftest import RunKpi
from .peer import ESCAPE, SQL, TEXT, Peer


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


def test_a_reading_is_shown_and_pinned_as_it_was_previewed(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch", version=4)
    result = kpi("pin", "Mismatch", "--kg", "demo", input="y\n")
    assert result.exit_code == exits.DONE
    assert "Rows of RBP without" in result.stdout
    (sent,) = peer.sent("PUT", "/v1/landing-kpi/kpis/1/reading")
    assert (sent.headers["if-match"], sent.body["kg_name"], sent.body["sql"]) == (
        '"4"',
        "demo",
        SQL,
    )
    assert sent.body["joined_columns"] == [["SKU", "PLANNING_SKU"]]
    assert "alternatives" not in sent.body


@pytest.mark.parametrize(("options", "limit"), [((), None), (("--limit", "5"), 5)])
def test_a_reading_is_pinned_without_a_limit_unless_one_is_given(
    kpi: RunKpi, peer: Peer, options: tuple[str, ...], limit: int | None
) -> None:
    peer.add_kpi("Mismatch")
    assert kpi("pin", "1", "--kg", "demo", "--yes", *options).exit_code == exits.DONE
    (sent,) = peer.sent("POST", "/v1/landing-kpi/kpis/1/preview")
    assert sent.body["limit_records"] == limit


def test_a_reading_that_is_not_approved_is_not_pinned(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch")
    assert kpi("pin", "1", "--kg", "demo", input="n\n").exit_code == exits.INTERRUPTED
    assert peer.sent("PUT", "/v1/landing-kpi/kpis/1/reading") == []


def test_what_is_not_understood_cannot_be_pinned(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch")
    peer.reading = {"understood": False, "explanation": "No table fits", "generated_sql": None}
    result = kpi("pin", "1", "--kg", "demo", "--yes")
    assert result.exit_code == exits.USAGE
    assert "No table fits" in result.stderr
    assert peer.sent("PUT", "/v1/landing-kpi/kpis/1/reading") == []


def test_a_pinned_reading_is_given_up_again(kpi: RunKpi, peer: Peer) -> None:
    peer.add_kpi("Mismatch")
    pinned = json.loads(kpi("pin", "1", "--kg", "demo", "--yes", "--json").stdout)
    assert pinned["pinned_reading"]["sql"] == SQL
    assert kpi("unpin", "Mismatch").exit_code == exits.DONE
    assert peer.kpis[1]["pinned_reading"] is None

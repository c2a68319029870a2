"""``kpi rows | export``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kpi_client.cli import exits
from kpi_client.cli.filters import filters_of

from .conftest import RunKpi
from .peer import Peer, Reply

DRILLDOWN = "/v1/landing-kpi/executions/101/drilldown"


def test_a_page_is_shown_with_its_place_and_nothing_raw(kpi: RunKpi) -> None:
    result = kpi("rows", "101", "--page", "2", "--page-size", "20")
    assert "SKU020" in result.stdout
    assert "SKU019" not in result.stdout
    assert "page 2 of 6, 120 records" in result.stdout
    assert "\\x1b[31mred" in result.stdout
    assert "\x1b" not in result.stdout


def test_rows_with_json_is_the_answer_of_the_api(kpi: RunKpi, peer: Peer) -> None:
    answer = json.loads(kpi("rows", "101", "--json").stdout)
    assert answer["data"] == peer.rows[:50]


def test_sort_filter_and_search_are_passed_on(kpi: RunKpi, peer: Peer) -> None:
    chosen = ("--sort", "PRICE", "--desc", "--filter", "PRICE:ge=10", "--search", "x")
    kpi("rows", "101", *chosen)
    query = peer.sent("GET", DRILLDOWN)[0].query
    assert (query["sort_by"], query["sort_order"], query["search"]) == ("PRICE", "desc", "x")
    assert json.loads(query["filters"]) == {"PRICE": {"ge": "10"}}


@pytest.mark.parametrize(
    ("condition", "filters"),
    [
        ("NAME=a=b", {"NAME": {"eq": "a=b"}}),
        ("NAME:starts_with=12", {"NAME": {"starts_with": "12"}}),
        ('NAME="true"', {"NAME": {"eq": "true"}}),
        ("NAME=null", {"NAME": {"eq": None}}),
        ("NAME={1}", {"NAME": {"eq": "{1}"}}),
        ("NAME=007", {"NAME": {"eq": "007"}}),
        ("PRICE:in=1, 2,x", {"PRICE": {"in": ["1", "2", "x"]}}),
        ("PRICE:between=[1,2]", {"PRICE": {"between": [1, 2]}}),
        ("NOTE:is_null=true", {"NOTE": {"is_null": True}}),
        ("a:b=1", {"a:b": {"eq": "1"}}),
    ],
)
def test_a_filter_is_read(condition: str, filters: dict[str, Any]) -> None:
    assert filters_of([condition]) == filters


def test_two_filters_on_one_column_are_both_kept() -> None:
    assert filters_of(["P:ge=1", "P:lt=5"]) == {"P": {"ge": "1", "lt": "5"}}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--filter", "PRICE"),
        ("--page", "0"),
        ("--page-size", "1001"),
    ],
)
def test_a_page_or_filter_that_cannot_be_is_a_usage_error(
    kpi: RunKpi, arguments: tuple[str, ...]
) -> None:
    assert kpi("rows", "101", *arguments).exit_code == exits.USAGE


@pytest.mark.parametrize(
    ("name", "asked"), [("a.csv", "csv"), ("a.XLSX", "excel"), ("a.jsonl", "ndjson")]
)
def test_an_export_takes_its_format_from_the_file(
    kpi: RunKpi, peer: Peer, tmp_path: Path, name: str, asked: str
) -> None:
    target = tmp_path / name
    result = kpi("export", "101", "-o", str(target))
    assert result.exit_code == exits.DONE
    assert target.read_bytes() == b"SKU,PRICE\nSKU000,0.0\n"
    assert peer.requests[0].path.endswith(f"/export/{asked}")
    assert "SHA-256" in result.stderr


def test_an_export_to_stdout_is_the_file_and_nothing_else(kpi: RunKpi) -> None:
    result = kpi("export", "101", "-o", "-")
    assert result.stdout_bytes == b"SKU,PRICE\nSKU000,0.0\n"
    assert result.stderr == ""


def test_an_export_never_overwrites_unless_told(kpi: RunKpi, tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("mine")
    assert kpi("export", "101", "-o", str(target)).exit_code == exits.USAGE
    assert target.read_text() == "mine"
    assert kpi("export", "101", "-o", str(target), "--force").exit_code == exits.DONE


def test_an_export_that_breaks_off_is_unavailable_and_leaves_the_old_file(
    kpi: RunKpi, peer: Peer, tmp_path: Path
) -> None:
    target = tmp_path / "a.csv"
    target.write_text("mine")
    peer.export = Reply(chunks=[b"half"], cut=True)
    result = kpi("export", "101", "-o", str(target), "--force")
    assert result.exit_code == exits.UNAVAILABLE
    assert target.read_text() == "mine"


def test_a_folder_that_is_not_there_is_a_usage_error(kpi: RunKpi, tmp_path: Path) -> None:
    result = kpi("export", "101", "-o", str(tmp_path / "nowhere" / "a.csv"))
    assert result.exit_code == exits.USAGE
    assert "No such file or directory" in result.stderr


def test_an_unknown_suffix_is_a_usage_error(kpi: RunKpi) -> None:
    assert kpi("export", "101", "-o", "a.doc").exit_code == exits.USAGE


def test_two_runs_are_compared_row_by_row(kpi: RunKpi, peer: Peer) -> None:
    command = ("compare", "101", "102", "--key", "SKU", "--class", "new")
    shown = kpi(*command).stdout
    assert peer.requests[0].query == {
        "execution_ids": "101,102",
        "key": "SKU",
        "class": "new",
        "page": "1",
        "page_size": "10",
    }
    for part in ("recognised by", "PRICE (1)", "new: 1 rows", "SKU001", "3 → 4", "NOTE"):
        assert part in shown
    assert "resolved: 0" not in shown
    assert "\x1b" not in shown
    assert json.loads(kpi("compare", "101", "102", "--json").stdout)["counts"]["persisting"] == 5


def test_a_comparison_with_a_run_that_ended_at_its_limit_says_so(kpi: RunKpi, peer: Peer) -> None:
    assert kpi("compare", "101", "102").stderr == ""
    peer.limit_reached = True
    assert "102 ended at its limit" in kpi("compare", "101", "102").stderr


def test_a_damaged_export_fails_clearly_and_leaves_no_file(
    kpi: RunKpi, peer: Peer, tmp_path: Path
) -> None:
    peer.manifest = {"bytes": 7, "sha256": "ab" * 32, "rows": 1}
    for target in (str(tmp_path / "rows.csv"), "-"):
        result = kpi("export", "101", "--output", target)
        assert result.exit_code == exits.FAULT
        assert "damaged or unfinished" in result.stderr
    assert list(tmp_path.iterdir()) == []

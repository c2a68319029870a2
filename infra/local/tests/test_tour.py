from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kpi_local.errors import SettingInvalid, TourFailed
from kpi_local.samples import SAMPLES
from kpi_local.tour import check, kpi_command, own_source, suggestions


def table(name: str, *columns: str) -> dict[str, Any]:
    return {"name": name, "columns": [{"name": column} for column in columns]}


def test_the_commands_to_try_reach_the_stack_that_prints_them() -> None:
    here, usual, other = Path("/src/ledger"), "http://127.0.0.1:8080", "http://127.0.0.1:9080"
    assert kpi_command(usual, here / ".kpi", here) == ".venv/bin/kpi"
    assert kpi_command(other, here / ".kpi", here) == f"KPI_URL={other} .venv/bin/kpi"
    assert kpi_command(usual, Path("/my data"), here) == "KPI_HOME='/my data' .venv/bin/kpi"


def test_a_path_is_a_source_named_after_its_file(tmp_path: Path) -> None:
    file = tmp_path / "my sales.sqlite"
    file.touch()
    assert own_source(str(file)) == ("my_sales", str(file), None)


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingInvalid, match="there is no"):
        own_source(str(tmp_path / "nothing.duckdb"))


def test_the_password_leaves_the_url_of_a_database() -> None:
    assert own_source("postgresql://me:p%40ss@db:5433/sales?sslmode=require") == (
        "sales",
        "postgresql://me@db:5433/sales?sslmode=require",
        "p@ss",
    )


def test_a_database_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(SettingInvalid, match="oracle"):
        own_source("oracle://db/sales")


def test_suggestions_follow_the_tables_and_their_common_columns() -> None:
    graph = {"tables": [table("orders", "ID", "SKU"), table("stock", "SKU", "COUNT")]}
    assert suggestions(graph) == [
        "Count all records in orders",
        "Count all records in stock",
        "Show me all duplicate ID in orders",
        "Show me all records in orders which are not in stock",
    ]


def test_an_empty_source_suggests_nothing() -> None:
    assert suggestions({"tables": []}) == []


def test_a_run_that_finds_what_was_planted_passes() -> None:
    mismatch, _, inactive = SAMPLES
    check(mismatch, {"number_of_records": mismatch.records}, {"data": []})
    check(inactive, {"number_of_records": 1}, {"data": [{"count": inactive.value}]})


def test_a_wrong_number_of_records_fails_the_walk() -> None:
    with pytest.raises(TourFailed, match="1000 records instead of 1284"):
        check(SAMPLES[0], {"number_of_records": 1000}, {"data": []})


def test_a_wrong_count_fails_the_walk() -> None:
    with pytest.raises(TourFailed, match="instead of 6180"):
        check(SAMPLES[2], {"number_of_records": 1}, {"data": [{"count": 7}]})

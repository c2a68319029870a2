from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from python_calamine import CalamineWorkbook

from kpi_local import demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "demo"
    assert demo.generate(folder)
    return folder


def rbp(folder: Path) -> pa.Table:
    return pyarrow.parquet.read_table(folder / "brz_lnd_RBP_GPU.parquet")


def master(folder: Path) -> pa.Table:
    return pyarrow.csv.read_csv(folder / "product_master.csv")


def ops_skus(folder: Path) -> list[object]:
    workbook = CalamineWorkbook.from_path(folder / "brz_lnd_OPS_EXCEL.xlsx")
    header, *rows = workbook.get_sheet_by_index(0).to_python()
    assert header[0] == "PLANNING_SKU"
    return [row[0] for row in rows]


def test_the_workbook_has_one_sheet(folder: Path) -> None:
    assert CalamineWorkbook.from_path(folder / "brz_lnd_OPS_EXCEL.xlsx").sheet_names == ["Products"]


def test_the_declared_number_of_planned_products_is_missing_in_operations(folder: Path) -> None:
    planned = rbp(folder)["PLANNING_SKU"].to_pylist()
    operated = ops_skus(folder)
    assert len(planned) == len(set(planned)) == demo.expected().in_rbp
    assert len(operated) == len(set(operated)) == demo.expected().in_ops
    assert len(set(planned) - set(operated)) == demo.expected().missing_in_ops
    assert len(set(operated) - set(planned)) == demo.expected().only_in_ops


def test_the_product_master_holds_the_declared_duplicates(folder: Path) -> None:
    counts = Counter(master(folder)["PLANNING_SKU"].to_pylist())
    assert len(counts) == demo.expected().products >= 50_000
    assert counts.total() == demo.expected().in_master
    assert sum(count > 1 for count in counts.values()) == demo.expected().duplicated_skus


def test_the_product_master_holds_the_declared_inactive_rows(folder: Path) -> None:
    statuses = Counter(master(folder)["STATUS"].to_pylist())
    assert statuses["Inactive"] == demo.expected().inactive
    assert set(statuses) == {"Active", "Inactive"}


def test_every_planned_and_operated_product_is_in_the_master(folder: Path) -> None:
    known = set(master(folder)["PLANNING_SKU"].to_pylist())
    assert known.issuperset(rbp(folder)["PLANNING_SKU"].to_pylist())
    assert known.issuperset(ops_skus(folder))


def test_two_homes_get_the_same_tables(folder: Path, tmp_path: Path) -> None:
    demo.generate(tmp_path / "demo")
    assert rbp(tmp_path / "demo").equals(rbp(folder))
    assert master(tmp_path / "demo").equals(master(folder))
    assert ops_skus(tmp_path / "demo") == ops_skus(folder)


def test_existing_files_are_left_alone(folder: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    assert not demo.generate(folder)
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before

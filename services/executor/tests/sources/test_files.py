"""A folder of CSV, Parquet and Excel files is one schema of tables that join."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi_executor.sources import Resources, SourceError, profile
from kpi_executor.sources.files import FilesConnector


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    path.mkdir()
    (path / "RBP GPU.csv").write_text("id,name,added\n1,A100,2024-01-05\n2,H100,2024-02-06\n")
    pq.write_table(
        pa.table({"id": [1, 2], "vendor": ["nv", "nv"]}), path / "product master.parquet"
    )
    write_workbook(path / "OPS Excel.xlsx", {"Sheet1": [["id", "status"], [2, "active"]]})
    (path / "readme.md").write_text("not a table")
    (path / 'odd "name".tsv').write_text("a\tb\n1\t2\n")
    (path / "~$OPS Excel.xlsx").write_text("a lock file of Excel")
    return path


@pytest.fixture
def resources(tmp_path: Path) -> Resources:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Resources(cache=tmp_path / "cache", scratch=scratch, memory_bytes=500_000_000)


def write_workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> None:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, lines in sheets.items():
        sheet = workbook.create_sheet(name)
        for line in lines:
            sheet.append(line)
    workbook.save(path)


def read(path: Path, resources: Resources, sql: str) -> list[dict[str, Any]]:
    with FilesConnector(path, "main", resources) as connector:
        stream = connector.execute(sql)
        table = pa.Table.from_batches(list(stream.batches), schema=stream.schema)
        return list(table.rename_columns(list(stream.names)).to_pylist())


def test_each_file_is_a_table(folder: Path, resources: Resources) -> None:
    with FilesConnector(folder, "shop", resources) as connector:
        found = {table.name: table for table in connector.reflect()}
    assert set(found) == {"RBP GPU", "OPS Excel", "product master", 'odd "name"'}
    gpu = found["RBP GPU"]
    assert (gpu.schema, gpu.rows) == ("shop", 2)
    assert [(column.name, column.type) for column in gpu.columns] == [
        ("id", "integer"),
        ("name", "text"),
        ("added", "date"),
    ]


def test_files_of_different_kinds_join(folder: Path, resources: Resources) -> None:
    sql = (
        'SELECT g.name FROM "main"."RBP GPU" AS g '
        'LEFT JOIN "main"."OPS Excel" AS o ON g.id = o.id WHERE o.id IS NULL'
    )
    assert read(folder, resources, sql) == [{"name": "A100"}]


def test_one_file_is_a_schema_of_one_table(folder: Path, resources: Resources) -> None:
    assert read(folder / "OPS Excel.xlsx", resources, 'SELECT * FROM "OPS Excel"') == [
        {"id": 2, "status": "active"}
    ]


def test_a_changed_file_is_read_again(folder: Path, resources: Resources) -> None:
    file = folder / "RBP GPU.csv"
    sql = 'SELECT count(*) AS n FROM "RBP GPU"'
    assert read(folder, resources, sql) == [{"n": 2}]
    file.write_text("id,name\n1,a\n2,b\n3,c\n")
    os.utime(file, ns=(1, 1))
    assert read(folder, resources, sql) == [{"n": 3}]


def test_an_open_folder_serves_only_what_it_would_read_anew(
    folder: Path, resources: Resources
) -> None:
    with FilesConnector(folder, "main", resources) as connector:
        list(connector.execute('SELECT * FROM "RBP GPU"').batches)
        assert connector.serves('SELECT count(*) FROM "RBP GPU"')
        assert not connector.serves('SELECT * FROM "OPS Excel"')
        (folder / "RBP GPU.csv").write_text("id\n1\n")
        assert not connector.serves('SELECT * FROM "RBP GPU"')
        for file in folder.iterdir():
            file.unlink()
        assert not connector.serves("SELECT 1")


def test_a_table_may_begin_below_lines_of_text(tmp_path: Path, resources: Resources) -> None:
    file = tmp_path / "stock.csv"
    told = ["Report of May", '"Made by A, B and C"', "# all plants, all shifts", ""]
    for before in (told, told[:1], []):
        file.write_text("\n".join([*before, "sku,n,at", "a,1,x", "b,2,y", ""]))
        assert read(file, resources, "SELECT * FROM stock") == [
            {"sku": "a", "n": 1, "at": "x"},
            {"sku": "b", "n": 2, "at": "y"},
        ]


def test_a_table_may_begin_with_a_long_line(tmp_path: Path, resources: Resources) -> None:
    file = tmp_path / "notes.csv"
    name = "x" * 200_000
    for before in ([], ["y" * 200_000]):
        file.write_text("\n".join([*before, f"{name},n", "a,1", "b,2", ""]))
        rows = read(file, resources, "SELECT * FROM notes")
        assert [tuple(row.values()) for row in rows] == [("a", 1), ("b", 2)]
    file.write_text(f"{name}\na\nb\n")
    assert len(read(file, resources, "SELECT * FROM notes")) == 2


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["name,city", "Bob,Paris", "Ann,Rome,x", "Eve,Oslo,y"], "line 1 has another number"),
        (["a,b", *["1,2"] * 5, *["1,2,3"] * 50], "line 1 has another number"),
        (["Stock", "a,b", "1,2", "1,2,3", "4,5,6", "7,8,9"], "line 2 has another number"),
        (["a,b,c", "1,2,3", "4,5", "6,7,8"], "different numbers of fields"),
        (["a,b,c,", "1,2,3", "4,5,6"], "different numbers of fields"),
        (["a,b", *["1,2"] * 3000, *["1,2,3"] * 3000], "different numbers of fields"),
    ],
)
def test_no_line_of_a_file_is_left_out_in_silence(
    tmp_path: Path, resources: Resources, lines: list[str], reason: str
) -> None:
    file = tmp_path / "ragged.csv"
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(SourceError, match=f"'ragged.csv' cannot be read as a table.*{reason}"):
        read(file, resources, "SELECT * FROM ragged")


def test_a_file_in_another_encoding_is_refused_in_plain_words(
    tmp_path: Path, resources: Resources
) -> None:
    file = tmp_path / "names.csv"
    file.write_bytes("id,name\n1,Müller\n".encode("latin-1"))
    with pytest.raises(SourceError, match="not in UTF-8"):
        read(file, resources, "SELECT * FROM names")


def test_cells_become_columns_of_one_type(tmp_path: Path, resources: Resources) -> None:
    day = dt.date(2024, 5, 6)
    noon = dt.datetime(2024, 5, 6, 12, 0)  # noqa: DTZ001 - cells have no zone
    file = tmp_path / "book.xlsx"
    write_workbook(
        file,
        {
            "numbers": [["n", "x", "n", None, "mixed"], [1, 1.5, 3, None, "a"], [2, 2, 4, None, 7]],
            "days": [[None], ["when", "flag"], [day, True], [noon, False], [None, None]],
            "empty": [],
        },
    )
    assert read(file, resources, 'SELECT * FROM "book numbers"') == [
        {"n": 1, "x": 1.5, "n 2": 3, "mixed": "a"},
        {"n": 2, "x": 2.0, "n 2": 4, "mixed": "7"},
    ]
    assert read(file, resources, 'SELECT * FROM "book days"') == [
        {"when": dt.datetime(2024, 5, 6), "flag": True},  # noqa: DTZ001
        {"when": noon, "flag": False},
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO 'x.csv'",
        "ATTACH 'x.db'",
        "INSTALL httpfs",
        "SET threads = 8",
        "SET enable_external_access = true",
    ],
)
def test_a_query_reaches_nothing_outside_the_folder(
    folder: Path, resources: Resources, sql: str
) -> None:
    with pytest.raises(SourceError):
        read(folder, resources, sql)


def test_unreadable_files_are_named(tmp_path: Path, resources: Resources) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"no zip")
    with pytest.raises(SourceError, match=r"'broken.xlsx' cannot be read as a table"):
        read(broken, resources, "SELECT * FROM broken")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no PAR1")
    with pytest.raises(SourceError, match=r"'bad.parquet' cannot be read"):
        read(tmp_path / "bad.parquet", resources, "SELECT * FROM bad")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(SourceError, match="has no table files"):
        read(empty, resources, "SELECT 1")


def test_two_files_of_one_name_are_refused(tmp_path: Path, resources: Resources) -> None:
    folder = tmp_path / "twice"
    folder.mkdir()
    (folder / "a.csv").write_text("x\n1\n")
    (folder / "A.tsv").write_text("x\n1\n")
    with pytest.raises(SourceError, match="Several files give a table named 'a'"):
        read(folder, resources, "SELECT * FROM a")


def test_unusual_types_arrive_as_text_and_large_sums_exactly(
    folder: Path, resources: Resources
) -> None:
    found = read(
        folder,
        resources,
        "SELECT [1, 2] AS l, INTERVAL 1 DAY AS i, {'a': 1} AS s, sum(id) AS n, 1 AS n "
        'FROM "RBP GPU"',
    )
    assert [str(value) for value in found[0].values()][:3] == ["[1, 2]", "1 day", "{'a': 1}"]


def test_profiles_tell_values_and_count_them(folder: Path, resources: Resources) -> None:
    with FilesConnector(folder, "main", resources) as connector:
        found = {table.name: table for table in profile(connector, connector.reflect())}
    vendor = found["product master"].columns[1]
    assert (vendor.values, vendor.distinct) == (("nv",), 1)
    number = found["RBP GPU"].columns[0]
    assert (number.values, number.distinct, number.unique) == ((), 2, True)


def test_a_table_with_quotes_in_its_name_is_found(folder: Path, resources: Resources) -> None:
    assert read(folder, resources, 'SELECT b FROM "main"."odd ""name"""') == [{"b": 2}]


def test_a_query_is_planned_without_being_run(folder: Path, resources: Resources) -> None:
    with FilesConnector(folder, "main", resources) as connector:
        connector.explain('SELECT name FROM main."RBP GPU"')
        with pytest.raises(SourceError, match="nome"):
            connector.explain('SELECT nome FROM main."RBP GPU"')

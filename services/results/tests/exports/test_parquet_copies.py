"""A whole result leaves as Parquet in the very bytes it is stored in, with a footer of its own."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi_contracts.execution import ColumnType, Manifest, Part
from kpi_results.exports.formats import FORMATS, Export
from kpi_results.exports.parquet_footer import TAIL, UnknownFooter, read_footer
from kpi_results.exports.subject import About, Subject
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.errors import PartDamaged
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult

Keep = Callable[..., StoredResult]
Store = Callable[..., StoredResult]
ABOUT = About("Products", 7, datetime(2026, 1, 2, tzinfo=UTC))
ROWS = 50
TABLE = pa.table(
    {
        "whole": pa.array(range(ROWS), pa.int64()),
        "small": pa.array([n % 100 for n in range(ROWS)], pa.uint8()),
        "text": pa.array([None if n % 7 == 0 else f"tëxt {n}" for n in range(ROWS)]),
        "large": pa.array([f"{n}" for n in range(ROWS)], pa.large_string()),
        "coded": pa.array([f"code {n % 3}" for n in range(ROWS)]).dictionary_encode(),
        "amount": pa.array([Decimal(n) / 4 for n in range(ROWS)], pa.decimal128(30, 2)),
        "rate": pa.array([n / 3 for n in range(ROWS)], pa.float64()),
        "half": pa.array([n / 2 for n in range(ROWS)], pa.float32()),
        "yes": pa.array([n % 2 == 0 for n in range(ROWS)]),
        "day": pa.array([date(2024, 1, 1 + n % 28) for n in range(ROWS)]),
        "clock": pa.array([time(n % 24, 30) for n in range(ROWS)], pa.time64("us")),
        "at": pa.array([datetime(2024, 1, 1, n % 24, tzinfo=UTC) for n in range(ROWS)]),
        "zoned": pa.array([n * 10**9 for n in range(ROWS)], pa.timestamp("ns", "Europe/Berlin")),
        "seconds": pa.array(range(ROWS), pa.timestamp("s")),
        "span": pa.array(range(ROWS), pa.duration("ms")),
        "raw": pa.array([bytes([n]) for n in range(ROWS)], pa.binary()),
        "many": pa.array([[n, None] for n in range(ROWS)], pa.list_(pa.int32())),
        "pair": pa.array([{"c0": n, "c1": f"{n}"} for n in range(ROWS)]),
        "mapped": pa.array([[("k", n)] for n in range(ROWS)], pa.map_(pa.string(), pa.int64())),
        "nothing": pa.nulls(ROWS),
    }
)


def export(drilldown: Drilldown, result: StoredResult, **wishes: Any) -> bytes:
    stream = drilldown.stream(result, parse_query(result.columns, **wishes))
    return b"".join(Export(Subject(stream, ABOUT), FORMATS["parquet"]))


@pytest.fixture
def store(drilldown: Drilldown, tmp_path: Path) -> Store:
    """Keep parts that were written in any manner."""
    folder = drilldown.store.folder / "executions" / hashlib.sha256(bytes(tmp_path)).hexdigest()
    folder.mkdir(parents=True)

    def kept(*tables: pa.Table, **options: Any) -> StoredResult:
        parts = []
        for number, table in enumerate(tables):
            path = folder / f"part-{number}.parquet"
            pq.write_table(table, path, **{"row_group_size": 8, **options})
            content = path.read_bytes()
            key = str(path.relative_to(drilldown.store.folder))
            digest = hashlib.sha256(content).hexdigest()
            parts.append(Part(key, table.num_rows, len(content), digest))
        columns = tuple(
            ColumnType(f"column {n}", str(t)) for n, t in enumerate(tables[0].schema.types)
        )
        rows, size = sum(part.rows for part in parts), sum(part.bytes for part in parts)
        return drilldown.result(Manifest(tuple(parts), rows, size, columns))

    return kept


def physical(table: pa.Table) -> pa.Table:
    return table.rename_columns([f"c{index}" for index in range(table.num_columns)])


def test_every_type_comes_back_from_several_parts(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(TABLE)
    found = pq.ParquetFile(io.BytesIO(export(drilldown, result)))
    stored = pa.concat_tables(pq.read_table(path) for path in result.paths())
    assert found.metadata.num_row_groups == 8  # 7 + 7 + 6 rows in two parts, 7 + 3 in the last
    assert found.metadata.num_rows == ROWS
    assert found.read().equals(stored.rename_columns(TABLE.column_names))


def test_the_bytes_of_the_parts_are_in_it(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(TABLE)
    content = export(drilldown, result)
    for path in result.paths():
        part = path.read_bytes()
        length, _ = TAIL.unpack(part[-TAIL.size :])
        assert part[4 : -TAIL.size - length] in content


def test_it_is_what_decoding_and_encoding_again_gives(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(TABLE)
    encoded = export(drilldown, result, filters={"whole": {"ge": 0}})
    copied = export(drilldown, result)
    assert pq.read_schema(io.BytesIO(copied)).equals(pq.read_schema(io.BytesIO(encoded)))
    assert pq.read_table(io.BytesIO(copied)).equals(pq.read_table(io.BytesIO(encoded)))


def test_names_that_repeat_or_look_like_others_are_told_apart(
    drilldown: Drilldown, keep: Keep
) -> None:
    names = ["id", "id", "", "a.b", 'q"', "c0", "köln", *"klmnopqrstuvw"]
    content = export(drilldown, keep(TABLE, names=names))
    found = pq.ParquetFile(io.BytesIO(content))
    keys = [column.key for column in keep(TABLE, names=names).columns]
    assert found.schema_arrow.names == keys
    assert keys[:2] == ["id", "id_2"]
    assert found.read(columns=["c0"]).column(0).equals(TABLE.column(5))
    paths = [found.metadata.row_group(3).column(leaf).path_in_schema for leaf in range(16, 19)]
    assert paths == ["t.list.element", "u.c0", "u.c1"]


def test_duckdb_reads_and_filters_it(drilldown: Drilldown, keep: Keep, tmp_path: Path) -> None:
    (path := tmp_path / "copied.parquet").write_bytes(export(drilldown, keep(TABLE)))
    with duckdb.connect() as connection:
        sql = "SELECT whole, pair.c1, amount, day FROM read_parquet(?) WHERE whole = 43"
        assert connection.execute(sql, [str(path)]).fetchall() == [
            (43, "43", Decimal("10.75"), date(2024, 1, 16))
        ]
        described = connection.execute("DESCRIBE FROM read_parquet(?)", [str(path)]).fetchall()
        kinds = {name: kind for name, kind, *_ in described}
    assert kinds["amount"] == "DECIMAL(30,2)"
    assert kinds["at"] == "TIMESTAMP WITH TIME ZONE"
    assert kinds["mapped"] == "MAP(VARCHAR, BIGINT)"
    assert kinds["small"] == "UTINYINT"


def test_statistics_page_indexes_and_bloom_filters_are_kept(
    drilldown: Drilldown, store: Store, tmp_path: Path
) -> None:
    table = physical(TABLE.select(["whole", "text"]))
    options = {"write_page_index": True, "bloom_filter_options": {"c0": {"ndv": 50, "fpp": 0.01}}}
    result = store(table.slice(0, 30), table.slice(30), **options)
    (path := tmp_path / "copied.parquet").write_bytes(export(drilldown, result))
    metadata = pq.read_metadata(path)
    last = metadata.row_group(metadata.num_row_groups - 1).column(0)
    assert last.statistics is not None
    assert (last.statistics.min, last.statistics.max) == (46, 49)
    assert (last.has_offset_index, last.has_column_index) == (True, True)
    assert pq.read_table(path, filters=[("column 0", "==", 47)]).num_rows == 1
    probe = "SELECT bloom_filter_excludes FROM parquet_bloom_probe(?, 'column 0', 47)"
    with duckdb.connect() as connection:
        excluded = [row[0] for row in connection.execute(probe, [str(path)]).fetchall()]
    assert excluded == [*[True] * (metadata.num_row_groups - 1), False]


def test_parts_without_an_arrow_schema_keep_their_parquet_types(
    drilldown: Drilldown, store: Store
) -> None:
    table = physical(TABLE.select(["whole", "text", "at"]))
    result = store(table.slice(0, 30), table.slice(30), store_schema=False)
    found = pq.ParquetFile(io.BytesIO(export(drilldown, result)))
    assert not found.metadata.metadata
    assert found.schema_arrow.names == ["column 0", "column 1", "column 2"]
    assert found.read().column(2).to_pylist() == TABLE.column("at").to_pylist()


def test_parts_of_different_schemas_are_decoded_instead(drilldown: Drilldown, store: Store) -> None:
    numbered = pa.field("c0", pa.int64(), metadata={"PARQUET:field_id": "5"})
    first = pa.table({"c0": pa.array([1, 2], pa.int64())})
    last = pa.table({"c0": pa.array([3], pa.int64())}, schema=pa.schema([numbered]))
    content = export(drilldown, store(first, last))
    assert pq.read_table(io.BytesIO(content)).to_pydict() == {"column 0": [1, 2, 3]}
    assert pq.read_metadata(io.BytesIO(content)).num_row_groups == 1


def test_a_footer_that_holds_more_than_is_understood_is_refused() -> None:
    unknown = bytes.fromhex("15020c00")  # version 1, then a struct with number 2 more than a list
    with pytest.raises(UnknownFooter):
        read_footer(unknown)


@pytest.mark.parametrize("at", [4, 100, -1])
def test_a_part_changed_by_one_bit_is_never_copied(
    drilldown: Drilldown, keep: Keep, at: int
) -> None:
    result = keep(TABLE)
    path = result.paths()[1]
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(PartDamaged):
        export(drilldown, result)


def test_a_part_changed_while_it_is_copied_breaks_the_file_off(
    drilldown: Drilldown, keep: Keep
) -> None:
    result = keep(TABLE)
    stream = drilldown.stream(result, parse_query(result.columns))
    chunks = iter(Export(Subject(stream, ABOUT), FORMATS["parquet"]))
    taken = [next(chunks), next(chunks)]
    for path in result.paths():
        path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PartDamaged):
        taken.extend(chunks)
    with pytest.raises(pa.ArrowInvalid):
        pq.read_table(io.BytesIO(b"".join(taken)))

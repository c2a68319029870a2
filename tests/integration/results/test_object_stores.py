"""One contract for every object store: folders, and S3 as moto's server speaks it.

Parts are written by the executor's writer and read by the results service, as they are in life.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import obstore
import pyarrow as pa
import pytest

from kpi_contracts.execution import Manifest
from kpi_executor.query import PartWriter, ResultLimits, parquet
from kpi_local.ports import free_port
from kpi_results.comparison.compare import compare
from kpi_results.exports.parquet_copy import PartsCopy
from kpi_results.rows.drilldown import Drilldown, Place
from kpi_results.rows.errors import PartDamaged
from kpi_results.rows.query import parse_query
from kpi_rows.objects import open_store
from kpi_rows.parts import attempt_prefix
from kpi_testkit.processes import running

ROWS = 160_000
LARGE = 480_000  # rows, more bytes than one upload carries
FIELDS: list[tuple[str, pa.DataType]] = [("c0", pa.int64()), ("c1", pa.string())]
SCHEMA = pa.schema(FIELDS)
BUCKET = "results"


@pytest.fixture(scope="module")
def s3_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run moto's server, in a process and on a port of its own, with one bucket."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with running(tmp_path_factory.mktemp("moto")) as processes:
        server = processes.module("moto.server", "-H", "127.0.0.1", "-p", str(port))
        server.wait_until(lambda: _is_up(url), 60)
        httpx.put(f"{url}/{BUCKET}", trust_env=False).raise_for_status()
        yield url


def _is_up(url: str) -> bool:
    try:
        return httpx.get(f"{url}/moto-api/", trust_env=False).status_code < 500
    except httpx.TransportError:
        return False


@dataclass
class Shelf:
    """A store, what the executor put there, and a way to read it with an empty cache."""

    url: str
    folder: Path
    caches: int = 0

    def write(self, execution_id: int, *, rows: int = ROWS, part_bytes: int = 400_000) -> Manifest:
        prefix = attempt_prefix(execution_id, 1)
        names = ("n", "text")
        writer = PartWriter(open_store(self.url), prefix, names, SCHEMA, ResultLimits(), part_bytes)
        values = random.Random(execution_id)
        for start in range(0, rows, 20_000):
            numbers = range(start, start + 20_000)
            texts = [f"{values.getrandbits(128):032x}" for _ in numbers]
            writer.write(pa.record_batch([pa.array(numbers), pa.array(texts)], schema=SCHEMA))
        return writer.finish()

    def reader(self, parts_bytes: int = 8 << 30) -> Drilldown:
        self.caches += 1
        cache = self.folder / f"cache-{self.caches}"
        return Drilldown(Place(store_url=self.url, cache=cache, parts_bytes=parts_bytes))

    def content(self, key: str) -> bytes:
        return bytes(obstore.get(open_store(self.url), key).bytes())

    def replace(self, key: str, content: bytes) -> None:
        obstore.put(open_store(self.url), key, content)

    def remove(self, key: str) -> None:
        obstore.delete(open_store(self.url), key)


@pytest.fixture(params=["file", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    if request.param == "file":
        return Shelf((tmp_path / "store").as_uri(), tmp_path)
    environment = {
        "AWS_ENDPOINT_URL": request.getfixturevalue("s3_url"),
        "AWS_ALLOW_HTTP": "true",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return Shelf(f"s3://{BUCKET}/{tmp_path.name}", tmp_path)


def numbers(reader: Drilldown, manifest: Manifest, page: int, **wishes: object) -> list[object]:
    result = reader.result(manifest)
    query = parse_query(result.columns, **wishes)  # type: ignore[arg-type]
    return [row["n"] for row in reader.page(result, query, page=page).records()]


def test_what_the_executor_wrote_is_read_in_any_order(shelf: Shelf) -> None:
    manifest = shelf.write(1)
    assert len(manifest.parts) > 1
    reader = shelf.reader()
    try:
        assert numbers(reader, manifest, 1000) == list(range(49_950, 50_000))
        descending = numbers(reader, manifest, 1, sort=[("n", True)])
        assert descending == list(range(ROWS - 1, ROWS - 51, -1))
        assert numbers(reader, manifest, 1, filters={"n": {"ge": ROWS - 2}}) == [ROWS - 2, ROWS - 1]
    finally:
        reader.close()


def test_a_result_larger_than_the_copies_that_are_kept_is_read_in_any_way(shelf: Shelf) -> None:
    manifest = shelf.write(6)
    reader = shelf.reader(parts_bytes=manifest.parts[0].bytes)
    try:
        result = reader.result(manifest)
        assert numbers(reader, manifest, 1, filters={"n": {"ge": ROWS - 2}}) == [ROWS - 2, ROWS - 1]
        # By a column without order: no part can be left out.
        descending = parse_query(result.columns, sort=[("text", True)])
        shown = [str(row["text"]) for row in reader.page(result, descending, page=1000).records()]
        assert shown == sorted(shown, reverse=True)
        assert sum(len(chunk) for chunk in PartsCopy(result).chunks()) > 0
        compared = compare(reader, result, reader.result(shelf.write(7)), ["n"])
        assert (compared.new, compared.resolved, compared.changed) == (0, 0, ROWS)
    finally:
        reader.close()


def test_a_part_larger_than_one_upload_arrives_whole(shelf: Shelf) -> None:
    manifest = shelf.write(2, rows=LARGE, part_bytes=1 << 30)
    (part,) = manifest.parts
    assert part.bytes > parquet.UPLOAD_BYTES
    assert len(shelf.content(part.key)) == part.bytes
    reader = shelf.reader()
    try:
        assert reader.store.held(part).path.stat().st_size == part.bytes
    finally:
        reader.close()


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda shelf, key: shelf.replace(key, flipped(shelf.content(key))),
        lambda shelf, key: shelf.replace(key, shelf.content(key)[:-1]),
        Shelf.remove,
    ],
    ids=["changed by a bit", "cut", "missing"],
)
def test_damage_is_named_and_no_row_is_shown(
    shelf: Shelf, damage: Callable[[Shelf, str], None]
) -> None:
    manifest = shelf.write(3)
    key = manifest.parts[0].key
    damage(shelf, key)
    reader = shelf.reader()
    try:
        for wishes in ({}, {"sort": [("n", True)]}, {"filters": {"n": 1}}):
            with pytest.raises(PartDamaged) as raised:
                numbers(reader, manifest, 1, **wishes)
            assert raised.value.key == key
    finally:
        reader.close()


def test_objects_are_listed_with_their_times_and_deleted(shelf: Shelf) -> None:
    manifest = shelf.write(4)
    keys = [part.key for part in manifest.parts]
    reader = shelf.reader()
    try:
        listed = dict(reader.store.objects())
        assert sorted(key for key in listed if key in keys) == sorted(keys)
        assert all(abs(datetime.now(UTC) - time) < timedelta(minutes=5) for time in listed.values())
        reader.store.delete([*keys, f"{attempt_prefix(4, 1)}/never-there"])
        assert not set(keys) & set(reader.store.keys())
    finally:
        reader.close()


def test_discarded_parts_are_gone(shelf: Shelf) -> None:
    writer = PartWriter(
        open_store(shelf.url), attempt_prefix(5, 1), ("n", "text"), SCHEMA, ResultLimits(), 1
    )
    texts = [str(number) for number in range(100_000)]
    writer.write(pa.record_batch([pa.array(range(100_000)), pa.array(texts)], schema=SCHEMA))
    writer.discard()
    reader = shelf.reader()
    try:
        assert list(reader.store.keys(attempt_prefix(5, 1))) == []
    finally:
        reader.close()

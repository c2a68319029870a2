"""A part is shown only if it is what its manifest says."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import obstore
import pyarrow as pa
import pytest

from kpi_contracts.execution import Manifest, Part
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.errors import PartDamaged, RowsError
from kpi_results.rows.gather import gather_range
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult
from kpi_results.rows.store import PartStore
from kpi_testkit.eventually import eventually

Keep = Callable[..., StoredResult]


def path_of(drilldown: Drilldown, result: StoredResult, part: int = 0) -> Path:
    return drilldown.store.folder / result.manifest.parts[part].key


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


@pytest.mark.parametrize("damage", [flip_a_bit, cut, Path.unlink])
@pytest.mark.parametrize("wishes", [{}, {"sort": [("n", True)]}, {"filters": {"n": 1}}])
def test_a_damaged_part_is_named_and_shows_no_rows(
    drilldown: Drilldown,
    keep: Keep,
    damage: Callable[[Path], None],
    wishes: dict[str, object],
) -> None:
    result = keep(pa.table({"n": range(20)}))
    damage(path_of(drilldown, result))
    with pytest.raises(PartDamaged) as raised:
        drilldown.page(result, parse_query(result.columns, **wishes))  # type: ignore[arg-type]
    assert raised.value.key == result.manifest.parts[0].key


def test_damage_is_noticed_after_the_view_was_computed(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(pa.table({"n": range(20)}))
    query = parse_query(result.columns, filters={"n": {"ge": 5}})
    assert drilldown.page(result, query).total == 15
    flip_a_bit(path_of(drilldown, result))
    with pytest.raises(PartDamaged, match="SHA-256"):
        drilldown.page(result, query)


def test_other_parts_stay_readable(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(pa.table({"n": range(40)}), part_rows=20)
    path_of(drilldown, result, 1).unlink()
    page = drilldown.page(result, parse_query(result.columns), page_size=20)
    assert [record["n"] for record in page.records()] == list(range(20))


def test_a_verified_part_is_hashed_again_only_when_it_changed(
    drilldown: Drilldown, keep: Keep
) -> None:
    result = keep(pa.table({"n": range(5)}))
    path = result.paths()[0]
    stat, content = path.stat(), path.read_bytes()
    flip_a_bit(path)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert result.paths()[0] == path
    os.utime(path)
    with pytest.raises(PartDamaged):
        result.paths()[0]
    path.write_bytes(content)
    assert result.paths()[0] == path


@pytest.mark.parametrize("key", ["../outside.parquet", "/etc/passwd"])
def test_a_key_cannot_lead_out_of_the_store(drilldown: Drilldown, keep: Keep, key: str) -> None:
    columns = keep(pa.table({"n": [1]})).manifest.columns
    manifest = Manifest((Part(key, 1, 1, "00"),), 1, 1, columns)
    with pytest.raises(PartDamaged, match="leads out of the store"):
        drilldown.result(manifest).paths()[0]


def test_a_manifest_that_contradicts_itself_is_refused(drilldown: Drilldown, keep: Keep) -> None:
    manifest = keep(pa.table({"n": range(5)})).manifest
    with pytest.raises(PartDamaged, match="hold 5 rows, not 6"):
        drilldown.result(Manifest(manifest.parts, 6, manifest.bytes, manifest.columns))


def test_stored_keys_are_listed_and_deleted(drilldown: Drilldown, keep: Keep) -> None:
    result = keep(pa.table({"n": range(25)}))
    keys = [part.key for part in result.manifest.parts]
    prefix = keys[0].rsplit("/", 1)[0]
    assert sorted(drilldown.store.keys(prefix)) == keys
    drilldown.store.delete([*keys, f"{prefix}/never-there"])
    assert list(drilldown.store.keys(prefix)) == []


def remote_twin(
    drilldown: Drilldown, result: StoredResult, cache: Path, cache_bytes: int = 8 << 30
) -> PartStore:
    """Put the parts of a result into a store that has no folder of its own."""
    remote = PartStore("memory:///", cache, cache_bytes=cache_bytes)
    for part in result.manifest.parts:
        obstore.put(remote._store, part.key, (drilldown.store.folder / part.key).read_bytes())
    return remote


def test_parts_of_a_remote_store_are_copied_once_and_verified(
    drilldown: Drilldown, keep: Keep, tmp_path: Path
) -> None:
    kept = keep(pa.table({"n": range(25)}))
    remote = remote_twin(drilldown, kept, tmp_path)
    result = StoredResult(kept.manifest, remote)
    assert gather_range(result, 0, 25).column(0).to_pylist() == list(range(25))
    remote.delete([part.key for part in kept.manifest.parts])
    assert gather_range(result, 18, 22).column(0).to_pylist() == [18, 19, 20, 21]


def test_a_damaged_copy_is_given_up_and_fetched_again(
    drilldown: Drilldown, keep: Keep, tmp_path: Path
) -> None:
    kept = keep(pa.table({"n": range(5)}))
    remote = remote_twin(drilldown, kept, tmp_path)
    part = kept.manifest.parts[0]
    flip_a_bit(remote.held(part).path)
    with pytest.raises(PartDamaged):
        remote.held(part)
    assert remote.held(part).path.read_bytes() == kept.paths()[0].read_bytes()


def test_a_part_missing_from_a_remote_store_is_named(
    drilldown: Drilldown, keep: Keep, tmp_path: Path
) -> None:
    part = keep(pa.table({"n": range(5)})).manifest.parts[0]
    with pytest.raises(PartDamaged, match="it is missing"):
        PartStore("memory:///", tmp_path).held(part)


def test_parts_of_a_result_larger_than_the_cache_stay_while_they_are_read(
    drilldown: Drilldown, keep: Keep, tmp_path: Path
) -> None:
    kept = keep(pa.table({"n": range(100)}))
    remote = remote_twin(drilldown, kept, tmp_path, cache_bytes=1)
    result = StoredResult(kept.manifest, remote)
    paths = result.paths()
    assert [path.exists() for path in paths] == [True] * 5
    del result
    with remote.held(kept.manifest.parts[0]):  # nothing is fetched: nobody needs room
        assert [path.exists() for path in paths] == [True] * 5
    paths[0].unlink()
    with remote.held(kept.manifest.parts[0]):
        assert [path.exists() for path in paths] == [True] + [False] * 4


def test_readers_that_crowd_each_other_out_of_the_cache_find_no_damage(
    drilldown: Drilldown, keep: Keep, tmp_path: Path
) -> None:
    kept = keep(pa.table({"n": range(400)}))
    remote = remote_twin(drilldown, kept, tmp_path, cache_bytes=1)
    result = StoredResult(kept.manifest, remote)

    def read(start: int) -> list[object]:
        return gather_range(result, start, start + 100).column(0).to_pylist()

    starts = [start % 300 for start in range(0, 40 * 70, 70)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(read, starts))
    assert found == [list(range(start, start + 100)) for start in starts]


@pytest.mark.parametrize("wishes", [{}, {"filters": {"n": 1}}])
def test_a_disk_without_room_for_copies_is_no_damage(
    drilldown: Drilldown, keep: Keep, tmp_path: Path, wishes: dict[str, object]
) -> None:
    kept = keep(pa.table({"n": range(20_000)}), part_rows=20_000, group_rows=8_192)
    remote = remote_twin(drilldown, kept, tmp_path)
    query = parse_query(kept.columns, **wishes)  # type: ignore[arg-type]
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, unlimited[1]))
    try:
        with pytest.raises(RowsError, match="cannot be copied: File too large") as raised:
            drilldown.page(StoredResult(kept.manifest, remote), query)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
    assert not isinstance(raised.value, PartDamaged)
    assert list((tmp_path / "parts").glob("*.*")) == []


class Halting(BaseHTTPRequestHandler):
    """Sends the beginning of what it was asked for, and the rest never."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(1 << 30))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        self.end_headers()
        with suppress(OSError):
            for _ in range(64):
                self.wfile.write(bytes(1 << 16))
            self.rfile.read()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def halting_url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Halting) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


FETCH = """
import sys
from pathlib import Path
from kpi_contracts.execution import Part
from kpi_results.rows.store import PartStore
from kpi_testkit.eventually import eventually
PartStore(sys.argv[1], Path(sys.argv[2])).held(Part("part.parquet", 1, 1 << 30, "ab" * 32))
"""


def test_what_a_killed_process_had_fetched_is_swept(halting_url: str, tmp_path: Path) -> None:
    def begun() -> list[Path]:
        return [path for path in (tmp_path / "parts").glob("*") if path.is_file()]

    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": halting_url,
        "AWS_ALLOW_HTTP": "true",
        "AWS_SKIP_SIGNATURE": "true",
    }
    command = [sys.executable, "-c", FETCH, "s3://bucket", str(tmp_path)]
    with subprocess.Popen(command, env=environment) as process:
        try:
            eventually(lambda: any(path.stat().st_size for path in begun()), 30)
            PartStore("memory:///", tmp_path).close()
            assert begun(), "what is being fetched was taken away"
        finally:
            process.kill()
    PartStore("memory:///", tmp_path).close()
    assert begun() == []

"""A part is shown only if it is what its manifest says."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import obstore
import pyarrow as pa
import pytest

from kpi_contracts.execution import Manifest, Part
from kpi_results.rows.drilldown import Drilldown
from kpi_results.rows.errors import PartDamaged
from kpi_results.rows.gather import gather_range
from kpi_results.rows.query import parse_query
from kpi_results.rows.result import StoredResult
from kpi_results.rows.store import PartStore

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
    path = result.path(0)
    stat, content = path.stat(), path.read_bytes()
    flip_a_bit(path)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert result.path(0) == path
    os.utime(path)
    with pytest.raises(PartDamaged):
        result.path(0)
    path.write_bytes(content)
    assert result.path(0) == path


@pytest.mark.parametrize("key", ["../outside.parquet", "/etc/passwd"])
def test_a_key_cannot_lead_out_of_the_store(drilldown: Drilldown, keep: Keep, key: str) -> None:
    columns = keep(pa.table({"n": [1]})).manifest.columns
    manifest = Manifest((Part(key, 1, 1, "00"),), 1, 1, columns)
    with pytest.raises(PartDamaged, match="leads out of the store"):
        drilldown.result(manifest).path(0)


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


def remote_twin(drilldown: Drilldown, result: StoredResult, cache: Path) -> PartStore:
    """Put the parts of a result into a store that has no folder of its own."""
    remote = PartStore("memory:///", cache)
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
    flip_a_bit(remote.path(part))
    with pytest.raises(PartDamaged):
        remote.path(part)
    assert remote.path(part).read_bytes() == kept.path(0).read_bytes()


def test_a_part_missing_from_a_remote_store_is_named(
    drilldown: Drilldown, keep: Keep, tmp_path: Path
) -> None:
    part = keep(pa.table({"n": range(5)})).manifest.parts[0]
    with pytest.raises(PartDamaged, match="it is missing"):
        PartStore("memory:///", tmp_path).path(part)

"""Names of columns and of parts."""

from __future__ import annotations

from pathlib import Path

import obstore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_rows.names import unique_names
from kpi_rows.objects import local_folder, open_store
from kpi_rows.parts import attempt_prefix, execution_of, part_key


def test_columns_of_one_name_are_told_apart() -> None:
    assert unique_names(["id", "id", "id_2", "id"]) == ["id", "id_3", "id_2", "id_4"]


@given(st.lists(st.sampled_from(["a", "a_2", "a_3", "b", ""])))
def test_unique_names_are_unique_and_keep_what_was(names: list[str]) -> None:
    found = unique_names(names)
    assert len(set(found)) == len(names)
    assert set(names) <= set(found)


def test_a_key_tells_its_execution() -> None:
    assert execution_of(part_key(attempt_prefix(17, 2), 3)) == 17
    assert part_key(attempt_prefix(17, 2), 3) == "executions/17/attempt-2/part-00003.parquet"


@pytest.mark.parametrize("key", ["", "executions/", "executions/0/x", "demo/1/x", "executions/a/x"])
def test_other_keys_are_none_of_ours(key: str) -> None:
    assert execution_of(key) is None


def test_a_folder_is_made_and_a_bucket_has_none(tmp_path: Path) -> None:
    folder = tmp_path / "with space" / "store"
    store = open_store(folder.as_uri())
    obstore.put(store, "a/b", b"c")
    assert (folder / "a/b").read_bytes() == b"c"
    assert local_folder(folder.as_uri()) == folder
    assert local_folder("s3://bucket/prefix") is None

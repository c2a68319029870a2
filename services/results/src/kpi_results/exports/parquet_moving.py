"""Row groups moved to another place of another file, and their columns named anew."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence

import pyarrow as pa
from pyarrow import ipc

from kpi_results.exports.parquet_structs import FileMetaData, RowGroup, SchemaElement, Struct

_ARROW_SCHEMA = "ARROW:schema"

Names = Mapping[str, str]
"""New name of each top-level column by its old one."""


def move(group: RowGroup, distance: int, names: Names) -> None:
    """Change what a row group says of its place, `distance` bytes further on, and of its names."""
    _shift(group, distance, "file_offset")
    group.ordinal = None  # it counted the row groups of the other file
    for chunk in group.columns:
        _shift(chunk, distance, "file_offset", "offset_index_offset", "column_index_offset")
        values = chunk.meta_data
        _shift(values, distance, "data_page_offset", "index_page_offset")
        _shift(values, distance, "dictionary_page_offset", "bloom_filter_offset")
        column, *within = values.path_in_schema
        values.path_in_schema = [names[column], *within]


def rename(footer: FileMetaData, names: Names) -> None:
    """Rename the columns in a footer's schema, and in the Arrow schema kept beside it."""
    for element in _top_level(footer.schema):
        element.name = names[element.name]
    for entry in footer.key_value_metadata or ():
        if entry.key == _ARROW_SCHEMA and entry.value is not None:
            entry.value = _renamed(entry.value, names)


def _shift(place: Struct, distance: int, *offsets: str) -> None:
    """Move offsets; 0, where the magic stands, means none in old files."""
    for name in offsets:
        if offset := getattr(place, name):
            setattr(place, name, offset + distance)


def _top_level(schema: Sequence[SchemaElement]) -> Iterator[SchemaElement]:
    """Yield the columns, not what is nested in them."""
    index = 1
    while index < len(schema):
        yield schema[index]
        index = _end(schema, index)


def _end(schema: Sequence[SchemaElement], index: int) -> int:
    """Return where the element after this one, and all that is nested in it, stands."""
    end = index + 1
    for _ in range(schema[index].num_children or 0):
        end = _end(schema, end)
    return end


def _renamed(encoded: str, names: Names) -> str:
    schema = ipc.read_schema(pa.py_buffer(base64.b64decode(encoded)))
    fields = [field.with_name(names[field.name]) for field in schema]
    named = pa.schema(fields).with_metadata(schema.metadata)
    return base64.b64encode(named.serialize().to_pybytes()).decode()

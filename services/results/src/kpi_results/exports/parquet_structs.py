"""The structs of a Parquet file's footer, as Thrift writes them.

They are those of `parquet.thrift` of the Apache Parquet format, with its names and numbers. What
Arrow never writes (encryption, geometry) is left out.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias

from thrift.protocol.TBase import TBase
from thrift.Thrift import TType

_Kind: TypeAlias = "tuple[int, Any]"
_BOOL: _Kind = (TType.BOOL, None)
_I8: _Kind = (TType.BYTE, None)
_I16: _Kind = (TType.I16, None)
_I32: _Kind = (TType.I32, None)  # enumerations too
_I64: _Kind = (TType.I64, None)
_TEXT: _Kind = (TType.STRING, "UTF8")
_BYTES: _Kind = (TType.STRING, "BINARY")


class Struct(TBase):  # type: ignore[misc]  # the library is not typed
    """A Thrift struct or union; a field that is absent is None."""

    thrift_spec: ClassVar[tuple[Any, ...]] = ()

    def __init__(self, **values: object) -> None:
        self.__dict__.update(values)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # it can be changed

    def __init_subclass__(cls, fields: dict[int, tuple[str, _Kind]]) -> None:
        """Declare the fields by number."""
        spec: list[Any] = [None] * (max(fields, default=-1) + 1)
        for number, (name, (kind, detail)) in fields.items():
            spec[number] = (number, kind, name, detail, None)
            setattr(cls, name, None)
        cls.thrift_spec = tuple(spec)


def _list(kind: _Kind) -> _Kind:
    return TType.LIST, (*kind, False)


def _of(structs: type[Struct]) -> _Kind:
    return TType.STRUCT, [structs, structs.thrift_spec]


class Nothing(Struct, fields={}):
    """A struct that says all by being there."""


class DecimalType(Struct, fields={1: ("scale", _I32), 2: ("precision", _I32)}):
    """A decimal number."""


class TimeUnit(
    Struct,
    fields={1: ("MILLIS", _of(Nothing)), 2: ("MICROS", _of(Nothing)), 3: ("NANOS", _of(Nothing))},
):
    """What times count."""


class TimeType(Struct, fields={1: ("isAdjustedToUTC", _BOOL), 2: ("unit", _of(TimeUnit))}):
    """A time or timestamp."""


class IntType(Struct, fields={1: ("bitWidth", _I8), 2: ("isSigned", _BOOL)}):
    """An integer."""


class LogicalType(
    Struct,
    fields={
        1: ("STRING", _of(Nothing)),
        2: ("MAP", _of(Nothing)),
        3: ("LIST", _of(Nothing)),
        4: ("ENUM", _of(Nothing)),
        5: ("DECIMAL", _of(DecimalType)),
        6: ("DATE", _of(Nothing)),
        7: ("TIME", _of(TimeType)),
        8: ("TIMESTAMP", _of(TimeType)),
        10: ("INTEGER", _of(IntType)),
        11: ("UNKNOWN", _of(Nothing)),
        12: ("JSON", _of(Nothing)),
        13: ("BSON", _of(Nothing)),
        14: ("UUID", _of(Nothing)),
        15: ("FLOAT16", _of(Nothing)),
    },
):
    """What the values of a column mean."""


class SchemaElement(
    Struct,
    fields={
        1: ("type", _I32),
        2: ("type_length", _I32),
        3: ("repetition_type", _I32),
        4: ("name", _TEXT),
        5: ("num_children", _I32),
        6: ("converted_type", _I32),
        7: ("scale", _I32),
        8: ("precision", _I32),
        9: ("field_id", _I32),
        10: ("logicalType", _of(LogicalType)),
    },
):
    """A column or group of columns; the schema lists them depth first, the root before all."""

    name: str
    num_children: int | None


class Statistics(
    Struct,
    fields={
        1: ("max", _BYTES),
        2: ("min", _BYTES),
        3: ("null_count", _I64),
        4: ("distinct_count", _I64),
        5: ("max_value", _BYTES),
        6: ("min_value", _BYTES),
        7: ("is_max_value_exact", _BOOL),
        8: ("is_min_value_exact", _BOOL),
    },
):
    """Extremes and counts of a column chunk."""


class PageEncodingStats(
    Struct, fields={1: ("page_type", _I32), 2: ("encoding", _I32), 3: ("count", _I32)}
):
    """How many pages have an encoding."""


class SizeStatistics(
    Struct,
    fields={
        1: ("unencoded_byte_array_data_bytes", _I64),
        2: ("repetition_level_histogram", _list(_I64)),
        3: ("definition_level_histogram", _list(_I64)),
    },
):
    """Sizes of a column chunk before it was encoded."""


class KeyValue(Struct, fields={1: ("key", _TEXT), 2: ("value", _TEXT)}):
    """One thing that a writer left for its readers."""

    key: str
    value: str | None


class ColumnMetaData(
    Struct,
    fields={
        1: ("type", _I32),
        2: ("encodings", _list(_I32)),
        3: ("path_in_schema", _list(_TEXT)),
        4: ("codec", _I32),
        5: ("num_values", _I64),
        6: ("total_uncompressed_size", _I64),
        7: ("total_compressed_size", _I64),
        8: ("key_value_metadata", _list(_of(KeyValue))),
        9: ("data_page_offset", _I64),
        10: ("index_page_offset", _I64),
        11: ("dictionary_page_offset", _I64),
        12: ("statistics", _of(Statistics)),
        13: ("encoding_stats", _list(_of(PageEncodingStats))),
        14: ("bloom_filter_offset", _I64),
        15: ("bloom_filter_length", _I32),
        16: ("size_statistics", _of(SizeStatistics)),
    },
):
    """Where and how the values of a column chunk lie."""

    path_in_schema: list[str]


class ColumnChunk(
    Struct,
    fields={
        1: ("file_path", _TEXT),
        2: ("file_offset", _I64),
        3: ("meta_data", _of(ColumnMetaData)),
        4: ("offset_index_offset", _I64),
        5: ("offset_index_length", _I32),
        6: ("column_index_offset", _I64),
        7: ("column_index_length", _I32),
    },
):
    """One column of a row group."""

    meta_data: ColumnMetaData


class SortingColumn(
    Struct, fields={1: ("column_idx", _I32), 2: ("descending", _BOOL), 3: ("nulls_first", _BOOL)}
):
    """A column that rows are sorted by."""


class RowGroup(
    Struct,
    fields={
        1: ("columns", _list(_of(ColumnChunk))),
        2: ("total_byte_size", _I64),
        3: ("num_rows", _I64),
        4: ("sorting_columns", _list(_of(SortingColumn))),
        5: ("file_offset", _I64),
        6: ("total_compressed_size", _I64),
        7: ("ordinal", _I16),
    },
):
    """Rows whose columns lie together."""

    columns: list[ColumnChunk]
    num_rows: int
    ordinal: int | None


class ColumnOrder(Struct, fields={1: ("TYPE_ORDER", _of(Nothing))}):
    """How the values of a column compare."""


class FileMetaData(
    Struct,
    fields={
        1: ("version", _I32),
        2: ("schema", _list(_of(SchemaElement))),
        3: ("num_rows", _I64),
        4: ("row_groups", _list(_of(RowGroup))),
        5: ("key_value_metadata", _list(_of(KeyValue))),
        6: ("created_by", _TEXT),
        7: ("column_orders", _list(_of(ColumnOrder))),
    },
):
    """A footer. Row groups to be written may be `Encoded` already."""

    schema: list[SchemaElement]
    num_rows: int
    row_groups: list[Any]
    key_value_metadata: list[KeyValue] | None

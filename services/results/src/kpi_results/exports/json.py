"""JSON (one array of objects) and NDJSON (one object per line), keyed by the columns' keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import orjson
import pyarrow as pa

from kpi_results.exports.subject import Subject
from kpi_results.rows.pages import Row, records

_PIECE = 8_192
_AT_ONCE = 1_024
"""Rows that are Python objects at once: they take ten times the memory of their columns."""


def write_json(subject: Subject) -> Iterator[bytes]:
    """Yield the file's bytes."""

    def encode(rows: list[Row]) -> bytes:
        return orjson.dumps(rows)[1:-1]

    separator = b"["
    for piece in _pieces(subject, encode, b","):
        yield separator + piece
        separator = b",\n"
    yield b"]" if subject.rows else b"[]"


def write_ndjson(subject: Subject) -> Iterator[bytes]:
    """Yield the file's bytes."""

    def encode(rows: list[Row]) -> bytes:
        return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)

    return _pieces(subject, encode, b"")


def _pieces(
    subject: Subject, encode: Callable[[list[Row]], bytes], separator: bytes
) -> Iterator[bytes]:
    def encoded(table: pa.Table) -> bytes:
        slices = (table.slice(start, _AT_ONCE) for start in range(0, table.num_rows, _AT_ONCE))
        return separator.join(encode(records(subject.columns, rows)) for rows in slices)

    return subject.pieces(encoded, _PIECE)

"""JSON (one array of objects) and NDJSON (one object per line), keyed by the columns' keys."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pyarrow as pa

from kpi_results.exports.subject import Subject
from kpi_results.rows.pages import records

_PIECE = 8_192


def write_json(subject: Subject) -> Iterator[bytes]:
    """Yield the file's bytes."""

    def encode(table: pa.Table) -> bytes:
        return orjson.dumps(records(subject.columns, table))[1:-1]

    separator = b"["
    for piece in subject.pieces(encode, _PIECE):
        yield separator + piece
        separator = b",\n"
    yield b"]" if subject.rows else b"[]"


def write_ndjson(subject: Subject) -> Iterator[bytes]:
    """Yield the file's bytes."""

    def encode(table: pa.Table) -> bytes:
        rows = records(subject.columns, table)
        return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)

    return subject.pieces(encode, _PIECE)

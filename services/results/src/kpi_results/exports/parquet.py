"""Parquet, with the stored types and the columns' keys as names.

The stored rows as they are need no decoding: see `parquet_copy`. Other views are written anew.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO, cast

import pyarrow as pa
import pyarrow.parquet as pq
import structlog

from kpi_results.exports.parquet_copy import PartsCopy
from kpi_results.exports.parquet_footer import UnknownFooter
from kpi_results.exports.subject import Subject

_PIECE = 16_384  # rows of a row group; larger ones would please readers, but cost memory

_log = structlog.stdlib.get_logger(__name__)


def write_parquet(subject: Subject) -> Iterator[bytes]:
    """Yield the file's bytes, at most a row group at a time."""
    if subject.stream.query.is_plain:
        try:
            return PartsCopy(subject.stream.result).chunks()
        except UnknownFooter as error:
            _log.info("parts are decoded to be exported", reason=str(error))
    return _encoded(subject)


def _encoded(subject: Subject) -> Iterator[bytes]:
    keys = [column.key for column in subject.columns]
    schema = pa.schema(
        [field.with_name(key) for field, key in zip(subject.schema, keys, strict=True)]
    )
    sink = Outbox()
    writer = pq.ParquetWriter(cast("IO[bytes]", sink), schema, compression="zstd")
    try:
        for table in subject.pieces(lambda table: table.rename_columns(keys), _PIECE):
            writer.write_table(table, row_group_size=_PIECE)
            yield sink.taken()
    finally:
        writer.close()
    yield sink.taken()


class Outbox(io.RawIOBase):
    """A file that is only written to, and whose bytes are taken away as they come."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._position = 0

    def writable(self) -> bool:
        """Say that this is for writing."""
        return True

    def write(self, data: object) -> int:
        """Keep the bytes until they are taken."""
        view = memoryview(data).cast("B")  # type: ignore[arg-type]  # anything with a buffer
        self._waiting += view
        self._position += len(view)
        return len(view)

    def tell(self) -> int:
        """Count all bytes written so far."""
        return self._position

    def taken(self) -> bytes:
        """Take the bytes written since the last time."""
        data = bytes(self._waiting)
        self._waiting.clear()
        return data

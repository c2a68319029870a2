"""Row files: a part's rows written once more, so that single rows can be read without the others.

Parquet decodes 8,192 rows to show one of them. Here a block of at most 64 rows is an Arrow record
batch of its own (an encapsulated IPC message, uncompressed), followed by an index of where each
block begins and of its CRC-32, which is compared whenever the block is read: a file changed by one
bit gives no rows, and the part is read instead. Blocks are read and never mapped, so that what was
read does not stay in the process.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from math import gcd
from pathlib import Path
from typing import IO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import ipc

from kpi_results.rows.footers import Footer

_TRAILER = struct.Struct("<8sQQQ")  # magic, rows per block, blocks, where the index begins
_CHECKSUM = struct.Struct("<I")  # CRC-32 of the trailer, behind it
_ENTRY = struct.Struct("<QQI")  # where the block begins, its bytes, its CRC-32
_MAGIC = b"KPIBLKS1"
_BLOCK_ROWS = 64
_BLOCK_BYTES = 16 << 10
_COLUMN_BYTES = 512  # a block is worth some times the 100 bytes that describe each of its columns


class Block(NamedTuple):
    """Rows that are read together: the first one's number, how many, and those asked for."""

    message: bytes
    first: int
    rows: int
    wanted: tuple[int, ...]


class RowFile:
    """The rows of one part by their number. Not to be shared between threads; close it."""

    def __init__(self, path: Path, rows: int) -> None:
        """Open it; the part has so many rows. Raises FileNotFoundError, ValueError if damaged."""
        self._rows = rows
        self._descriptor = os.open(path, os.O_RDONLY)
        try:
            self._size = os.fstat(self._descriptor).st_size
            self._read_trailer()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close it; what was read stays."""
        os.close(self._descriptor)

    def _read_trailer(self) -> None:
        start = self._size - _TRAILER.size - _CHECKSUM.size
        tail = self._read(start, _TRAILER.size + _CHECKSUM.size)
        (checksum,) = _CHECKSUM.unpack_from(tail, _TRAILER.size)
        magic, self._block_rows, blocks, self._index = _TRAILER.unpack_from(tail)
        if magic != _MAGIC or zlib.crc32(tail[: _TRAILER.size]) != checksum:
            raise ValueError("row file is damaged")
        if blocks != -(-self._rows // self._block_rows):
            raise ValueError("row file belongs to another part")

    def blocks(self, rows: Sequence[int]) -> Iterator[Block]:
        """Yield the blocks in which these ascending rows lie. Raises ValueError if damaged."""
        first, last = rows[0] // self._block_rows, rows[-1] // self._block_rows
        entries = self._read(self._index + first * _ENTRY.size, (last - first + 1) * _ENTRY.size)
        for number, wanted in groupby(rows, key=lambda row: row // self._block_rows):
            message = self._message(*_ENTRY.unpack_from(entries, (number - first) * _ENTRY.size))
            start = number * self._block_rows
            size = min(self._block_rows, self._rows - start)
            yield Block(message, start, size, tuple(wanted))

    def _message(self, start: int, size: int, checksum: int) -> bytes:
        message = self._read(start, size)
        if zlib.crc32(message) != checksum:
            raise ValueError("row file is damaged")
        return message

    def _read(self, start: int, size: int) -> bytes:
        if not 0 <= start <= self._size - size:
            raise ValueError("row file is cut")
        content = os.pread(self._descriptor, size, start)
        if len(content) != size:
            raise ValueError("row file was cut while it was read")
        return content


def decode(schema: pa.Schema, messages: Iterable[bytes]) -> pa.Table:
    """Return the rows of blocks.

    All in one call: between calls, every thread that wants the interpreter's lock gets it first.
    """
    stream = b"".join([schema.serialize().to_pybytes(), *messages])
    return ipc.open_stream(pa.py_buffer(stream)).read_all()


def can_hold(schema: pa.Schema) -> bool:
    """Whether blocks of these columns stand alone: those of dictionaries would lack them."""
    return not any("dictionary<" in str(kind) for kind in schema.types)


def write_row_file(part: Path, footer: Footer, file: IO[bytes]) -> None:
    """Write the rows of a verified part, one row group in memory at a time."""
    index, position, block_rows = bytearray(), 0, _BLOCK_ROWS
    with pq.ParquetFile(part, metadata=footer.metadata) as source:
        for group in range(footer.groups):
            table = source.read_row_group(group, use_threads=False)
            if group == 0:
                block_rows = _rows_per_block(footer, table)
            for block in _blocks(table, block_rows):
                index += _ENTRY.pack(position, block.size, zlib.crc32(block))
                position += file.write(block)
    file.write(index)
    trailer = _TRAILER.pack(_MAGIC, block_rows, len(index) // _ENTRY.size, position)
    file.write(trailer + _CHECKSUM.pack(zlib.crc32(trailer)))


def _rows_per_block(footer: Footer, first: pa.Table) -> int:
    """As many rows as are read at once at little cost, a divisor of every group but the last."""
    room = _BLOCK_BYTES + _COLUMN_BYTES * first.num_columns
    fitting = room * first.num_rows // max(1, first.nbytes)
    groups = zip(footer.starts[:-2], footer.starts[1:-1], strict=True)
    return gcd(max(1, min(_BLOCK_ROWS, fitting)), *(end - start for start, end in groups))


def _blocks(table: pa.Table, rows: int) -> Iterator[pa.Buffer]:
    for batch in table.combine_chunks().to_batches():
        for start in range(0, batch.num_rows, rows):
            yield batch.slice(start, rows).serialize()

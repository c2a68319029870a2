"""Reading and writing the footer of a Parquet file."""

from __future__ import annotations

import struct
from typing import Any

from thrift.protocol.TCompactProtocol import (
    TCompactProtocolAcceleratedFactory,
    TCompactProtocolFactory,
)
from thrift.Thrift import TException
from thrift.TSerialization import deserialize, serialize

from kpi_results.exports.parquet_structs import FileMetaData, Struct

MAGIC = b"PAR1"
TAIL = struct.Struct("<I4s")
"""What follows the footer: its length in bytes, and MAGIC."""

_FAST = TCompactProtocolAcceleratedFactory()
_PLAIN = TCompactProtocolFactory()


class UnknownFooter(Exception):
    """A footer that cannot be read, or not without losing something."""


class Encoded:
    """A struct in its written form, as part of one that is not."""

    def __init__(self, content: Struct) -> None:
        self.content: bytes = serialize(content, _FAST)

    def write(self, protocol: Any) -> None:
        """Write it as it is; the library calls this for every struct of a list."""
        protocol.trans.write(self.content)


def read_footer(content: bytes) -> FileMetaData:
    """Read a footer, without what stands before and after it. Raises UnknownFooter."""
    try:
        footer: FileMetaData = deserialize(FileMetaData(), content, _FAST)
        kept = serialize(footer, _FAST) == content
    except (TException, TypeError, ValueError, EOFError) as error:
        raise UnknownFooter(f"the footer cannot be read ({error})") from error
    if not kept:
        raise UnknownFooter("the footer holds more than is understood")
    return footer


def write_footer(footer: FileMetaData) -> bytes:
    """Return the footer and all that follows it, to the end of the file."""
    content: bytes = serialize(footer, _PLAIN)
    return content + TAIL.pack(len(content), MAGIC)

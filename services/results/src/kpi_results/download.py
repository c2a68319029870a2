"""An export on its way to a client: chunk by chunk, and never whole without being on record."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Self

import structlog

if TYPE_CHECKING:
    from kpi_results.exports.formats import Export

Record = Callable[["Export"], None]
Failed = Callable[[Exception], None]

_NOTE = b"EXPORT BROKEN OFF: this file does not hold all rows. Export again."
_UNFINISHED = {"csv": b'\n"' + _NOTE, "ndjson": b'{"error": "' + _NOTE}
"""How a file ends that had to be broken off, by format: with a text that is never closed.

The server ends the body of a failed response like that of a good one, so a client sees no cut. A
JSON array without its end and Parquet without its footer are refused by every reader anyway.
"""

_log = structlog.stdlib.get_logger(__name__)


class Download(Iterator[bytes]):
    """The body of a response. The server takes a chunk when the client has taken the last.

    Making it produces the first chunk, so that what can go wrong early still becomes an error
    answer. The last chunk is held back until `record` has put the finished export on record; one
    that broke off is recorded as such when the server closes it. `failed` hears of later errors.
    """

    def __init__(self, export: Export, record: Record, failed: Failed) -> None:
        self._chunks = _recorded(export, record, failed)
        self._first: bytes | None = next(self._chunks, b"")

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        return next(self._chunks)

    def close(self) -> None:
        """End the work behind the export, finished or not."""
        self._chunks.close()


def _recorded(export: Export, record: Record, failed: Failed) -> Generator[bytes, None, None]:
    held: bytes | None = None
    sent = False
    try:
        for chunk in export:
            if held is not None:
                sent = True
                yield held
            held = chunk
        record(export)
        if held is not None:
            yield held
    except Exception as error:
        if not sent:
            raise
        failed(error)
        yield _UNFINISHED.get(export.format.name, b"")
    finally:
        if not export.complete:
            _give_up(export, record)


def _give_up(export: Export, record: Record) -> None:
    export.close()
    if not export.bytes:
        return
    try:
        record(export)
    except Exception as error:
        # The client is gone, there is nobody to tell but the operator.
        _log.error("broken export not recorded", bytes=export.bytes, error=repr(error))

"""The formats a view can be exported in, and the proof that goes with each export."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

from kpi_results.exports.csv import write_csv
from kpi_results.exports.excel import write_excel
from kpi_results.exports.hashing import HashAside
from kpi_results.exports.json import write_json, write_ndjson
from kpi_results.exports.parquet import write_parquet
from kpi_results.exports.pdf import shown_rows, write_pdf
from kpi_results.exports.subject import Subject


def _all_rows(subject: Subject) -> int:
    return subject.rows


@dataclass(frozen=True, slots=True)
class Format:
    """How an export is made, what it is called, and how many of the view's rows it holds."""

    name: str
    media_type: str
    suffix: str
    write: Callable[[Subject], Iterator[bytes]]
    rows: Callable[[Subject], int] = _all_rows


class Export:
    """One export under way: iterate over its bytes, then read what they were.

    `sha256` is of the bytes so far and covers the file once `complete` is true. Closing it early
    (a client that went away) ends the work behind it.
    """

    def __init__(self, subject: Subject, format_: Format) -> None:
        self.format = format_
        self.rows = format_.rows(subject)
        self.bytes = 0
        self.complete = False
        self._digest = HashAside()
        self._chunks = self._counted(format_.write(subject))

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes yielded so far, hexadecimal."""
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks

    def close(self) -> None:
        """Stop; what was being read or made is abandoned."""
        self._chunks.close()

    def _counted(self, chunks: Iterator[bytes]) -> Generator[bytes, None, None]:
        try:
            for chunk in chunks:
                if chunk:
                    self._digest.update(chunk)
                    self.bytes += len(chunk)
                    yield chunk
            self.complete = True
        finally:
            self._digest.close()
            if isinstance(chunks, Generator):
                chunks.close()


FORMATS = {
    format_.name: format_
    for format_ in (
        Format("csv", "text/csv; charset=utf-8", "csv", write_csv),
        Format(
            "excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
            write_excel,
        ),
        Format("json", "application/json", "json", write_json),
        Format("ndjson", "application/x-ndjson", "ndjson", write_ndjson),
        Format("parquet", "application/vnd.apache.parquet", "parquet", write_parquet),
        Format("pdf", "application/pdf", "pdf", write_pdf, shown_rows),
    )
}

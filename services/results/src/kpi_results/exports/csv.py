"""CSV (RFC 4180, UTF-8, line feeds): texts quoted, numbers not, NULL empty and `""` an empty text.

Values are written as in `kpi_rows.json_values`; the header has the columns' own names.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv

from kpi_results.exports.formulas import guard
from kpi_results.exports.subject import Subject
from kpi_results.exports.text_columns import csv_column

_PIECE = 16_384
_OPTIONS = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed", batch_size=8192)


def write_csv(subject: Subject) -> Iterator[bytes]:
    """Yield the file's bytes."""
    header = io.StringIO()
    csv.writer(header, quoting=csv.QUOTE_ALL, lineterminator="\n").writerow(
        guard(c.name) for c in subject.columns
    )
    yield header.getvalue().encode()
    yield from subject.pieces(_encode, _PIECE)


def _encode(table: pa.Table) -> bytes:
    if not table.num_columns:
        return b"\n" * table.num_rows
    columns = [csv_column(column) for column in table.columns]
    sink = pa.BufferOutputStream()
    ready = pa.Table.from_arrays(columns, names=table.column_names)
    pyarrow.csv.write_csv(ready, sink, _OPTIONS)
    return sink.getvalue().to_pybytes()

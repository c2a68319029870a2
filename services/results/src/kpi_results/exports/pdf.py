"""A readable report: the KPI, the run, its SQL, what was chosen, and a table of the rows.

It is for reading: at most 5,000 rows, which the report itself says. Characters outside the
built-in font (Latin scripts) are shown as a box; csv and excel hold them all.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from html import escape
from typing import Any

import pyarrow as pa
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from kpi_results.exports.errors import ExportRefused
from kpi_results.exports.subject import Subject
from kpi_results.exports.text_columns import as_text

MAX_ROWS = 5_000
MAX_COLUMNS = 40
_MAX_CELL = 60
_MAX_SQL = 4_000
_CHUNK = 1 << 16
_PIECE = 1_000
_FONT, _BOLD = "Vera", "VeraBd"
_MARGIN = 12 * mm
_POINTS_PER_LETTER = 0.62  # of the font size; Vera's average is a little less

_TITLE = ParagraphStyle("title", fontName=_BOLD, fontSize=15, leading=19)
_TEXT = ParagraphStyle("text", fontName=_FONT, fontSize=8, leading=11)
_GRID: list[Any] = [
    ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
    ("FONTNAME", (0, 0), (-1, 0), _BOLD),
    ("FONTNAME", (0, 1), (-1, -1), _FONT),
    ("LEFTPADDING", (0, 0), (-1, -1), 2),
    ("RIGHTPADDING", (0, 0), (-1, -1), 2),
    ("TOPPADDING", (0, 0), (-1, -1), 1),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
]


def write_pdf(subject: Subject) -> Iterator[bytes]:
    """Yield the file's bytes. Raises ExportRefused for results too wide to read."""
    if len(subject.columns) > MAX_COLUMNS:
        reason = f"shows at most {MAX_COLUMNS} columns; use csv or excel"
        raise ExportRefused("pdf", reason)
    for name, file in ((_FONT, "Vera.ttf"), (_BOLD, "VeraBd.ttf")):
        pdfmetrics.registerFont(TTFont(name, file))
    document = io.BytesIO()
    _template(document, subject).build(
        [*_opening(subject), _table(subject)], onFirstPage=_foot, onLaterPages=_foot
    )
    content = document.getbuffer()
    for start in range(0, len(content), _CHUNK):
        yield bytes(content[start : start + _CHUNK])


def _template(document: io.BytesIO, subject: Subject) -> SimpleDocTemplate:
    return SimpleDocTemplate(
        document,
        pagesize=landscape(A4),
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
        title=subject.about.kpi_name,
        pageCompression=1,
        invariant=1,  # the same rows give the same bytes, whenever they are exported
    )


def _opening(subject: Subject) -> list[Flowable]:
    about = subject.about
    version = "" if about.kpi_version is None else f", definition version {about.kpi_version}"
    run = f"Execution {about.execution_id} of {about.executed_at:%Y-%m-%d %H:%M:%S %Z}{version}"
    lines = [run, *(f"{name}: {text}" for name, text in about.chosen.items()), _extent(subject)]
    if about.generated_sql:
        lines.append(_cut(about.generated_sql, _MAX_SQL))
    texts = [Paragraph(escape(line), _TEXT) for line in lines]
    return [Paragraph(escape(about.kpi_name), _TITLE), Spacer(1, 6), *texts, Spacer(1, 8)]


def _extent(subject: Subject) -> str:
    if subject.rows <= MAX_ROWS:
        return f"All {subject.rows:,} rows."
    return (
        f"The first {MAX_ROWS:,} of {subject.rows:,} rows: a PDF shows no more. "
        "Export as csv to get all of them."
    )


def shown_rows(subject: Subject) -> int:
    """Count the rows that the report shows."""
    return min(MAX_ROWS, subject.rows)


def _table(subject: Subject) -> LongTable:
    head = [_cut(column.name, _MAX_CELL) for column in subject.columns]
    rows = [head, *_rows(subject)]
    size = 7 if len(head) <= 12 else 5
    widths = _widths(rows, size, landscape(A4)[0] - 2 * _MARGIN)
    cells = [
        [_clipped(cell, width, size) for cell, width in zip(row, widths, strict=True)]
        for row in rows
    ]
    style = TableStyle([*_GRID, ("FONTSIZE", (0, 0), (-1, -1), size)])
    height = size + 4
    return LongTable(cells, colWidths=widths, rowHeights=height, repeatRows=1, style=style)


def _rows(subject: Subject) -> list[list[str]]:
    rows: list[list[str]] = []
    for texts in subject.pieces(_texts, _PIECE):
        rows += texts[: MAX_ROWS - len(rows)]
        if len(rows) >= MAX_ROWS:
            break
    return rows


def _texts(table: pa.Table) -> list[list[str]]:
    columns = [as_text(column).to_pylist() for column in table.columns]
    return [
        ["" if cell is None else _cut(cell, _MAX_CELL) for cell in row]
        for row in zip(*columns, strict=True)
    ]


def _widths(rows: list[list[str]], size: int, room: float) -> list[float]:
    """Share the page's width among the columns by their longest text."""
    longest = [max(4, *(len(row[place]) for row in rows)) for place in range(len(rows[0]))]
    wanted = [letters * size * _POINTS_PER_LETTER + 6 for letters in longest]
    return [width * min(1.0, room / sum(wanted)) for width in wanted]


def _clipped(text: str, width: float, size: int) -> str:
    """Cut a text to what its column has room for."""
    return _cut(text, max(1, int((width - 4) / (size * _POINTS_PER_LETTER))))


def _cut(text: str, length: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: max(1, length - 1)] + "…"


def _foot(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(_FONT, 7)
    canvas.drawRightString(landscape(A4)[0] - _MARGIN, 6 * mm, f"Page {document.page}")

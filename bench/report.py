"""The table in docs/benchmarks.md, between markers; the text around it is written by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.table import HEADINGS, Row

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


class MarkersMissing(Exception):
    """The page has no place for the table."""


def write(rows: Mapping[str, Row], machine: Sequence[str], page: Path = PAGE) -> None:
    """Replace what stands between the markers; raises MarkersMissing."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise MarkersMissing(f"{page.name} needs the lines {BEGIN} and {END}")
    page.write_text(f"{before}{BEGIN}\n{markdown(rows, machine)}{END}{after}", encoding="utf-8")


def markdown(rows: Mapping[str, Row], machine: Sequence[str]) -> str:
    """Return the machine, the table and the notes of all rows as Markdown."""
    lines = [*machine, "", _cells(HEADINGS), _cells(["---"] * len(HEADINGS))]
    for key, row in rows.items():
        lines += [_cells((f"({key})", f"**{row.title}**", *[""] * (len(HEADINGS) - 2)))]
        lines += [_cells(line.cells("")) for line in row.lines]
    lines += [""]
    for key, row in rows.items():
        lines += [f"- ({key}) {note}" for note in row.notes]
    return "\n".join(lines) + "\n"


def _cells(texts: Sequence[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"

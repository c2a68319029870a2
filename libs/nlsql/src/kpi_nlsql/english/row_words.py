"""Row words: nouns that only say that a table has rows: "payroll lines", "the vendor master"."""

from __future__ import annotations

from kpi_nlsql.english.words import stem

ROWS = frozenset(
    "item line row record entry transaction posting table system file feed sheet extract "  # noqa: SIM905
    "export dataset data report list master register ledger catalogue catalog log statement".split()
)
ROW_STEMS = frozenset(stem(word) for word in ROWS)
"""The same, as stems."""
PART_STEMS = tuple(map(stem, ("line", "item", "position", "detail")))
"""What the rows are called that a thing consists of."""

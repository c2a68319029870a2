"""What can go wrong with somebody else's database.

SourceError
├── SourceRefused      the description of the source is not acceptable, whatever the source does
└── ColumnTypesVary    internal: a column's values changed type after its type was fixed
"""

from __future__ import annotations


class SourceError(Exception):
    """A source failed; the message says what to do. ``transient``: the same may work later."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.transient = transient


class SourceRefused(SourceError):
    """The source's address, path or options are not allowed."""


class ColumnTypesVary(SourceError):
    """Run the query again with ``exact_types=True``: a column's type was guessed too narrow."""


def first_line(error: BaseException, limit: int = 300) -> str:
    """Return the driver's message as one printable line of at most ``limit`` characters."""
    line = next((text for text in str(error).splitlines() if text.strip()), type(error).__name__)
    return "".join(character for character in line if character.isprintable())[:limit]

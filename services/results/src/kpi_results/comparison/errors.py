"""Errors of comparison.

NotComparable       the two results share too little to be compared by these keys
"""

from __future__ import annotations


class NotComparable(Exception):
    """The results cannot be compared by these keys; `column` is the one that stands in the way."""

    def __init__(self, column: str, reason: str) -> None:
        self.column = column
        self.reason = reason
        super().__init__(f"{column}: {reason}")

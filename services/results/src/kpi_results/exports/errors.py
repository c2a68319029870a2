"""Errors of exports.

ExportRefused       the format cannot hold what was asked for; the message offers another
"""

from __future__ import annotations


class ExportRefused(Exception):
    """The format cannot hold these rows. Raised before the first byte is made."""

    def __init__(self, format_name: str, reason: str) -> None:
        self.format_name = format_name
        self.reason = reason
        super().__init__(f"{format_name}: {reason}")

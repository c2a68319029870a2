"""Text from elsewhere, made harmless for a terminal.

Names, SQL and cells come from users and databases. Escape sequences in them could
recolour, overwrite or retitle the terminal, and bidirectional controls could make SQL
look like other SQL. All of them are shown as escapes instead.
"""

from __future__ import annotations

import json
import re

# C0 and C1 controls and DEL, bidirectional controls, line and paragraph separators,
# zero-width characters and byte order mark, lone surrogates.
_HOSTILE = r"\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff"
_LINE = re.compile(f"[{_HOSTILE}]")
_BLOCK = re.compile(rf"(?![\n\t])[{_HOSTILE}]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def line(value: object) -> str:
    """Show any JSON value on one line, control characters as escapes."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    return _LINE.sub(_escape, str(value))


def block(text: object) -> str:
    """Like :func:`line`, but line breaks and tabs stay: for SQL and descriptions."""
    return _BLOCK.sub(_escape, str(text).replace("\r\n", "\n"))


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    code = ord(char)
    return _SHORT.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")

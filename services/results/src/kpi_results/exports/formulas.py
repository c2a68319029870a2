"""Texts that a spreadsheet would run as formulas, made harmless.

A text that begins with one of `= + - @ TAB CR NUL` gets an apostrophe in front. Numbers are not
texts: a negative number stays as it is.
"""

from __future__ import annotations

from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from kpi_rows.json_values import AnyArray

LEADING = ("=", "+", "-", "@", "\t", "\r", "\0")
_GUARD = "'"


def guard(text: str) -> str:
    """Guard one text."""
    return _GUARD + text if text.startswith(LEADING) else text


def guard_column(texts: AnyArray) -> AnyArray:
    """Guard every text of a column."""
    dangerous = reduce(pc.or_, [pc.starts_with(texts, pattern=sign) for sign in LEADING])
    if not pc.any(dangerous).as_py():
        return texts
    empty = pa.scalar("", texts.type)
    guarded = pc.binary_join_element_wise(pa.scalar(_GUARD, texts.type), texts, empty)
    safe: AnyArray = pc.if_else(dangerous, guarded, texts)
    return safe

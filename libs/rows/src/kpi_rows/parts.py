"""Parts: where the Parquet files of an execution lie in the store, and how they are cut.

A plain page decodes one row group, and a sort skips the groups that cannot hold its first rows:
small groups make both fast. Parts are as large as their readers can hash and copy at once.
"""

from __future__ import annotations

import re
from typing import Final

GROUP_ROWS: Final = 8_192
"""Rows of every row group but the last of a part."""

PART_ROWS: Final = 1_048_576
"""Rows of every part but the last, unless its bytes end it earlier; whole row groups."""

PREFIX: Final = "executions/"
_EXECUTION = re.compile(r"executions/([1-9][0-9]{0,18})/")


def attempt_prefix(execution_id: int, attempt: int) -> str:
    """Return the folder in the store that holds one attempt's parts."""
    return f"{PREFIX}{execution_id}/attempt-{attempt}"


def part_key(prefix: str, number: int) -> str:
    """Return the key of a part, counted from 0, below an attempt's prefix."""
    return f"{prefix}/part-{number:05d}.parquet"


def execution_of(key: str) -> int | None:
    """Return the execution that an object belongs to, None for what is none of ours."""
    match = _EXECUTION.match(key)
    return int(match[1]) if match else None


def physical_name(column: int) -> str:
    """Return the name a column, counted from 0, has inside the Parquet files.

    Its own name may be empty, repeated, or unfit for a file.
    """
    return f"c{column}"

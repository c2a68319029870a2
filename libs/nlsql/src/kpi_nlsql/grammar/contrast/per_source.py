"""Per source: "stock per register differs from stock per count" tells where values are from."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.mentions.linking import Item


def tells_source(items: Sequence[Item], position: int) -> bool:
    """Tell whether "per" says where a value is from: both sides say so, a key is told once."""
    return items[position].text == "per" and sum(item.text == "per" for item in items) > 1

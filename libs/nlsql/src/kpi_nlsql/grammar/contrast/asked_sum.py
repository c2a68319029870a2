"""Asked sum: "the total amount of the payments that differ …" asks for a sum, and compares none."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.grammar.contrast.bounds import opens
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans.plan import AggregateFunction

_OF = frozenset({"of", "for", "on", "over"})
_FUNCTIONS: dict[str, AggregateFunction] = {"sum": "sum", "avg": "avg"}
_EXTREMES: dict[str, AggregateFunction] = {
    "highest": "max", "largest": "max", "maximum": "max", "latest": "max",
    "lowest": "min", "smallest": "min", "minimum": "min", "earliest": "min",
}  # fmt: skip


def asks_sum(items: Sequence[Item]) -> range | None:
    """Return where "the total amount of" opens a sentence about rows of which more is said."""
    leads = (item.is_cue("show") or item.text == "the" for item in items)
    start = next((at for at, leads_on in enumerate(leads) if not leads_on), 0)
    end = start + 1
    while end < len(items) and (items[end].kind == "mention" or items[end].text == "the"):
        end += 1
    told = end < len(items) and asked_function(items[start]) is not None
    if not told or items[end].text not in _OF:
        return None
    goes_on = any(opens(items, at) for at in range(end + 1, len(items)))
    return range(start, end + 1) if goes_on else None


def asked_function(item: Item) -> AggregateFunction | None:
    """Return how rows are taken together: "the total", "the average", "the highest"."""
    if item.hits:
        return None
    if item.last_word in _EXTREMES:
        return _EXTREMES[item.last_word]
    arguments = (cue.argument for cue in item.cues if cue.kind == "aggregate")
    return next((_FUNCTIONS[each] for each in arguments if each in _FUNCTIONS), None)

"""Figures beside rows: "customers with their number of orders" is that number per customer.

Said with "and", the grammar reads it as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.english.function_words import POSSESSIVES
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words

_FAIR = 0.8
_FIGURES = ("count", "aggregate")
_OF_EACH = POSSESSIVES | {"the", "a", "an"}
_BESIDE = frozenset({"together", "along"})
_NO_ROWS = ("compare", "between", "often", "superlative", "not", "group", "relative", "order")
"""What makes of the figure a condition ("with a total above 100"), or of the rows groups."""

PER = Item("cue", "per", 0, 0, cues=(Cue("group"),))


def figures_of_each(items: Sequence[Item]) -> list[Item]:
    """Return the items with a figure that is to be shown beside rows asked for per row."""
    start = 1 if items and items[0].is_cue("show") else 0
    rows = skip_words(items, start, {"the", "each", "every", "all", "all the", "me"})
    beside = _beside(items, rows + 1)
    if beside is None or not _is_table(items[rows]):
        return list(items)
    end = len(items)
    while end and items[end - 1].kind == "mark":
        end -= 1
    figure = _plainly(items[beside:end])
    if not _is_figure(figure, items[rows]):
        return list(items)
    per = replace(PER, start=items[beside - 1].start, end=items[beside - 1].end)
    return [*items[:start], *figure, per, items[rows], *items[end:]]


def _beside(items: Sequence[Item], position: int) -> int | None:
    """Return where the figure begins: behind "with their", or at "how many" behind "and"."""
    position = skip_words(items, position, _BESIDE)
    led, following = item_at(items, position), item_at(items, position + 1)
    if led is None or following is None:
        return None
    if led.text == "with":
        return skip_words(items, position + 1, _OF_EACH)
    return position + 1 if led.text == "and" and following.text == "how many" else None


def _plainly(figure: Sequence[Item]) -> list[Item]:
    """Tell "order count" as "count of orders", and "how many orders they have" without the verb."""
    told = list(figure)
    pronoun = next((at for at, item in enumerate(told) if item.text == "they"), None)
    if pronoun is not None and pronoun >= len(told) - 2:
        told = told[:pronoun]
    return told[::-1] if len(told) == 2 and told[1].is_cue("count") else told


def _is_table(item: Item) -> bool:
    named = item.kind == "mention" and not item.values
    return named and item.best_table() >= _FAIR and item.best_table() > item.best_column()


def _is_figure(figure: Sequence[Item], rows: Item) -> bool:
    """Tell whether a count or a total of other rows is named, and nothing is compared with it."""
    if any(item.is_cue(kind) for item in figure for kind in _NO_ROWS):
        return False
    if any(item.number is not None or item.text in {"and", ","} for item in figure):
        return False
    own = {hit.table for hit in rows.table_hits() if hit.score >= _FAIR}
    others = [item for item in figure if item.hits]
    if not others or any(item.hits[0].table in own for item in others):
        return False
    return figure[0].text.startswith("total ") or any(figure[0].is_cue(k) for k in _FIGURES)

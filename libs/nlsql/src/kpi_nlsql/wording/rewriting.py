"""Rewriting: what is said in a roundabout way is put plainly before the grammar reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.mentions.linking import Item

Step = tuple[int, int, list[Item]]
"""Where items are replaced, from a position to another, and by which."""

Rule = Callable[[Sequence[Item], int], Step | None]
"""Tells what to replace where a phrase begins at a position, if it does."""

HAVE = Item("word", "have", 0, 0)
IN = Item("word", "in", 0, 0)
ALSO_IN = Item("cue", "also in", 0, 0, cues=(Cue("also"),))
THAT = Item("cue", "that", 0, 0, cues=(Cue("relative"),))
"""Words that several rules put in; ``rewritten`` gives them their place."""

SHOW = Item("cue", "show", 0, 0, cues=(Cue("show"),))
SHOW_ALL = (SHOW, Item("cue", "all", 0, 0, cues=(Cue("all"),)))
"""What a description of rows is a request with: "show all"."""


def rewritten(items: Sequence[Item], rules: Sequence[Rule], first: int = 0) -> list[Item]:
    """Return the items with each rule applied in turn, from the position ``first`` on."""
    told = list(items)
    for rule in rules:
        position = first
        while position < len(told):
            step = rule(told, position)
            if step is not None:
                start, end, plain = step
                told[start:end] = [_at(item, told[start]) for item in plain]
            position += 1
    return told


def _at(item: Item, place: Item) -> Item:
    return replace(item, start=place.start, end=place.start) if item.end == 0 else item

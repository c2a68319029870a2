"""Changes told: "the condition went from poor to good" speaks of two columns, before and after.

So does "with unchanged condition", where rows keep a ``ConditionBefore`` and a ``ConditionAfter``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.english.words import parts
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at
from kpi_nlsql.wording.rewriting import Step, rewritten

_PAIRS = (("before", "after"), ("old", "new"), ("from", "to"), ("previous", "current"))
_GOING = frozenset(
    "went goes go changed changes moved moves improved worsened rose fell dropped deteriorated "  # noqa: SIM905
    "switched turned".split()
)
_KEPT = frozenset({"unchanged", "constant", "unaltered"})
_AND, _IS = Item("word", "and", 0, 0), Item("word", "is", 0, 0)
_WHERE = Item("cue", "where", 0, 0, cues=(Cue("relative"),))
_EQUALS = Item("cue", "equals", 0, 0, cues=(Cue("compare", "="),))


def changes_told(items: Sequence[Item]) -> list[Item]:
    """Return the items with a change told of the column before it and of the one after it."""
    return rewritten(items, (_from_to, _unchanged), first=1)


def _from_to(items: Sequence[Item], position: int) -> Step | None:
    """Read "condition went from poor to good" as "condition before is poor and … after is good"."""
    both = _both(items[position])
    first, last = item_at(items, position + 3), item_at(items, position + 5)
    led = text_at(items, position + 1) in _GOING and text_at(items, position + 2) == "from"
    if both is None or not led or text_at(items, position + 4) != "to":
        return None
    if first is None or last is None or not (first.values and last.values):
        return None
    return position, position + 6, [both[0], _IS, first, _AND, both[1], _IS, last]


def _unchanged(items: Sequence[Item], position: int) -> Step | None:
    """Read "with unchanged condition" as "where condition before equals condition after"."""
    noun = item_at(items, position + 1)
    both = _both(noun) if noun is not None and items[position].text in _KEPT else None
    if both is None:
        return None
    start = position - (text_at(items, position - 1) in {"with", "an", "a"})
    start -= text_at(items, start - 1) == "with"
    return start, position + 2, [_WHERE, both[0], _EQUALS, both[1]]


def _both(item: Item) -> tuple[Item, Item] | None:
    """Return the mention as that of the column before a change, and of the one after it."""
    hits = item.column_hits()
    for first in hits:
        for last in hits:
            if first.table == last.table and _is_change(str(first.column), str(last.column)):
                return _meant(item, first), _meant(item, last)
    return None


def _is_change(first: str, last: str) -> bool:
    before, after = parts(first), parts(last)
    apart = [pair for pair in zip(before, after, strict=False) if pair[0] != pair[1]]
    return len(before) == len(after) and len(apart) == 1 and apart[0] in _PAIRS


def _meant(item: Item, hit: NameHit) -> Item:
    return replace(item, text=" ".join(parts(str(hit.column))), hits=(replace(hit, score=1.0),))

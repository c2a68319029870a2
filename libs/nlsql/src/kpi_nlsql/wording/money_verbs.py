"""Money verbs: "who spent the most" asks for the most money, "cost the most" for the dearest."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.english.money import COSTING, MOVING, OF_MONEY, PARTICLES
from kpi_nlsql.english.words import stem
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.wording.rewriting import Step, rewritten

_MONEY = Item("word", "money", 0, 0)
_DEAREST = Item("cue", "most expensive", 0, 0, cues=(Cue("superlative", "high"),))
_CHEAPEST = Item("cue", "cheapest", 0, 0, cues=(Cue("superlative", "low"),))
_HAVE = frozenset({"have", "has", "had"})
_NAMES_TABLE = 0.6
_IN = frozenset({"in", "on", "for", "through"})


def money_told(items: Sequence[Item], lexicon: Lexicon) -> list[Item]:
    """Return the items with the most that is paid, earned or billed told as the most money."""
    return rewritten(items, (partial(_most, lexicon),), first=1)


def _most(lexicon: Lexicon, items: Sequence[Item], position: int) -> Step | None:
    """Read "spent the most on orders", "has brought in the most" and "cost the most"."""
    verb = text_at(items, position)
    if verb not in OF_MONEY:
        return None
    most = skip_words(items, position + 1, PARTICLES)
    superlative = item_at(items, most)
    kind = superlative.argument("superlative") if superlative is not None else ""
    if superlative is None or kind not in {"most", "fewest"}:
        return None
    if verb in MOVING and _names_money(items, most + 1):
        return None if _rows(lexicon, items[position]) else (position, most, [])
    if _counts(items, most + 1):
        return None
    if verb in COSTING and not _in_rows(items, most + 1):
        return position, most + 1, [_DEAREST if kind == "most" else _CHEAPEST]
    start = position - (text_at(items, position - 1) in _HAVE)
    return start, most + 1, [superlative, *_rows(lexicon, items[position]), _MONEY]


def _in_rows(items: Sequence[Item], position: int) -> bool:
    """Tell whether other rows are told to cost it: "cost us the most in repairs"."""
    told = item_at(items, position + 1)
    return text_at(items, position) in _IN and told is not None and bool(told.table_hits())


def _counts(items: Sequence[Item], position: int) -> bool:
    """Tell whether it is said what there is the most of: "paid the most invoices"."""
    item = item_at(items, position)
    if item is None or item.kind == "mark":
        return False
    return item.kind in {"mention", "number"} or text_at(items, position) in {"money", "often"}


def _names_money(items: Sequence[Item], position: int) -> bool:
    """Tell whether the money is named: "brought in the most ticket money"."""
    return "money" in (text_at(items, position), text_at(items, position + 1))


def _rows(lexicon: Lexicon, verb: Item) -> list[Item]:
    """Return a mention of the rows that the verb itself tells of: "paid", ``payments``."""
    hits = verb.table_hits() or [h for h in lexicon.done(stem(verb.text)) if h.column is None]
    hits = [hit for hit in hits if hit.score >= _NAMES_TABLE]
    return [Item("mention", verb.text, verb.start, verb.end, hits=tuple(hits))] if hits else []

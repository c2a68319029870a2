"""Count again: "orders per city, highest number first" has the number counted before in mind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back, text_at

_NUMBER = frozenset({"number", "numbers"})
_BETWEEN = frozenset({"by", "of", "the", "their", "that", "this"})
_RANKED = ("superlative", "order", "ascending", "descending")


def counts_named_again(items: Sequence[Item]) -> list[Item]:
    """Return the items with "number" as the count that the sentence ranks or sorts by.

    Nothing else is meant where something was counted, whatever columns are called numbers.
    """
    told = list(items)
    counted = False
    for at, item in enumerate(told):
        lead = told[skip_words_back(told, at - 1, _BETWEEN)] if at else item
        ranked = any(map(lead.is_cue, _RANKED))
        if counted and ranked and item.text in _NUMBER and text_at(told, at + 1) != "of":
            told[at] = replace(item, kind="cue", cues=(Cue("count"),), hits=(), values=())
        counted = counted or item.is_cue("count")
    return told

"""Asked deeds: "How many parcels did we lose?" speaks of those with the status Lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kpi_nlsql.english.money import MOVING
from kpi_nlsql.english.words import stem
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.wording.bare_deeds import rows_done

_ASKING = frozenset({"did", "does", "do"})
_BETWEEN = frozenset(
    "we they you i it he she us already actually finally ever never".split()  # noqa: SIM905
)
_AMOUNTS = frozenset({"much", "what"})
_FARTHEST_VERB = 7
_SURE = 0.9


def states_told(items: Sequence[Item], lexicon: Lexicon) -> tuple[Item, ...]:
    """Return the items with a verb behind "did" as the state it brings rows to, if one is kept."""
    told = list(items)
    for position, item in enumerate(items):
        if _moves_money(items, position) and (rows := rows_done(item, lexicon)):
            told[position] = replace(item, hits=rows, values=())
        if not _is_asked(items, position) or item.best_table() >= _SURE:
            continue
        states = lexicon.values.stated(stem(item.text))
        if states:
            told[position] = replace(item, kind="mention", hits=(), values=states, worth=1.0)
    return tuple(told)


def _moves_money(items: Sequence[Item], position: int) -> bool:
    """Tell whether a verb says that money was paid or billed: "how much has each client paid"."""
    before = [item.text for item in items[max(position - _FARTHEST_VERB, 0) : position]]
    asked = any(pair == ("how", "much") for pair in pairwise(before))
    return asked and items[position].text in MOVING


def _is_asked(items: Sequence[Item], position: int) -> bool:
    plain = items[position].kind in {"word", "mention"} and " " not in items[position].text
    before = skip_words_back(items, position - 1, _BETWEEN)
    if not plain or before <= 0 or items[before].text not in _ASKING:
        return False
    # "how much did we pay" asks for money
    return _AMOUNTS.isdisjoint(word for item in items[:before] for word in item.text.split())

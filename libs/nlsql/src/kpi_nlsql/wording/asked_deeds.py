"""Asked deeds: "How many parcels did we lose?" speaks of those with the status Lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.function_words import HELPING
from kpi_nlsql.english.money import MOVING
from kpi_nlsql.english.words import stem
from kpi_nlsql.mentions.lexicon import Lexicon, NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back

_ASKING = frozenset({"did", "does", "do"})
_BETWEEN = frozenset(
    "we they you i it he she us already actually finally ever never".split()  # noqa: SIM905
)
_AMOUNTS = frozenset({"much", "what"})
_FARTHEST_VERB = 7
_SURE = 0.9
_NAMES_TABLE = 0.6
_CLAUSE = frozenset("for with on from in by of that which".split())  # noqa: SIM905


def states_told(items: Sequence[Item], lexicon: Lexicon) -> tuple[Item, ...]:
    """Return the items with a verb behind "did" as the state it brings rows to, if one is kept."""
    told = list(items)
    for position, item in enumerate(items):
        if _moves_money(items, position) and (rows := _rows_kept(item, lexicon)):
            told[position] = replace(item, hits=rows, values=())
        if not _is_asked(items, position) or item.best_table() >= _SURE:
            continue
        states = lexicon.values.stated(stem(item.text))
        if states and not item.values:
            told[position] = replace(item, kind="mention", hits=(), values=states, worth=1.0)
    return tuple(told)


def _moves_money(items: Sequence[Item], position: int) -> bool:
    """Tell whether a verb says that money was paid or billed: "how much has each client paid"."""
    if items[position].text not in MOVING:
        return False
    before = [item.text for item in items[max(position - _FARTHEST_VERB, 0) : position]]
    if "how" not in before:
        return False
    asked = before[before.index("how") :]
    helping = next((at for at, text in enumerate(asked) if text in HELPING), None)
    plain = helping is not None and not any(lead in asked[helping:] for lead in _CLAUSE)
    return asked[1:2] == ["much"] and plain


def _rows_kept(verb: Item, lexicon: Lexicon) -> tuple[NameHit, ...]:
    """Return what keeps the rows of what was done, whatever state others are in by it."""
    hits = [hit for hit in (*verb.hits, *lexicon.done(stem(verb.text))) if hit.column is None]
    return tuple(hit for hit in hits if hit.score >= _NAMES_TABLE)


def _is_asked(items: Sequence[Item], position: int) -> bool:
    plain = items[position].kind in {"word", "mention"} and " " not in items[position].text
    before = skip_words_back(items, position - 1, _BETWEEN)
    if not plain or before <= 0 or items[before].text not in _ASKING:
        return False
    # "how much did we pay" asks for money
    return _AMOUNTS.isdisjoint(word for item in items[:before] for word in item.text.split())

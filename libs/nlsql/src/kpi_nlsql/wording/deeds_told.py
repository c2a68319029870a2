"""Deeds told: which rows or which kind a deed speaks of, by the words around it.

"Invoices paid twice" and "owners who never paid anything" speak of payments, whatever status Paid
there is; "damage claims" are those of the type Damaged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from kpi_nlsql.english.function_words import STOP_WORDS
from kpi_nlsql.english.words import stem
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at
from kpi_nlsql.wording.rewriting import Step, rewritten

_ANYTHING = frozenset({"anything", "something", "nothing"})
_ONCE = frozenset({"once", "only once", "exactly once", "at least once"})
_NAMES_TABLE = 0.6


def deeds_told(items: Sequence[Item], lexicon: Lexicon) -> list[Item]:
    """Return the items with verbs that speak of other rows, or of a state, told so."""
    return rewritten(items, (partial(_rows_of, lexicon), partial(_kind_of, lexicon)))


def _rows_of(lexicon: Lexicon, items: Sequence[Item], position: int) -> Step | None:
    """Read "paid more than once" and "never paid anything" as of payments."""
    verb, behind = items[position], item_at(items, position + 1)
    if not verb.values or behind is None or " " in verb.text:
        return None
    often = behind.is_cue("often") and behind.text not in _ONCE
    if not often and behind.text not in _ANYTHING:
        return None
    hits = [hit for hit in lexicon.done(stem(verb.text)) if hit.column is None]
    hits = [hit for hit in hits if hit.score >= _NAMES_TABLE]
    if not hits:
        return None
    return position, position + 1, [replace(verb, hits=tuple(hits), values=())]


def _kind_of(lexicon: Lexicon, items: Sequence[Item], position: int) -> Step | None:
    """Read "damage claims" as those of the type Damaged."""
    kind, rows = items[position], item_at(items, position + 1)
    if kind.kind != "word" or kind.text in STOP_WORDS or rows is None:
        return None
    if rows.best_table() < _NAMES_TABLE or rows.best_column() > rows.best_table():
        return None
    table = rows.table_hits()[0].table
    values = tuple(hit for hit in lexicon.values.stated(stem(kind.text)) if hit.table == table)
    return (
        (position, position + 1, [replace(kind, kind="mention", values=values)]) if values else None
    )

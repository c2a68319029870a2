"""Rows apart: the rows asked for, and what they do, told apart from what is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.money import MOVING
from kpi_nlsql.grammar.contrast.bounds import LED_TO, VERBS, opens, says_something
from kpi_nlsql.grammar.contrast.comparator import is_deed
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.evoked import SUMMING, tells_measure
from kpi_nlsql.mentions.linking import Item

_ROWS = 0.5
_OWNING = frozenset({"in", "at", "on", "of", "from", "the", "our"})
_DOERS = frozenset({"that", "which", "who", "we", "they", "it"})


def rows_apart(items: Sequence[Item], clause: Clause) -> Clause:
    """Tell the rows asked for apart from what is compared, where nothing stands between the two.

    "Open claims above the total" are compared by their amount, "letters booked in a currency other
    than that of the message" by their currency.
    """
    left = clause.left
    rows = next((n for n, at in enumerate(left) if _names_rows(items[at])), None)
    opened = bool(clause.before) and opens(items, clause.before[-1])
    if rows is None or clause.common or opened:
        return clause
    if any(items[at].text in _OWNING for at in left[:rows]):
        return clause
    while left and left[-1] > left[rows] and items[left[-1]].text in LED_TO:
        left = left[:-1]  # "billed for more than"
    deed, rest = left[rows + 1 : rows + 2], left[rows + 2 :]
    before = (*clause.before, *left[: rows + 1])
    made = bool(deed) and items[deed[0]].text == "made"  # "payments made after …"
    # "claims closed in 2024"
    if not deed or made or (rest and not says_something(items, rest)):
        return replace(clause, left=left[rows : rows + 1], before=(*clause.before, *left))
    if not is_deed(items[deed[0]]):
        return clause
    if rest and items[rest[0]].text in LED_TO:
        return replace(clause, left=rest[1:], before=before, told=clause.told | {*deed, rest[0]})
    told = items[deed[0]]
    linked = told.hits or told.text in MOVING or tells_measure(told.text) or clause.in_time
    return replace(clause, left=left[rows + 1 :], before=before) if linked else clause


def _names_rows(item: Item) -> bool:
    return item.kind == "mention" and item.best_table() >= max(_ROWS, item.best_column())


def behind_rows(items: Sequence[Item], said: tuple[int, ...]) -> tuple[int, ...]:
    """Return what is compared without the rows: "products launched earlier in A than in B"."""
    done = len(said) > 1 and (is_deed(items[said[1]]) or tells_measure(items[said[1]].text))
    return said[1:] if done and _names_rows(items[said[0]]) else said


def is_verb(items: Sequence[Item], position: int) -> bool:
    """Tell whether a word that names nothing is what rows do: "that cover less"."""
    item, before = items[position], items[position - 1] if position else items[position]
    done = before.text in _DOERS or (before.kind == "mention" and before.text.endswith("s"))
    measures = tells_measure(item.text) or item.text in MOVING | SUMMING
    return item.kind == "word" and done and not measures and item.text not in VERBS

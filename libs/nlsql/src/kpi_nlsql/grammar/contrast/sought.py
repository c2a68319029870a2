"""Sought: the words of a comparison by what they are likely to name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.english.function_words import POSSESSIVES
from kpi_nlsql.grammar.contrast.account import verbs
from kpi_nlsql.grammar.contrast.bounds import PLACES, refers_back
from kpi_nlsql.grammar.contrast.comparator import is_deed
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.layout import Layout, words_of
from kpi_nlsql.grammar.contrast.operand import Word
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Sought:
    """The words of both sides, those both share, those of the rows, and all the others."""

    left: tuple[Word, ...]
    right: tuple[Word, ...]
    common: tuple[Word, ...]
    head: tuple[Word, ...]
    others: tuple[Word, ...]
    shown: tuple[tuple[Word, ...], ...] = ()
    keys: tuple[tuple[Word, ...], ...] = ()
    refers: tuple[bool, bool] = (False, False)
    """Whether a side is only "the one in …": its column is called as on the other side."""
    bare: tuple[bool, bool] = (False, False)
    """Whether a side may name rows alone, of which the amount is meant: not "in the register"."""
    in_time: bool | None = None
    """Whether dates are compared, or amounts; None where it may be anything."""


def sought_in(sentence: Sentence, items: Sequence[Item], clause: Clause, layout: Layout) -> Sought:
    """Return the words of a comparison and of what stands around it."""
    tokens = sentence.tokens
    leading = verbs(tokens)
    measured = [Word(items[at].start, items[at].text.split()[0]) for at in clause.measure]
    others = (*layout.head, *(at for part in layout.shown for at in part), *layout.loose)
    items = _with_deeds(items, clause)
    return Sought(
        words_of(items, clause.left, tokens),
        words_of(items, clause.right, tokens),
        (*words_of(items, clause.common, tokens), *measured),
        tuple(w for w in words_of(items, layout.head, tokens) if w.token not in leading),
        words_of(items, others, tokens),
        tuple(words_of(items, part, tokens) for part in layout.shown),
        tuple(words_of(items, part, tokens) for part in layout.keys),
        (refers_back(items, clause.left), refers_back(items, clause.right)),
        (_names_rows(items, clause.left, clause), _names_rows(items, clause.right, clause)),
        clause.in_time,
    )


def _with_deeds(items: Sequence[Item], clause: Clause) -> Sequence[Item]:
    """Return the items where a deed is no state: "delivered later than due" is a date."""
    if clause.in_time is None:
        return items
    sides = {*clause.left, *clause.right}
    return [
        replace(item, kind="word", values=())
        if at in sides and item.values and is_deed(item)
        else item
        for at, item in enumerate(items)
    ]


def _names_rows(items: Sequence[Item], side: Sequence[int], clause: Clause) -> bool:
    """Tell whether a side may name rows alone: "claims", not "in the register"."""
    counted = clause.attributive and side == clause.left  # "more applications than seats"
    # "at a depot other than their own"
    own = clause.in_time is None and set(side) <= set(clause.before)
    return bool(side) and items[side[0]].text not in PLACES and not counted and not own


def own_side(items: Sequence[Item], sought: Sought, right: Sequence[int]) -> int | None:
    """Return which side is said to be the rows' own: 0, 1, or None where it is not told."""
    if sought.common and sought.right and not sought.left and not is_deed(items[right[0]]):
        return 0  # "policies with another status in the CRM" than they have themselves
    named = len(right) > 1 and right[1] == right[-1] and items[right[1]].best_column()
    # "whose premium in the CRM is not their annual premium"
    return 1 if named and items[right[0]].text in POSSESSIVES else None

"""Evoked: the column that a verb or an adjective speaks of, "cost more", "cheaper", "more people".

Nobody says that a price is lower where something is cheaper, nor that a capacity is exceeded where
a course takes more people than its room has seats.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kpi_nlsql.english.money import COSTING, MOVING
from kpi_nlsql.english.words import stem, stems
from kpi_nlsql.grammar.contrast.wording import covered, fit_name
from kpi_nlsql.schema.amounts import money_amount
from kpi_nlsql.schema.graph import Table

_MEASURES = {
    "cost costing cheaper dearer pricier expensive charge charged sell sold selling price priced "
    "ask asks asking tag tagged": "price cost rate tariff fare fee charge",
    "people person guest passenger participant attendee place visitor seat head": (
        "capacity seat place person passenger participant guest"
    ),
    "value valued worth assess assessed": "value valuation price cost",
    "heavier lighter weigh weighs weighed weighing": "weight",
    "longer shorter last lasts lasted": "duration length",
}
_NAMES = {
    stem(word): frozenset(stems(names))
    for words, names in _MEASURES.items()
    for word in words.split()
}
_MOVED = frozenset(
    verb for verb in MOVING if verb.endswith("ed") or verb in {"paid", "owe", "owes", "spent"}
) | {*COSTING, "worth"}
"""What is done with money, by verbs that name no rows: an invoice is no billing of it."""
SUMMING = frozenset("totalling totaling cumulative combined cumulated accumulated".split())  # noqa: SIM905
"""Words that take the amounts of several rows together."""
_EVOKED = 0.8


@lru_cache(maxsize=20_000)
def evokes(word: str, part: str) -> float:
    """Return how well a word tells what a column measures by a part of its name, 0..1."""
    if part == "rating":
        return 0.0  # it is no rate
    return _EVOKED if stem(part) in _NAMES.get(stem(word), ()) else 0.0


def tells_measure(word: str) -> bool:
    """Tell whether a word says by itself what is measured: "cheaper"."""
    return stem(word) in _NAMES


@lru_cache(maxsize=100_000)
def told_fit(words: tuple[str, ...], name: tuple[str, ...]) -> tuple[float, ...]:
    """Return for each word how well it stands for, or evokes, some word of a column's name."""
    plain = fit_name(words, name)
    return tuple(
        max(fit, *(evokes(word, part) for part in name))
        for word, fit in zip(words, plain, strict=True)
    )


def told_share(words: Sequence[str], name: Sequence[str]) -> float:
    """Return how much of a column's name the words say or evoke, 0..1."""
    said = covered(words, name)
    evoked = sum(max((evokes(w, part) for w in words), default=0.0) for part in name)
    return max(said, evoked / max(len(name), 1))


def money_moved(word: str, table: Table) -> str | None:
    """Return the one sum of money of a table's rows where a word tells what is done with money."""
    return money_amount(table) if word in _MOVED else None

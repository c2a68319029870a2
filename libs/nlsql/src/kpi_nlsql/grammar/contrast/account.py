"""Account: which words of the sentence a contrast has understood."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kpi_nlsql.english.function_words import COPULAS, FUNCTION_WORDS
from kpi_nlsql.english.words import Token
from kpi_nlsql.grammar.contrast.bounds import LED_TO
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.sentence import Sentence

_HAVING = frozenset(
    "go goes went carry carries carried run runs appear appears bear bears hold holds get got "  # noqa: SIM905
    "show shows have has had".split()
)
_SAYS_LITTLE = ("relative", "both", "show")


class Account:
    """The tokens that a reading stands for; grows while it is made."""

    def __init__(self, sentence: Sentence, items: Sequence[Item], told: Iterable[int]) -> None:
        self._sentence, self._items = sentence, items
        self.tokens: set[int] = verbs(sentence.tokens) - _valued(items)
        for position in told:
            self.add_item(position)

    def add(self, tokens: Iterable[int]) -> None:
        """Count tokens as understood."""
        self.tokens.update(tokens)

    def add_item(self, position: int) -> None:
        """Count all tokens of an item as understood."""
        self.tokens.update(self.span(position))

    def has(self, position: int) -> bool:
        """Tell whether some of an item is understood already."""
        return bool(self.tokens & set(self.span(position)))

    def used(self) -> frozenset[int]:
        """Return the positions of the sentence's own items that are accounted for."""
        tokens = self._sentence.tokens
        light = {at for at, token in enumerate(tokens) if token.lower in FUNCTION_WORDS}
        return frozenset(
            position
            for position, item in enumerate(self._sentence.items)
            if set(range(item.start, item.end)) <= self.tokens | light
            or any(item.is_cue(kind) for kind in _SAYS_LITTLE)
        )

    def all_told(self) -> bool:
        """Tell whether every name, value and number of the sentence is accounted for."""
        used = self.used()
        return all(
            position in used or item.kind in {"word", "mark", "cue"}
            for position, item in enumerate(self._sentence.items)
        )

    def span(self, position: int) -> range:
        """Return the tokens of an item."""
        return range(self._items[position].start, self._items[position].end)


def _valued(items: Sequence[Item]) -> set[int]:
    # "are active in A" says a value, "are sold in A" may only lead to one
    held = (item for item in items if any(hit.score >= 1.0 for hit in item.values))
    return {
        at for item in held if not item.text.endswith("ed") for at in range(item.start, item.end)
    }


def verbs(tokens: Sequence[Token]) -> set[int]:
    """Return where verbs stand that only lead to a value: "were sold at", "go by", "booked in"."""
    return {
        at
        for at in range(1, len(tokens) - 1)
        if tokens[at].lower in _HAVING
        or (
            tokens[at + 1].lower in LED_TO
            and (tokens[at - 1].lower in COPULAS or tokens[at].lower.endswith("ed"))
        )
    }

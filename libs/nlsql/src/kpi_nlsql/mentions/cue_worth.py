"""Cue worth: how much of the sentence a cue explains, against a name made of the same words."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.cues import CUES, Cue
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.english.words import Token

_CUE_WORTH = 0.9
_WEAK_CUE_WORTH = 0.7
_COMMAND_WORTH = 1.15
_NOUN_WORTH = 0.7
_TEXT_WORTH = 1.4
_DETERMINERS = frozenset({"a", "an", "the", "all", "every", "each", "any", "no", "our", "many"})
_ONE_OF_MANY = frozenset({"a", "an", "any", "no", "each", "every", "one"})
_LISTS = frozenset({"list", "report"})
"""Verbs of commands that are nouns behind other nouns."""
_OPENING = frozenset("start starts starting begin begins beginning end ends ending".split())  # noqa: SIM905
_POLITE = frozenset("please kindly then also just simply now pls".split())  # noqa: SIM905
_SORTING = frozenset(
    "by in from the it them results alphabetically ascending descending according "  # noqa: SIM905
    "based".split()
)
_COMMANDS = frozenset(
    "list show return report count find give display get retrieve provide fetch print identify "  # noqa: SIM905
    "select describe state flag highlight spot detect pull extract tally calculate compute".split()
)
_NOUN_GOES_ON = frozenset(
    "of with without where whose per by in for and or , is are that which on".split()  # noqa: SIM905
)


def cue_worth(start: int, end: int, tokens: Sequence[Token], cues: Sequence[Cue]) -> float:
    """Return what a cue explains; longer ones say more than the sum of their words."""
    words = tuple(token.lower for token in tokens[start:end])
    if words == ("ordered",) and not _sorts(tokens, end):
        return 0.0
    if start and words[0] == "order" and tokens[start - 1].lower in _ONE_OF_MANY:
        return 0.0  # "customers without an order by city"
    if len(words) == 1 and any(cue.kind == "details" for cue in cues):
        return _WEAK_CUE_WORTH
    if len(words) == 1 and is_no_command(start, tokens, cues):
        return _NOUN_WORTH  # "all spot contracts": nobody is told to spot any
    if words[0] in _OPENING and words[1:] == ("with",):
        return _TEXT_WORTH  # "whose name starts with A", whatever a ``start_date`` is
    telling = sum(word not in FUNCTION_WORDS for word in words)
    least = _COMMAND_WORTH if _commands(tokens, start) else 0.3
    return max(_CUE_WORTH * telling, least) + 0.1 * (len(words) - 1)


def is_no_command(start: int, tokens: Sequence[Token], cues: Sequence[Cue]) -> bool:
    """Tell whether a verb that asks to show something stands where only a noun or a value may."""
    if not start or not cues or any(cue.kind != "show" for cue in cues):
        return False
    before = tokens[start - 1].lower
    noun = tokens[start].lower in _LISTS and _is_noun(tokens[start - 1])
    return noun or before in _DETERMINERS or (start == 1 and before == "which")


def _is_noun(token: Token) -> bool:
    """Tell whether a word may be a noun that another follows: "in the price list"."""
    plain = token.kind != "word" or token.lower in FUNCTION_WORDS or token.lower in _POLITE
    return not plain and (token.lower,) not in CUES


def _sorts(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether "ordered", followed by what stands here, speaks of a sort order."""
    return position < len(tokens) and tokens[position].lower in _SORTING


def _commands(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether a sentence begins with a verb here, and what it asks for stands behind.

    "List all sellers" names no listings; "State with the most customers" begins with a noun.
    """
    begins = position == 0 or tokens[position - 1].text in {".", ";", "?"}
    if not begins or tokens[position].lower not in _COMMANDS or position + 1 >= len(tokens):
        return False
    return tokens[position + 1].lower not in _NOUN_GOES_ON

"""Margins told: by how much two values differ is put behind what they are of.

"Differs by more than 5 between A and B", "a difference of more than 5 between A and B" and "at
least 5 higher than in B" become "differs between A and B by more than 5", and so on; values that
"are more than 5 apart" differ by that, and one that "is twice the other" is 2 times that.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.cues import NUMBER_WORDS
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, put_in, said

_DIFFERING = frozenset("differ differs differing differed deviate deviates deviating".split())  # noqa: SIM905
_DIFFERENCE = frozenset("difference differences deviation deviations gap gaps".split())  # noqa: SIM905
_BOUNDS = {
    ("more", "than"): ("more", "than"), ("greater", "than"): ("more", "than"),
    ("larger", "than"): ("more", "than"), ("bigger", "than"): ("more", "than"),
    ("above",): ("more", "than"), ("over",): ("more", "than"), ("exceeding",): ("more", "than"),
    ("at", "least"): ("at", "least"), ("less", "than"): ("less", "than"),
    ("under",): ("less", "than"), ("at", "most"): ("at", "most"), ("up", "to"): ("at", "most"),
    ("exactly",): ("exactly",),
}  # fmt: skip
_HIGHER = frozenset(
    "higher lower larger smaller greater bigger expensive cheaper".split()  # noqa: SIM905
)
_BEYOND = frozenset({"above", "below", "over", "under"})
_SHARES = frozenset({"%", "percent"})
_RELATIVES = frozenset({"that", "which"})
_BETWEEN = frozenset({"between", "from", "in"})
_TIMES = {"twice": 2, "double": 2, "triple": 3}
_BOUNDING = frozenset({"than", "least", "most", "exceeds", "exceed", "over", "above", "below"})
_ARTICLES = frozenset({"the", "our", "their", "its", "what", "that"})
_LIE = frozenset({"lie", "lies", "are", "is", "be"})
_DAYS = frozenset({"day", "days", "week", "weeks"})
_LEADS = frozenset({"with", "have", "has", "having", "a", "an", "the", "show", "list", "all", "me"})
_BORDERS = frozenset(
    ", . ? ; ! : ( that which whose where who with for per by ordered sorted grouped".split()  # noqa: SIM905
)
_LEADING_ON = frozenset("that which whose where are is have has with show list their".split())  # noqa: SIM905
_LONGEST_NAME = 3


def margins_last(tokens: Sequence[Token]) -> Sequence[Token]:
    """Return the tokens with a margin behind what it is between."""
    for position in range(1, len(tokens)):
        for form in (_differing, _difference, _higher, _apart, _times):
            told = form(tokens, position)
            if told is not None:
                return told
    return tokens


def _differing(tokens: Sequence[Token], position: int) -> list[Token] | None:
    """Read "differs by more than 5 between A and B"."""
    if tokens[position].lower != "by" or lower_at(tokens, position - 1) not in _DIFFERING:
        return None
    bound, end = _bound(tokens, position + 1)
    if not bound or lower_at(tokens, end) not in _BETWEEN:
        return None
    before = list(tokens[:position])
    named = _name(tokens, position - 2) if lower_at(tokens, position - 2) in _RELATIVES else None
    if named:
        before = _with_different(tokens, named, position - 2)  # "with prices that differ by"
    return _moved(tokens, before, bound, _amount(tokens, end), end)


def _difference(tokens: Sequence[Token], position: int) -> list[Token] | None:
    """Read "a price difference of more than 5 between A and B"."""
    start = _name(tokens, position) if tokens[position].lower in _DIFFERENCE else position
    if start in {None, position}:
        return None
    assert start is not None
    before, behind = _with_different(tokens, start, position), position + 1
    bound, end = _bound(tokens, behind + (lower_at(tokens, behind) == "of"))
    if bound and lower_at(tokens, end) in {"between", "in"}:
        return _moved(tokens, before, bound, _amount(tokens, end), end)
    until = behind
    while until < len(tokens) and tokens[until].lower != "of" and not _ends(tokens, until):
        until += 1
    bound, end = _bound(tokens, until + 1)
    if not bound or lower_at(tokens, behind) not in {"between", "in"}:
        return None
    amount = _amount(tokens, end)
    told = put_in(("by", *bound), amount[0])
    return [*before, *tokens[behind:until], *told, *amount, *tokens[end:]]


def _name(tokens: Sequence[Token], end: int) -> int | None:
    """Return where the name before a word begins; None if nothing leads to it."""
    start = end
    while start > max(end - _LONGEST_NAME, 0) and tokens[start - 1].lower not in _LEADS:
        start -= 1
    led = start == 0 or tokens[start - 1].lower in _LEADS
    return start if led else None


def _with_different(tokens: Sequence[Token], start: int, end: int) -> list[Token]:
    """Return the tokens up to a name that is said to be different."""
    before = list(tokens[:start])
    while before and before[-1].lower in {"a", "an", "the"}:
        before.pop()
    return [*before, *put_in(("different",), tokens[start]), *tokens[start:end]]


def _higher(tokens: Sequence[Token], position: int) -> list[Token] | None:
    """Read "is at least 5 higher than in B", "is more than 5 above the price in B"."""
    bound, end = _bound(tokens, position)
    if not bound or lower_at(tokens, position - 1) == "by":
        return None
    last = end + (lower_at(tokens, end) in {"more", "less"})
    placed = lower_at(tokens, last + 1) == "in" and lower_at(tokens, last) in _HIGHER
    than = lower_at(tokens, last + 1) == "than" and lower_at(tokens, last) in _HIGHER
    than = than or (last == end and lower_at(tokens, end) in _BEYOND)
    if not than and not (placed and "than" in [token.lower for token in tokens[last + 2 :]]):
        return None
    return _moved(tokens, tokens[:position], bound, _amount(tokens, end), end)


def _apart(tokens: Sequence[Token], position: int) -> list[Token] | None:
    """Read "the dates in A and B lie more than 60 days apart"."""
    bound, end = _bound(tokens, position)
    unit = end + (lower_at(tokens, end) in _DAYS)
    if not bound or lower_at(tokens, unit) != "apart" or lower_at(tokens, position - 1) not in _LIE:
        return None
    told = put_in(("differ", "by", *bound), tokens[position - 1])
    return [
        *tokens[: position - 1],
        *told,
        *_amount(tokens, end),
        *tokens[end:unit],
        *tokens[unit + 1 :],
    ]


def _times(tokens: Sequence[Token], position: int) -> list[Token] | None:
    """Read "more than twice the limit", "at least three times the price in B"."""
    word = tokens[position].lower
    end = position + 1 + (lower_at(tokens, position + 1) == "times")
    number = _TIMES.get(word) if end == position + 1 else NUMBER_WORDS.get(word)
    led = lower_at(tokens, position - 1) in _BOUNDING
    if number is None or not led or lower_at(tokens, end) not in _ARTICLES:
        return None
    told = said((str(number), "times"), tokens[position])
    return [*tokens[:position], *told, *tokens[end:]]


def _bound(tokens: Sequence[Token], position: int) -> tuple[tuple[str, ...], int]:
    """Return the words for "more than" or "at least", and where the number behind them ends."""
    for words, bound in _BOUNDS.items():
        end = position + len(words)
        said = tuple(lower_at(tokens, at) for at in range(position, end))
        if said == words and end < len(tokens) and tokens[end].kind == "number":
            return bound, end + 1 + (lower_at(tokens, end + 1) in _SHARES)
    return (), position


def _amount(tokens: Sequence[Token], end: int) -> Sequence[Token]:
    """Return the number that ends before ``end``, with the percent it may be of."""
    return tokens[end - 1 - (lower_at(tokens, end - 1) in _SHARES) : end]


def _moved(
    tokens: Sequence[Token],
    before: Sequence[Token],
    bound: tuple[str, ...],
    amount: Sequence[Token],
    start: int,
) -> list[Token]:
    """Return the tokens with "by", the bound and its number behind the clause that starts here."""
    end = start + 1
    while end < len(tokens) and not _ends(tokens, end):
        end += 1
    margin = [*put_in(("by", *bound), amount[0]), *amount]
    return [*before, *tokens[start:end], *margin, *tokens[end:]]


def _ends(tokens: Sequence[Token], position: int) -> bool:
    word = tokens[position].lower
    return word in _BORDERS or (word == "and" and lower_at(tokens, position + 1) in _LEADING_ON)

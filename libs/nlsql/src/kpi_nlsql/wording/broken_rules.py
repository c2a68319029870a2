"""Broken rules: what must be so is not so where a rule is broken.

"must have a bin" is broken "without a bin", "must be signed" by rows "that are not signed", "must
have at least two offers" by those "with fewer than two offers", "must not be empty" by the empty.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import put_in

_ALWAYS = frozenset({"always", "also", "either", "then", "therefore"})
_NEVER = frozenset({"not", "never"})
_HAVING = frozenset({"have", "possess", "carry", "own", "contain", "include", "bear", "show"})
_ONE = frozenset({"1", "one", "a", "an"})
_SINGLE = frozenset({"single", "corresponding", "matching"})
_EXACTLY = frozenset({"exactly", "only", "no"})
_BOUNDS = {
    ("at", "least"): ("fewer", "than"),
    ("no", "fewer", "than"): ("fewer", "than"),
    ("at", "most"): ("more", "than"),
    ("no", "more", "than"): ("more", "than"),
    ("not", "more", "than"): ("more", "than"),
}
"""What the rows have that break a bound on how many they have."""


def denied(predicate: Sequence[Token]) -> list[Token]:
    """Return what is said of rows for which a predicate ("have a bin") does not hold.

    Empty where it is not known what that is: rows may break "exactly one" in two ways.
    """
    rest = _without(predicate, _ALWAYS)
    if not rest:
        return []
    if rest[0].lower in _NEVER:
        return told(rest[1:])
    verb, object_ = rest[0].lower, rest[1:]
    if verb in _HAVING:
        return _lacking(object_)
    words = ("that", "are", "not") if verb == "be" else ("that", "do", "not", verb)
    return [*put_in(words, rest[0]), *object_]


def told(predicate: Sequence[Token]) -> list[Token]:
    """Return what is said of rows for which a predicate does hold."""
    rest = _without(predicate, _ALWAYS)
    if not rest or rest[0].lower in _NEVER:
        return []
    verb = rest[0].lower
    return [*put_in(("that", "are" if verb == "be" else verb), rest[0]), *rest[1:]]


def _lacking(rest: Sequence[Token]) -> list[Token]:
    words = [token.lower for token in rest]
    if not words or (words[0] in _EXACTLY and tuple(words[:3]) not in _BOUNDS):
        return []
    for bound, broken in _BOUNDS.items():
        count = len(bound)
        if tuple(words[:count]) != bound or len(words) <= count:
            continue
        if bound == ("at", "least") and words[count] in _ONE:
            return [*put_in(("without",), rest[0]), *_without(rest[count + 1 :], _SINGLE)]
        return [*put_in(("with", *broken), rest[0]), *rest[count:]]
    return [*put_in(("without",), rest[0]), *rest]


def _without(tokens: Sequence[Token], words: frozenset[str]) -> list[Token]:
    first = next((at for at, t in enumerate(tokens) if t.lower not in words), len(tokens))
    return list(tokens[first:])

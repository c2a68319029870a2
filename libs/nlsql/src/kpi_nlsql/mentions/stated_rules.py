"""Stated rules: "every site must have a bin; list those that break this rule" lacks the bin.

A rule and a request for what breaks it are put as the plain request: "list the sites without a
bin". What else is asked ("the number and name of …", "… per region") stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.english.words import Token

_EVERY = frozenset({"every", "each", "all", "any", "a", "an"})
_MODALS = (
    ("must",), ("should",), ("shall",), ("ought", "to"), ("has", "to"), ("have", "to"),
    ("needs", "to"), ("need", "to"), ("is", "supposed", "to"), ("are", "supposed", "to"),
    ("is", "expected", "to"), ("are", "expected", "to"),
)  # fmt: skip
_BORDERS = frozenset({";", ".", ":", ",", "-", "\u2013", "\u2014"})
_BREAKS = frozenset(
    "violate violates violating break breaks breaking breach breaches breaching infringe fail "  # noqa: SIM905
    "fails contradict contradicts miss misses".split()
)
_KEEPS = frozenset("follow obey respect fulfil fulfill meet satisfy observe comply".split())  # noqa: SIM905
_NOT = frozenset({"not", "t", "dont", "doesnt", "n't", "don't", "doesn't"})
_RULES = frozenset("rule requirement condition policy principle constraint".split())  # noqa: SIM905
_RELATIVES = frozenset({"that", "which", "who", "where", "breaking", "violating", "breaching"})
_BARE = (
    ("do", "not"), ("does", "not"), ("don", "t"), ("doesn", "t"), ("have", "none"), ("has", "none"),
    ("this", "is", "not"), ("that", "is", "not"), ("is", "not"), ("are", "not"),
)  # fmt: skip
"""What is said of rows that lack what they must have: "those that do not", "… for which it is not
the case"."""
_LONGEST_BARE = 6
_OFFENDERS = frozenset("violations exceptions offenders breaches infringements".split())  # noqa: SIM905
_ARTICLES = frozenset({"the", "all", "those", "any", "every", "me", "us"})
_PREPOSITIONS = frozenset("with in of from on at for within under by whose that which".split())  # noqa: SIM905
_BEING = frozenset({"be", "exist", "appear", "occur"})


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of the rows that break the rule: the words before them and behind them."""

    before: Sequence[Token]
    after: Sequence[Token]


def plainly_lacking(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a rule and the request for what breaks it made one request."""
    if len(tokens) < 2 or tokens[0].lower not in _EVERY:
        return tokens
    for at in range(2, len(tokens)):
        modal = next((m for m in _MODALS if _lower(tokens[at : at + len(m)]) == m), None)
        if modal is None:
            continue
        behind = at + len(modal)
        for border in range(len(tokens) - 1, behind + 1, -1):
            if tokens[border].text in _BORDERS and (found := _request(tokens[border + 1 :])):
                lacking = _lacking(tokens[behind:border])
                rows = _plural(tokens[1:at])
                return [*found.before, *rows, *lacking, *found.after] if lacking else tokens
        return tokens
    return tokens


def _lower(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.lower for token in tokens)


def _request(tokens: Sequence[Token]) -> _Request | None:
    """Return the request for what breaks a rule that these words make, if they make one."""
    for at, token in enumerate(tokens):
        if token.lower in _OFFENDERS and 0 < at <= 3:
            return _Request(_opening(tokens[:at]), tokens[at + 1 :])
        end = _breaks(tokens, at) if token.lower in _RELATIVES and at else None
        if end is not None:
            return _Request(_opening(tokens[:at]), tokens[end:])
    return None


def _breaks(tokens: Sequence[Token], at: int) -> int | None:
    """Return where "that break this rule" ends."""
    words = _lower(tokens[at + 1 :])
    if any(words[: len(bare)] == bare for bare in _BARE) and len(words) <= _LONGEST_BARE:
        return len(tokens)
    end = next((i for i in range(at, min(at + 7, len(tokens))) if tokens[i].lower in _RULES), None)
    if end is None:
        return None
    said = set(_lower(tokens[at:end]))
    broken = said & _BREAKS or (said & _KEEPS and said & _NOT)
    return end + 1 if broken else None


def _opening(tokens: Sequence[Token]) -> list[Token]:
    """Return the words of a request before the noun of the rows: "list the name of the"."""
    of = [at for at, token in enumerate(tokens) if token.lower == "of"]
    if of and len(tokens) - of[-1] <= 5:
        return [*tokens[: of[-1] + 1], _said("all", tokens[0])]
    end = 1
    while end < len(tokens) and tokens[end].lower in {"me", "us", "many"}:
        end += 1
    many = tokens[end - 1].lower == "many"
    return [*tokens[:end], *([] if many else [_said("all", tokens[0])])]


def _lacking(tokens: Sequence[Token]) -> list[Token]:
    """Return the denial of what must be there: "have a bin", "be in the ledger"."""
    verb, rest = tokens[0].lower, list(tokens[1:])
    if verb in {"not", "never"}:
        return []
    if verb in {"have", "possess", "carry", "own"}:
        return [_said("without", tokens[0]), *rest]
    if verb in _BEING:
        words = ("that", "are", "not") if verb == "be" else ("that", "do", "not", verb)
        return [*(_said(word, tokens[0]) for word in words), *rest]
    return []


def _plural(tokens: Sequence[Token]) -> list[Token]:
    """Return a noun phrase with its head, which stands before the first preposition, in plural."""
    end = next((at for at, t in enumerate(tokens) if t.lower in _PREPOSITIONS), len(tokens))
    head = tokens[end - 1] if end else None
    if head is None or head.lower.endswith("s") or head.kind != "word":
        return list(tokens)
    text = head.text[:-1] + "ies" if head.lower.endswith("y") else head.text + "s"
    return [*tokens[: end - 1], replace(head, text=text), *tokens[end:]]


def _said(word: str, at: Token) -> Token:
    return replace(at, text=word, kind="word", end=at.start)

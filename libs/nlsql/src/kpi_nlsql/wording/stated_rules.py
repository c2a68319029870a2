"""Stated rules: "every site must have a bin; list those that break this rule" lacks the bin.

A rule and a request for what breaks it are put as the plain request: "list the sites without a
bin". What else is asked ("the number and name of …", "… per region") stays where it is. A rule may
forbid, too ("no bin may be empty"), or be told inside the request ("the rule that every site …").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.broken_rules import denied, told
from kpi_nlsql.wording.phrases import put_in

_EVERY = frozenset({"every", "each", "all", "any", "a", "an", "no"})
_MODALS = (
    ("must",), ("should",), ("shall",), ("ought", "to"), ("has", "to"), ("have", "to"),
    ("needs", "to"), ("need", "to"), ("is", "supposed", "to"), ("are", "supposed", "to"),
    ("is", "expected", "to"), ("are", "expected", "to"), ("is", "required", "to"),
    ("are", "required", "to"), ("may",), ("can",), ("is", "allowed", "to"),
    ("are", "allowed", "to"),
)  # fmt: skip
_STRONG = frozenset({";", ".", ":"})
_BORDERS = _STRONG | {",", "-", "\u2013", "\u2014"}
_OPENERS = frozenset(
    "list show give display find return report count which what how identify name get so "  # noqa: SIM905
    "please provide tell determine".split()
)
_BREAKS = frozenset(
    "violate violates violating break breaks breaking breach breaches breaching infringe fail "  # noqa: SIM905
    "fails contradict contradicts miss misses".split()
)
_KEEPS = frozenset("follow obey respect fulfil fulfill meet satisfy observe comply".split())  # noqa: SIM905
_NOT = frozenset({"not", "t", "dont", "doesnt", "n't", "don't", "doesn't"})
_RULES = frozenset("rule requirement condition policy principle constraint".split())  # noqa: SIM905
_THIS = frozenset({"this", "it", "that"})
_RELATIVES = frozenset({"that", "which", "who", "where", "breaking", "violating", "breaching"})
_BARE = (
    ("do", "not"), ("does", "not"), ("don", "t"), ("doesn", "t"), ("have", "none"), ("has", "none"),
    ("this", "is", "not"), ("that", "is", "not"), ("is", "not"), ("are", "not"),
    ("this", "does", "not"), ("it", "is", "not"), ("it", "does", "not"), ("lack", "it"),
)  # fmt: skip
"""What is said of rows that lack what they must have: "those that do not", "… for which it is not
the case"."""
_LONGEST_BARE = 6
_GROUPING = frozenset({"per", "by", "grouped"})
_OFFENDERS = frozenset("violations exceptions offenders breaches infringements".split())  # noqa: SIM905
_ARTICLES = frozenset({"the", "all", "those", "any", "every", "me", "us", "each"})
_PREPOSITIONS = frozenset("with in of from on at for within under by whose that which".split())  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of the rows that break the rule: the words before them and behind them.

    ``described``: the words before their noun, "open" of "count the open orders that …".
    """

    before: Sequence[Token]
    after: Sequence[Token]
    described: Sequence[Token] = ()


def plainly_lacking(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a rule and the request for what breaks it made one request."""
    for start, end, request in _rules_told(tokens):
        rule = tokens[start:end]
        for at in range(2, len(rule)):
            modal = next((m for m in _MODALS if _lower(rule[at : at + len(m)]) == m), None)
            if modal is None or len(rule) <= at + len(modal):
                continue
            forbidden = rule[0].lower == "no"
            allowed = modal[0] in {"may", "can"} or "allowed" in modal
            if forbidden != allowed and modal[0] != "must":
                break
            predicate = rule[at + len(modal) :]
            lacking = told(predicate) if forbidden else denied(predicate)
            if not lacking:
                break
            rows = _plural(rule[1:at])
            known = {token.stem for token in rows}
            further = [token for token in request.described if token.stem not in known]
            return [*request.before, *further, *rows, *lacking, *request.after]
    return tokens


def _rules_told(tokens: list[Token]) -> list[tuple[int, int, _Request]]:
    """Return where a rule may stand, and the request for what breaks it, the likeliest first."""
    if len(tokens) < 4:
        return []
    if tokens[0].lower in _EVERY:
        borders = [at for at in range(3, len(tokens)) if tokens[at].text in _BORDERS]
        borders.sort(key=lambda at: (tokens[at].text not in _STRONG, not _opens(tokens, at), -at))
        found = ((border, _request(tokens[border + 1 :])) for border in borders)
        return [(0, border, request) for border, request in found if request is not None]
    for at in range(2, len(tokens) - 3):
        # "list the bookings that violate the rule that every booking must have a ticket"
        if tokens[at - 1].lower in _RULES and (lead := _told_behind(tokens, at)):
            request = _request(tokens[:at])
            end = len(tokens) - (tokens[-1].kind == "mark")
            return [(lead, end, request)] if request is not None else []
    return []


def _told_behind(tokens: Sequence[Token], at: int) -> int | None:
    """Return where a rule begins that is told behind the word for it, if one is."""
    at += tokens[at].lower in {"that", ":", ",", "-"}
    return at if tokens[at].lower in _EVERY else None


def _opens(tokens: Sequence[Token], border: int) -> bool:
    return border + 1 < len(tokens) and tokens[border + 1].lower in _OPENERS


def _lower(tokens: Sequence[Token]) -> tuple[str, ...]:
    return tuple(token.lower for token in tokens)


def _request(tokens: Sequence[Token]) -> _Request | None:
    """Return the request for what breaks a rule that these words make, if they make one."""
    if tokens and tokens[0].lower == "so":
        tokens = tokens[1:]
    for at, token in enumerate(tokens):
        if token.lower in _OFFENDERS and 0 < at <= 3:
            return _asked(tokens[:at], tokens[at + 1 :])
        asked = token.lower in _BREAKS | {"do", "are", "is"} and at > 1
        leads = at if token.lower in _RELATIVES else at - 1 if asked else None
        end = _breaks(tokens, leads) if leads else None
        if end is not None:
            before = tokens[: at - 1] if tokens[at - 1].lower == "for" else tokens[:at]
            return _asked(before, tokens[end:])
    return None


def _breaks(tokens: Sequence[Token], at: int) -> int | None:
    """Return where "that break this rule" ends."""
    words = _lower([token for token in tokens[at + 1 :] if token.kind != "mark"])
    grouped = next((n for n, word in enumerate(words) if word in _GROUPING), len(words))
    if grouped <= _LONGEST_BARE and any(words[: len(bare)] == bare for bare in _BARE):
        return at + 1 + grouped if grouped < len(words) else len(tokens)
    for end in range(at, min(at + 7, len(tokens))):
        said = set(_lower(tokens[at:end]))
        broken = said & _BREAKS or (said & _KEEPS and said & _NOT)
        if broken and tokens[end].lower in _RULES:
            return end + 1
        alone = _ends(tokens, end + 1) or tokens[end + 1].lower in _GROUPING
        if broken and alone and tokens[end].lower in _THIS:
            return end + 1
    return None


def _ends(tokens: Sequence[Token], at: int) -> bool:
    return at >= len(tokens) or tokens[at].kind == "mark"


def _asked(before: Sequence[Token], after: Sequence[Token]) -> _Request:
    """Return a request, its noun of the rows taken off: "list the name of the"."""
    of = [at for at, token in enumerate(before) if token.lower == "of"]
    every = put_in(("all",), before[0])
    if of and len(before) - of[-1] <= 5:
        noun = before[of[-1] + 1 :]
        return _Request([*before[: of[-1] + 1], *every], after, _describing(noun))
    end = 1
    while end < len(before) and before[end].lower in {"me", "us", "many"}:
        end += 1
    if before[end - 1].lower == "many" or before[0].lower == "which":
        every = []
    return _Request([*before[:end], *every], after, _describing(before[end:]))


def _describing(noun: Sequence[Token]) -> list[Token]:
    """Return the words before the noun itself, those that only lead to it left out."""
    return [t for t in noun[:-1] if t.lower not in _ARTICLES and t.kind == "word"]


def _plural(tokens: Sequence[Token]) -> list[Token]:
    """Return a noun phrase with its head, which stands before the first preposition, in plural."""
    end = next((at for at, t in enumerate(tokens) if t.lower in _PREPOSITIONS), len(tokens))
    head = tokens[end - 1] if end else None
    if head is None or head.lower.endswith("s") or head.kind != "word":
        return list(tokens)
    text = head.text[:-1] + "ies" if head.lower.endswith("y") else head.text + "s"
    return [*tokens[: end - 1], replace(head, text=text), *tokens[end:]]

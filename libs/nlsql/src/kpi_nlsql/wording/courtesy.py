"""Courtesy: "would you be so kind to list …" asks for no more than "list …" does."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, put_in, retold

_POLITE = frozenset(
    "would could can may might will shall should i we you d ll please kindly like love wish want "  # noqa: SIM905
    "need to be so kind very as good nice enough appreciate mind ask know let me us our my have "
    "had it if possible able hello hi dear thanks thank grateful for glad interested in looking am "
    "m are is that there any a chance way just also wonder wondering happy help get receive "
    "request require pleased".split()
)
"""Words of which a polite beginning is made; none of them names data."""

_TELLING = frozenset(
    {"would", "could", "can", "may", "might", "i", "we", "please", "kindly", "let"}
)
_ASKING = frozenset("how which what who whose where when".split())  # noqa: SIM905
_REASONS = frozenset({"as", "because", "since", "which", "though", "although"})
_OUGHT = frozenset({"ought", "should", "must", "supposed"})
_BEING_ONE = frozenset({"unique", "once", "distinct", "one"})
_VERBS = {
    "list": "list", "listing": "list", "show": "show", "showing": "show", "give": "give",
    "giving": "give", "tell": "tell", "telling": "tell", "find": "show", "finding": "show",
    "see": "show", "seeing": "show", "display": "show", "displaying": "show",
    "provide": "show", "providing": "provide", "send": "show", "sending": "show",
    "count": "count", "counting": "count", "return": "show", "check": "show",
    "checking": "show", "compare": "compare", "comparing": "compare", "identify": "show",
    "retrieve": "show", "select": "show", "print": "show", "get": "show", "make": "show",
    "getting": "show", "report": "show", "calculate": "calculate", "compute": "compute",
}  # fmt: skip
_OPENING = frozenset(
    "show list give find get display me us report identify provide return extract select check "  # noqa: SIM905
    "retrieve pull flag highlight detect".split()
)
_WHOLE = frozenset({"all", "every", "any", "the", "which"})
_SUMMED = frozenset({"number", "count", "total", "average", "sum", "many", "much", "their", "its"})
_NOUNS = (
    ("a", "list", "of"),
    ("a", "list", "with"),
    ("the", "list", "of"),
    ("an", "overview", "of"),
    ("a", "report", "of"),
)
_ASIDES = (
    ("if", "i", "may", "ask"), ("if", "you", "please"), ("if", "possible"), ("thank", "you"),
    ("thanks",), ("please",), ("if", "you", "can"), ("if", "you", "could"), ("many", "thanks"),
)  # fmt: skip


def plainly_asked(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens without the courtesies at the beginning and in asides."""
    return _all_of(_without_opening(_without_reason(_without_asides(list(tokens)))))


def _without_reason(tokens: list[Token]) -> list[Token]:
    """Leave out a closing clause on why it is asked: ", as each of them ought to be unique"."""
    for position in range(1, len(tokens) - 2):
        said = {token.lower for token in tokens[position:]}
        opens = tokens[position].lower in _REASONS and tokens[position - 1].text == ","
        if opens and said & _OUGHT and said & _BEING_ONE:
            return tokens[: position - 1]
    return tokens


def _all_of(tokens: list[Token]) -> list[Token]:
    # "show me every employee", "Every invoice that …": all of them, and no group of each.
    begin = next((at + 1 for at, token in enumerate(tokens) if token.text == ":"), 0)
    if lower_at(tokens, begin) == "check" and lower_at(tokens, begin + 1) in _WHOLE:
        tokens = [*tokens[:begin], *put_in(("show",), tokens[begin]), *tokens[begin + 1 :]]
    near = enumerate(tokens[begin : begin + 3], begin)
    at = next((at for at, token in near if token.lower == "every"), None)
    opening = {token.lower for token in tokens[begin:at]} if at is not None else set()
    summed = not opening and _SUMMED & {token.lower for token in tokens}
    if at is None or summed or not opening <= _OPENING:
        return tokens
    return [*tokens[:at], *put_in(("all",), tokens[at]), *tokens[at + 1 :]]


def _without_asides(tokens: list[Token]) -> list[Token]:
    # ", if I may ask," and a closing ", please" stand between marks or at the end.
    return retold(tokens, _aside)


def _aside(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    length = _length(tokens, position) if told and told[-1].kind == "mark" else 0
    if length:
        closed = told.pop().text == "," and lower_at(tokens, position + length) == ","
        length += closed
    return length


def _length(tokens: Sequence[Token], position: int) -> int:
    """Return how many tokens of an aside stand here, up to a mark or the end."""
    for words in _ASIDES:
        end = position + len(words)
        if tuple(token.lower for token in tokens[position:end]) != words:
            continue
        if end >= len(tokens) or tokens[end].kind == "mark":
            return len(words)
    return 0


def _without_opening(tokens: list[Token]) -> list[Token]:
    end = 0
    while end < len(tokens) and tokens[end].lower in _POLITE:
        end += 1
    polite = {token.lower for token in tokens[:end]} & _TELLING
    if not polite or end == len(tokens):
        return tokens
    rest = tokens[end:]
    words = tuple(token.lower for token in rest[:3])
    if words in _NOUNS:
        return [*put_in(("list",), rest[0]), *rest[3:]]
    verb = _VERBS.get(rest[0].lower)
    if verb is not None:
        return [*_command(verb, rest), *_object(rest[1:])]
    return rest if rest[0].lower in _ASKING else [*_command("show", rest), *rest]


def _command(verb: str, rest: Sequence[Token]) -> list[Token]:
    return put_in((verb, "me") if verb in {"show", "give", "tell"} else (verb,), rest[0])


def _object(tokens: list[Token]) -> list[Token]:
    # "show me a list of", "tell us": the command is said already.
    rest = tokens[1:] if tokens and tokens[0].lower in {"me", "us"} else tokens
    if rest and rest[0].lower in {"please", "kindly"}:
        rest = rest[1:]
    return rest[3:] if tuple(token.lower for token in rest[:3]) in _NOUNS else rest

"""Afterthoughts: ", counted per type", "or none at all", "…, only cities with more than one".

What closes a sentence often says shortly how the rest is meant; it is told where the grammar
looks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, put_in, retold, said

_NEVER_GIVEN = (
    "none at all|none whatsoever|with none at all|without any at all|without one|without any|"
    "with none|has none|have none|never at all|not at all|none|never|unknown"
)
_NONE = tuple(tuple(words.split()) for words in _NEVER_GIVEN.split("|"))
_BORDERS = frozenset({"and", "but", "or"})
_BOUNDS = frozenset("before after since until below above under over than earlier later".split())  # noqa: SIM905
_EXCLUDING = frozenset({"excluding", "except", "ignoring", "skipping"})
_EXCLUDED = frozenset({"excluded", "ignored", "skipped", "omitted"})
_LACKING = (("without",), ("with", "no"), ("that", "have", "no"), ("that", "lack"), ("lacking",))
_ARTICLES = frozenset({"a", "an", "any", "the"})
_PER = frozenset({"per", "by"})
_ASKING = frozenset("show list give find get display me us the all".split())  # noqa: SIM905
_AUXILIARIES = frozenset({"does", "do", "did"})
_SORTING = frozenset("sorted sort ordered order ranked rank arranged listed grouped per".split())  # noqa: SIM905
_LONGEST_NOUN = 3
_FARTHEST = 6


def afterthoughts_told(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with what is added at the end told where it belongs."""
    told = list(tokens)
    steps: tuple[Callable[[list[Token]], list[Token]], ...] = (
        _where_asked, _or_empty, _excluded, _counted_per, _only_for, _only_groups, _sorted_by,
    )  # fmt: skip
    for step in steps:
        told = step(told)
    return told


def _ends(tokens: Sequence[Token], position: int) -> bool:
    return position >= len(tokens) or tokens[position].kind == "mark"


def _where_asked(tokens: list[Token]) -> list[Token]:
    """Tell "For how many pumps does the price differ …" as "how many pumps where the price …"."""
    words = [token.lower for token in tokens[: 3 + _LONGEST_NOUN + 1]]
    if words[:3] != ["for", "how", "many"]:
        return tokens
    verb = next((at for at in range(4, len(words)) if words[at] in _AUXILIARIES), None)
    if verb is None:
        return tokens
    return [*tokens[1:verb], *said(("where",), tokens[verb]), *tokens[verb + 1 :]]


def _or_empty(tokens: list[Token]) -> list[Token]:
    """Tell "with a review date before 2023, or none at all" as "… or empty"."""

    def rule(told: list[Token], tokens: Sequence[Token], position: int) -> int:
        bounded = {token.lower for token in told[-_FARTHEST:]} & _BOUNDS
        if tokens[position].lower != "or" or not bounded:
            return 0
        words = tuple(token.lower for token in tokens[position + 1 : position + 5])
        none = next((run for run in _NONE if words[: len(run)] == run), ())
        end = position + 1 + len(none)
        if not none or not (_ends(tokens, end) or lower_at(tokens, end) in _BORDERS):
            return 0
        told += [tokens[position], *said(("empty",), tokens[position + 1])]
        return 1 + len(none)

    return retold(tokens, rule)


def _excluded(tokens: list[Token]) -> list[Token]:
    """Tell "excluding pumps without a maker" as "where maker is not null"."""
    for position in range(1, len(tokens)):
        lead, behind = tokens[position].lower, tokens[position].text == ","
        without = lead == "without" and tokens[position - 1].text == ","
        if not (behind or without or lead in _EXCLUDING):
            continue
        for noun in range(position + 2, position + 2 + _LONGEST_NOUN):
            if found := _lacking(tokens, noun, closed=behind):
                named, end = found
                start = position - (tokens[position - 1].text == ",")
                filled = put_in(("is", "not", "null"), named[-1])
                where = put_in(("where",), named[0])
                return [*tokens[:start], *where, *named, *filled, *tokens[end:]]
    return tokens


def _lacking(
    tokens: Sequence[Token], position: int, *, closed: bool
) -> tuple[Sequence[Token], int] | None:
    """Return what rows lack by a denial here, and where the clause ends that leaves them out."""
    start = position + _denial(tokens, position)
    end = _noun_end(tokens, start, _EXCLUDED)
    excluded = end < len(tokens) and tokens[end].lower in _EXCLUDED
    if start == position or end == start or excluded != closed:
        return None
    return (_bare(tokens[start:end]), end + excluded) if _ends(tokens, end + excluded) else None


def _bare(tokens: Sequence[Token]) -> Sequence[Token]:
    return tokens[1:] if tokens[0].lower in _ARTICLES else tokens


def _denial(tokens: Sequence[Token], position: int) -> int:
    """Return how many words deny here that something is had."""
    words = tuple(token.lower for token in tokens[position : position + 3])
    return next((len(run) for run in _LACKING if words[: len(run)] == run), 0)


def _noun_end(tokens: Sequence[Token], position: int, borders: frozenset[str]) -> int:
    end = position
    while not _ends(tokens, end) and tokens[end].lower not in borders | _BORDERS:
        end += 1
        if end > position + _LONGEST_NOUN:
            return position
    return end


def _counted_per(tokens: list[Token]) -> list[Token]:
    """Tell "idle pumps, counted per site" as "number of idle pumps per site"."""
    for position in range(2, len(tokens) - 2):
        counted = lower_at(tokens, position) == "counted" and lower_at(tokens, position + 1) in _PER
        deed = lower_at(tokens, position + 1) == "by" and lower_at(tokens, position - 1) != ","
        if not counted or deed:  # "devices counted by Huber" are so by a person
            continue
        opening = next((at for at, token in enumerate(tokens) if token.lower not in _ASKING), 0)
        asked = put_in(("number", "of"), tokens[opening])
        before = tokens[opening : position - (tokens[position - 1].text == ",")]
        return [*asked, *before, *tokens[position + 1 :]]
    return tokens


def _only_for(tokens: list[Token]) -> list[Token]:
    """Tell "per site for open orders only" as "per site for open orders"."""

    def rule(told: list[Token], tokens: Sequence[Token], position: int) -> int:
        if tokens[position].lower != "only" or not _ends(tokens, position + 1):
            return 0
        clause = [token.lower for token in told]
        marks = [at for at, token in enumerate(told) if token.kind == "mark"]
        clause = clause[marks[-1] + 1 :] if marks else clause
        return int("for" in clause[1:-1])

    return retold(tokens, rule)


def _only_groups(tokens: list[Token]) -> list[Token]:
    """Tell "pumps per site, only sites with …" as "pumps per site with …"."""
    for position in range(3, len(tokens) - 3):
        if tokens[position].text != "," or lower_at(tokens, position + 1) != "only":
            continue
        noun, lead = tokens[position + 2], lower_at(tokens, position + 3)
        grouped = tokens[position - 1].stem == noun.stem and lower_at(tokens, position - 2) in _PER
        if grouped and lead in {"with", "having"}:
            return [*tokens[:position], *tokens[position + 3 :]]
    return tokens


def _sorted_by(tokens: list[Token]) -> list[Token]:
    """Tell "open jobs, by site and then by year" as "open jobs, sorted by site and …"."""
    words = [token.lower for token in tokens]
    then = next((at for at in range(2, len(words) - 1) if words[at : at + 2] == ["then", "by"]), 0)
    if not then or _SORTING & set(words[:then]) or "by" not in words[:then]:
        return tokens
    first = max(at for at in range(then) if words[at] == "by")
    return [*tokens[:first], *put_in(("sorted",), tokens[first]), *tokens[first:]]

"""Totals asked for in passing: "what do the fees add up to" asks for the total fees.

"What have we paid per vendor" and "how much have we paid per vendor" ask for the same, and so do
"orders that add up to more than 500" and "orders totalling more than 500".
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.function_words import HELPING
from kpi_nlsql.english.money import MOVING
from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import put_in, retold

_SUMMING = (("add", "up", "to"), ("come", "to"), ("amount", "to"), ("sum", "up", "to"))
_TOTALLED = (
    *_SUMMING,
    ("total",),
    ("totals",),
    ("totaled",),
    ("totalled",),
    ("summed", "up", "to"),
)
_COMPARED = frozenset("more less over above under below at greater fewer exactly between".split())  # noqa: SIM905
_OF_SEVERAL = frozenset({"whose", "with", "where", "have", "has", "having", "had"})
_BEFORE_VERB = frozenset({"together", "that", "which"})
_FILLING = _BEFORE_VERB | {"in", "during", "of"}
"""What stands between rows and the verb, apart from dates: "orders in 2024 that add up to"."""
_EXCEEDING = frozenset({"exceed", "exceeds", "exceeded"})
_FARTHEST_ROWS = 5
_ALREADY_NAMED = frozenset({"the", "our", "all"})
_FARTHEST_VERB = 5
_LEADS = frozenset("on for per by in from to during since of each with at".split())  # noqa: SIM905


def totals_asked(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with questions for a sum put as such."""
    told = _totalling(_rows_numbered(list(tokens)))
    opening = _opening(told)
    if opening is None:
        return told
    return _added_up(told, opening) or _paid(told, opening) or told


def _rows_numbered(tokens: list[Token]) -> list[Token]:
    """Tell "per region the number and the total of …" as "per region the count and the total …"."""
    words = [token.lower for token in tokens]
    if not {"per", "each", "every", "by"} & set(words):
        return tokens
    for at in range(1, len(words) - 2):
        beside = words[at + 2 + (words[at + 2] == "the") :][:1]
        if (
            words[at - 1] == "the"
            and words[at : at + 2] == ["number", "and"]
            and beside == ["total"]
        ):
            return [*tokens[:at], *put_in(("count",), tokens[at]), *tokens[at + 1 :]]
    return tokens


def _totalling(tokens: list[Token]) -> list[Token]:
    """Tell "whose orders add up to more than 500" as "whose orders totalling more than 500"."""
    return retold(_in_total(tokens), _totalled)


def _totalled(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    words = tuple(token.lower for token in tokens[position : position + 4])
    verb = next((verb for verb in _TOTALLED if words[: len(verb)] == verb), ())
    compared = words[len(verb) : len(verb) + 1]
    if not verb or not set(compared) & _COMPARED or not _of_several(told):
        return 0
    while told[-1].lower in _BEFORE_VERB:
        told.pop()
    told += put_in(("totalling",), tokens[position])
    return len(verb)


def _in_total(tokens: list[Token]) -> list[Token]:
    """Tell "whose orders exceed 500 in total" as "whose orders add up to more than 500"."""
    words = [token.lower for token in tokens]
    for at in range(3, len(words) - 1):
        verb = next((v for v in range(at - 1, at - 4, -1) if words[v] in _EXCEEDING), None)
        if (
            words[at : at + 2] != ["in", "total"]
            or verb is None
            or tokens[verb + 1].kind != "number"
        ):
            continue
        more = put_in(("add", "up", "to", "more", "than"), tokens[verb])
        return [*tokens[:verb], *more, *tokens[verb + 1 : at], *tokens[at + 2 :]]
    return tokens


def _of_several(told: Sequence[Token]) -> bool:
    """Tell whether the rows that are added up stand before: "whose open orders …"."""
    beside = [token.lower for token in told[-_FARTHEST_ROWS:]]
    while beside[-1:] and (beside[-1] in _FILLING or beside[-1][:4].isdigit()):
        beside.pop()
    return bool(beside) and beside[-1].endswith("s") and bool(set(beside) & _OF_SEVERAL)


def _opening(tokens: Sequence[Token]) -> int | None:
    """Return where what is asked about begins: behind "what do" or "how much have"."""
    words = [token.lower for token in tokens[:3]]
    if words[:1] == ["what"] and words[1:2] and words[1] in HELPING:
        return 2
    return 3 if words[:2] == ["how", "much"] and words[2:] and words[2] in HELPING else None


def _added_up(tokens: list[Token], opening: int) -> list[Token] | None:
    """Tell "what do the open invoices add up to" as "what is the total of the open invoices"."""
    end = len(tokens)
    while end > opening and tokens[end - 1].kind == "mark":
        end -= 1
    for verb in _SUMMING:
        start = end - len(verb)
        if start > opening and tuple(token.lower for token in tokens[start:end]) == verb:
            rows = tokens[opening:start]
            if rows[0].lower in _ALREADY_NAMED:
                rows = rows[1:]
            told = {token.lower for token in rows}
            money = () if "of" in told else ("money", "of", "the")
            total = put_in(("what", "is", "the", "total", *money), tokens[0])
            return [*total, *rows, *tokens[end:]]
    return None


def _paid(tokens: list[Token], opening: int) -> list[Token] | None:
    """Tell "what have we spent on fuel" as "how much have we spent on fuel"."""
    if tokens[0].lower != "what":
        return None
    for position in range(opening + 1, min(opening + _FARTHEST_VERB, len(tokens))):
        behind = tokens[position + 1 : position + 2]
        ended = not behind or behind[0].kind != "word" or behind[0].lower in _LEADS
        if tokens[position].lower in MOVING and ended:
            return [*put_in(("how", "much"), tokens[0]), *tokens[1:]]
    return None

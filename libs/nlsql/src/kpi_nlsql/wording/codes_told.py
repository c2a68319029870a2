"""Codes told: a name before a code only says what it stands for, "the Dublin warehouse DUB".

Whatever else is called so, such as the city of some customers, is not spoken of. So it is with
codes in parentheses: "from Germany (DE)", "in France, Poland or Italy (FR, PL, IT)".
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.values import ValueHit, value_words
from kpi_nlsql.mentions.walking import item_at
from kpi_nlsql.wording.phrases import retold
from kpi_nlsql.wording.rewriting import Step, rewritten

_NAMED = 0.5
_LISTING = frozenset({",", "or", "and", "/"})
_LONGEST_LIST = 12


def names_before_codes(items: Sequence[Item]) -> list[Item]:
    """Return the items without names of what a code behind them, and its column, tell."""
    return rewritten(items, (_before_code,), first=1)


def _before_code(items: Sequence[Item], position: int) -> Step | None:
    name, column, code = (item_at(items, position + n) for n in range(3))
    if name is None or column is None or code is None or not name.values or name.hits:
        return None
    if name.kind != "mention" or code.kind != "mention":
        return None
    named = {(h.table, h.column) for h in column.column_hits() if h.score >= _NAMED}
    held = {(v.table, v.column) for v in code.values if v.value.isupper()} & named
    own = {value.table for value in name.values} & {table for table, _ in held}
    return (position, position + 1, []) if held and not own else None


def with_codes_told(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Return the tokens with names that codes in parentheses tell once more as these codes."""

    def coded(told: list[Token], tokens: Sequence[Token], at: int) -> int:
        enclosed = _enclosed(tokens, at)
        codes = [token for token in enclosed if token.text not in _LISTING]
        start = _named_before(told, codes, lexicon) if codes else None
        if start is None:
            return 0
        told[start:] = _put(told[start:], codes)
        return len(enclosed) + len("()")

    return retold(tokens, coded)


def _enclosed(tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """Return what stands in the parentheses that open at a position, if they soon close."""
    if tokens[at].text != "(":
        return ()
    ends = range(at + 1, min(at + _LONGEST_LIST, len(tokens)))
    end = next((end for end in ends if tokens[end].text == ")"), at)
    return tokens[at + 1 : end]


def _named_before(told: Sequence[Token], codes: Sequence[Token], lexicon: Lexicon) -> int | None:
    """Return where as many names begin as there are codes, if the codes may stand for them."""
    start = len(told)
    for code in reversed(codes):
        values = [hit for hit in lexicon.values.find(value_words(code.text)) if _is(hit, code)]
        first = start
        while first > 0 and told[first - 1].kind == "word" and told[first - 1].text[:1].isupper():
            first -= 1
        name = tuple(token.lower for token in told[first:start])
        if not values or not name or not _stands_for(name, values, lexicon):
            return None
        start = first
        while code is not codes[0] and start > 0 and told[start - 1].lower in _LISTING:
            start -= 1
    return start


def _is(hit: ValueHit, code: Token) -> bool:
    return hit.value == code.text and code.text.isupper()


def _stands_for(name: tuple[str, ...], values: Sequence[ValueHit], lexicon: Lexicon) -> bool:
    """Tell whether nothing is known by a name, or just what the code stands for."""
    known = {(hit.table, hit.column, hit.value) for hit in lexicon.values.find(name)}
    same = known & {(hit.table, hit.column, hit.value) for hit in values}
    return bool(same) or not (known or lexicon.names(name, "".join(name)))


def _put(names: Sequence[Token], codes: Sequence[Token]) -> list[Token]:
    """Return listed names with each of them as its code."""
    left = list(codes)
    told: list[Token] = []
    for token in names:
        if token.lower in _LISTING:
            told.append(token)
        elif not told or told[-1].lower in _LISTING:
            told.append(left.pop(0))
    return told

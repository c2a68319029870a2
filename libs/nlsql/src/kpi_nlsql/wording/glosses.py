"""Glosses: "i.e.", "that is," and "meaning that" only say that the same is told once more.

So do codes in parentheses: "from Germany (DE)", "in France, Poland or Italy (FR, PL, IT)".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.mentions.values import ValueHit, value_words
from kpi_nlsql.wording.phrases import retold

_GLOSSES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("i", ".", "e", "."): (), ("i", ".", "e"): (), ("ie",): (), ("namely",): (),
    (",", "that", "is", ","): (",",), (",", "meaning", "that"): (",", "that"),
    (",", "which", "means", "that"): (",", "that"), ("in", "other", "words"): (),
}  # fmt: skip
_LONGEST = max(map(len, _GLOSSES))
_LISTING = frozenset({",", "or", "and", "/"})
_LONGEST_LIST = 12


def without_glosses(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens without words that only announce an explanation."""
    words = tuple(token.lower for token in tokens)

    def gloss(told: list[Token], tokens: Sequence[Token], position: int) -> int:
        runs = (words[position : position + n] for n in range(_LONGEST, 0, -1))
        run = next((run for run in runs if run in _GLOSSES), ())
        plain = enumerate(_GLOSSES.get(run, ()), position)
        told += [replace(tokens[at], text=word) for at, word in plain]
        return len(run)

    return retold(tokens, gloss)


def with_codes_told(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Return the tokens with names that codes in parentheses tell once more as these codes."""
    told: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _closing(tokens, at)
        codes = [token for token in tokens[at + 1 : end] if token.text not in _LISTING]
        start = _named_before(told, codes, lexicon) if codes else None
        if start is None or end is None:
            told.append(tokens[at])
            at += 1
            continue
        told[start:] = _put(told[start:], codes)
        at = end + 1
    return told


def _closing(tokens: Sequence[Token], at: int) -> int | None:
    if tokens[at].text != "(":
        return None
    ends = range(at + 1, min(at + _LONGEST_LIST, len(tokens)))
    return next((end for end in ends if tokens[end].text == ")"), None)


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

"""Glued words: "web shop" is the ``WEBSHOP`` of a table's name, written apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.function_words import STOP_WORDS
from kpi_nlsql.english.words import Token, stem
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.wording.phrases import retold

_SHORTEST = 3


def glued(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Return the tokens with two words made one where names know them only as one."""

    def one(told: list[Token], tokens: Sequence[Token], position: int) -> int:
        first, second = tokens[position], tokens[position + 1 : position + 2]
        if not second or not _is_one(first, second[0], lexicon):
            return 0
        told.append(replace(first, text=first.text + second[0].text, end=second[0].end))
        return 2

    return retold(tokens, one)


def _is_one(first: Token, second: Token, lexicon: Lexicon) -> bool:
    for token in (first, second):
        short = token.kind != "word" or len(token.text) < _SHORTEST
        if short or token.lower in STOP_WORDS:
            return False
    known = stem(first.lower + second.lower) in lexicon.vocabulary
    return known and not lexicon.names((first.stem, second.stem), "")

"""Named addresses: "the Booking.com extract" is ``lnd_BookingCom_Extract``, no text with a dot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.words import Token, stem
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.wording.phrases import retold

_EXACT = 0.95


def by_table_names(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Return the tokens with addresses that begin the name of a table taken apart."""

    def apart(told: list[Token], tokens: Sequence[Token], position: int) -> int:
        address, following = tokens[position], tokens[position + 1 : position + 2]
        if address.kind != "quoted" or not following or not _is_bare(address):
            return 0
        words = address.text.split(".")
        phrase = (*(stem(word.lower()) for word in words), following[0].stem)
        if not any(hit.score >= _EXACT for hit in lexicon.names(phrase, "") if not hit.column):
            return 0
        told += [replace(address, text=word, kind="word") for word in words]
        return 1

    return retold(tokens, apart)


def _is_bare(token: Token) -> bool:
    return token.end - token.start == len(token.text)

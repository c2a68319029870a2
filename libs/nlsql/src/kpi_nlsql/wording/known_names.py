"""Known names: what people say for a name that the graph has only in other words.

"full name" is first and last name where the graph knows no full name, "stock quantity" is the
``stock`` where a column is called so, and "net sales amount" the net amount.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.lexicon import Lexicon
from kpi_nlsql.wording.phrases import lower_at, retold, said

_EXACT = 0.95
_AMOUNTS = frozenset({"amount", "value"})


def by_known_names(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Return the tokens with such names as the graph has them."""

    def known(told: list[Token], tokens: Sequence[Token], at: int) -> int:
        text, following = tokens[at].lower, lower_at(tokens, at + 1)
        if text == "full" and following in {"name", "names"}:
            parted = not lexicon.names(("full", "name"), "fullname")
            told += said(("first", "name", "and", "last"), tokens[at]) if parted else []
            return int(parted)
        if text == "quantity" and lower_at(tokens, at - 1) == "stock":
            return int(_names_column(lexicon, "stock"))
        if text == "sales" and following in _AMOUNTS and told:
            before, after = told[-1].stem, tokens[at + 1].stem
            whole = lexicon.names((before, tokens[at].stem, after), "")
            other = any(hit.score >= _EXACT for hit in whole)
            return int(not other and _names_column(lexicon, before, after))
        return 0

    return retold(tokens, known)


def _names_column(lexicon: Lexicon, *phrase: str) -> bool:
    return any(hit.column and hit.score >= _EXACT for hit in lexicon.names(phrase, ""))

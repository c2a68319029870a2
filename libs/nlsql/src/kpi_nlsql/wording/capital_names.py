"""Capital names: HIS, IT and US are systems where tables begin so, and no small words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.english.function_words import STOP_WORDS
from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.lexicon import Lexicon

_STRESSED = frozenset("and or not no in all any each only both either".split())  # noqa: SIM905
"""Words that people write in capitals to stress them: "in A but NOT in B"."""


def capital_names(tokens: Sequence[Token], lexicon: Lexicon) -> list[Token]:
    """Return the tokens, those marked whose capitals make a system's name of a small word."""
    words = [token for token in tokens if token.kind == "word"]
    if all(token.text.isupper() for token in words):
        return list(tokens)
    return [replace(token, capital=True) if _is_name(token, lexicon) else token for token in tokens]


def _is_name(token: Token, lexicon: Lexicon) -> bool:
    small = token.lower in STOP_WORDS - _STRESSED
    return small and token.text.isupper() and lexicon.begins_tables(token.stem)

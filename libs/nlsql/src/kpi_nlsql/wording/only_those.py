"""Only those: "…, considering only open orders" says of which rows the rest is asked."""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, put_in

_BORDERS = frozenset({",", "(", "-", "\u2013", ";"})
_POSSESSIVES = frozenset({"their", "its"})
_NAMES = frozenset({"name", "names"})
_RESTRICTING = frozenset({"only", "restricted", "limited"})
_TAKING = _RESTRICTING | frozenset(
    "considering taking counting including using regarding looking covering based filtered but "  # noqa: SIM905
    "and to at on for into account by".split()
)


def only_those(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a closing restriction to some of the rows put as plain condition."""
    for comma in range(2, len(tokens) - 2):
        end = comma + 1
        while end < len(tokens) and tokens[end].lower in _TAKING:
            end += 1
        said = {token.lower for token in tokens[comma + 1 : end]}
        if tokens[comma].text in _BORDERS and said & _RESTRICTING:
            shown = lower_at(tokens, end) in _POSSESSIVES or any(
                token.lower in _NAMES for token in tokens[-2:]
            )
            mark = [replace(tokens[comma], text=":")]  # "…, only their email"
            lead = mark if shown else put_in(("for",), tokens[comma])
            return [*tokens[:comma], *lead, *tokens[end:]]
    return tokens

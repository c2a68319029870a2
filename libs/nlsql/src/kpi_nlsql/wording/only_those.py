"""Only those: "…, considering only open orders" says of which rows the rest is asked."""

from __future__ import annotations

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import put_in

_BORDERS = frozenset({",", "(", "-", "\u2013", ";"})
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
            return [*tokens[:comma], *put_in(("for",), tokens[comma]), *tokens[end:]]
    return tokens

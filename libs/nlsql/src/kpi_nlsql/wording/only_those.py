"""Only those: "…, considering only open orders" says of which rows the rest is asked."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import put_in

_TAKING = frozenset(
    "considering taking counting including using regarding looking covering restricted limited "  # noqa: SIM905
    "based filtered but and".split()
)
_LEADS = frozenset({"to", "at", "on", "for", "into", "account", "by"})
_ROWS = frozenset("records rows entries ones those the items lines".split())  # noqa: SIM905
_GOES_ON = frozenset({"with", "in", "from", "of", "where", "whose", "that", "which", "having"})


def only_those(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a closing restriction to some of the rows put as plain condition."""
    for comma in range(2, len(tokens) - 2):
        if tokens[comma].text not in {",", "(", "-", "\u2013", ";"}:
            continue
        end = _restricts(tokens, comma + 1)
        if end is None:
            continue
        rows = end
        while rows < len(tokens) and tokens[rows].lower in _ROWS:
            rows += 1
        plain = rows > end and rows < len(tokens) and tokens[rows].lower in _GOES_ON
        lead = [] if plain else put_in(("for",), tokens[comma])
        return [*tokens[:comma], *lead, *tokens[rows if plain else end :]]
    return tokens


def _restricts(tokens: Sequence[Token], start: int) -> int | None:
    """Return where "considering only", "only for", "restricted to" ends that begins here."""
    end, words = start, set[str]()
    while end < len(tokens) and tokens[end].lower in _TAKING | _LEADS | {"only"}:
        words.add(tokens[end].lower)
        end += 1
    taken = words & (_TAKING - {"but", "and"})
    only = "only" in words and (taken or words & _LEADS)
    return end if only or words & {"restricted", "limited"} else None

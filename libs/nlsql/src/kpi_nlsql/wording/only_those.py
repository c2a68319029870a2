"""Only those: "…, considering only open orders" says of which rows the rest is asked.

Behind an "or", and where it is a condition of its own ("as long as they are paid"), it is told with
"but": it holds of the rows either way.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.words import Token
from kpi_nlsql.wording.phrases import lower_at, put_in, retold, said

_TAKING = frozenset(
    "considering taking counting including using regarding looking covering restricted limited "  # noqa: SIM905
    "based filtered but and".split()
)
_LEADS = frozenset({"to", "at", "on", "for", "into", "account", "by"})
_CONDITIONS = (
    ("as", "long", "as"), ("so", "long", "as"), ("provided", "that"), ("provided",),
    ("only", "if"), ("but", "only", "if"), ("on", "condition", "that"), ("only", "when"),
)  # fmt: skip
_PRONOUNS = frozenset({"they", "it", "these", "those"})
_THOSE = frozenset({"those", "ones"})
_ROWS = frozenset("records rows entries ones those the items lines".split())  # noqa: SIM905
_GOES_ON = frozenset({"with", "in", "from", "of", "where", "whose", "that", "which", "having"})


def only_those(tokens: list[Token]) -> list[Token]:
    """Return the tokens with a closing restriction to some of the rows put as plain condition."""
    return _of_rows(retold(tokens, _on_condition))


def _on_condition(told: list[Token], tokens: Sequence[Token], position: int) -> int:
    """Tell "as long as they are paid" and, behind "or", "but only those paid" with "but"."""
    end = _behind_condition(tokens, position)
    if end is None and any(token.lower == "or" for token in told):
        end = _behind_those(told, tokens, position)
    if end is None or end >= len(tokens) or len(told) < 2:
        return 0
    while told[-1].text == "," or told[-1].lower == "but":
        told.pop()
    told += said(("but",), tokens[position])
    return end - position


def _behind_condition(tokens: Sequence[Token], position: int) -> int | None:
    """Return where "as long as they" ends that begins at a position."""
    for words in _CONDITIONS:
        end = position + len(words)
        if tuple(token.lower for token in tokens[position:end]) == words:
            return end + 1 if lower_at(tokens, end) in _PRONOUNS else None
    return None


def _behind_those(told: Sequence[Token], tokens: Sequence[Token], position: int) -> int | None:
    """Return where "restricted to those", "but only those" ends that begins behind a comma."""
    if not told or told[-1].text != ",":
        return None
    end = position + (lower_at(tokens, position) == "but")
    end = end + 1 if lower_at(tokens, end) == "only" else _restricts(tokens, position) or position
    end += lower_at(tokens, end) == "for"
    return end + 1 if end > position and lower_at(tokens, end) in _THOSE else None


def _of_rows(tokens: list[Token]) -> list[Token]:
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

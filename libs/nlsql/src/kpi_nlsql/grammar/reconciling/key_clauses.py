"""Key clauses: "…, matched by account and ISIN", "(match on order number and line)".

What stands in them says by which columns the rows of two tables are paired, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words

_MATCHING = frozenset(
    "match matching matched compare comparing compared join joining joined link linked linking "  # noqa: SIM905
    "identify identified based".split()
)
_BY = frozenset({"by", "on", "via", "using", "over", "through"})
_SAME = frozenset({"the same", "same", "with the same"})
_BEFORE_SAME = frozenset({"for", "in", "with", "on", "by"})
_FILLERS = frozenset({"the", "their", "both", "its", "a", "each"})
_SEPARATORS = frozenset({"and", ",", "plus", "&", "+", "/"})
_ONTO = frozenset({"to", "with", "against"})
_TAIL = frozenset(
    "together identify identifies a an the as key keys combined combination in both tables".split()  # noqa: SIM905
)
_OPENING = frozenset({",", "(", "-", "\u2013", ";"})
_CLOSING = frozenset({".", "?", "!", ")", ",", ";"})
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class KeyClause:
    """The items from ``start`` to before ``end`` name the columns at ``columns``.

    ``onto`` are the columns that those are said to be matched to: "the booking reference to the
    confirmation number".
    """

    start: int
    end: int
    columns: tuple[int, ...]
    onto: tuple[int, ...] = ()


def tells_pairing(items: Sequence[Item], clause: KeyClause) -> bool:
    """Tell whether a clause says with a verb that rows are paired: "comparing by serial number"."""
    return any(item.text.split()[0] in _MATCHING for item in items[clause.start :][:2] if item.text)


def find_key_clause(items: Sequence[Item]) -> KeyClause | None:
    """Return the clause that names the key, where a sentence has one; None if it has not."""
    for position in range(2, len(items)):
        behind = _behind_lead(items, position)
        if behind is None:
            continue
        found = _listed(items, position, behind)
        if found is not None:
            return found
    return None


def _behind_lead(items: Sequence[Item], position: int) -> int | None:
    """Return where the columns begin whose leading words begin at a position."""
    at = position + 1 if items[position].text in _OPENING else position
    opened = at > position
    if at + 1 >= len(items):
        return None
    if items[at].text.split()[0] in _MATCHING:
        at += 1
    elif items[at].text in _BEFORE_SAME and items[at + 1].text in _SAME:
        return at + 2
    elif _says_same(items, at) or (opened and _together(items, at)):
        return at + 1
    elif not (opened and items[at].text in _BY and _may_tell(items, position)):
        return None
    return skip_words(items, at, _BY | _FILLERS)


def _may_tell(items: Sequence[Item], position: int) -> bool:
    # "gifts without a bank line, by reference", where nothing is counted by it.
    if items[position].text == "(":
        return True
    denied = any(item.is_cue("not") or item.is_cue("missing") for item in items[:position])
    counted = any(item.is_cue(kind) for item in items for kind in ("count", "aggregate", "group"))
    return items[position].text == "," and denied and not counted


def _says_same(items: Sequence[Item], position: int) -> bool:
    return items[position].text == "with the same"


def _together(items: Sequence[Item], position: int) -> bool:
    # "where property code and room number together identify a room".
    rest = {item.text for item in items[position:]}
    return (
        items[position].text == "where"
        and "together" in rest
        and bool(rest & {"identify", "identifies"})
    )


def _listed(items: Sequence[Item], start: int, position: int) -> KeyClause | None:
    columns: list[int] = []
    onto: list[int] = []
    named = columns
    while position < len(items):
        item = items[position]
        if item.text in _ONTO and columns and named is columns:
            named = onto
        elif _is_column(item):
            named.append(position)
        elif item.text not in _SEPARATORS | _FILLERS:
            break
        position += 1
    end = _end(items, position)
    if not columns or end is None or len(onto) not in {0, len(columns)}:
        return None
    return KeyClause(start, end, tuple(columns), tuple(onto))


def _is_column(item: Item) -> bool:
    return item.kind == "mention" and item.best_column() >= _HALF and not item.values


def _end(items: Sequence[Item], position: int) -> int | None:
    """Return where the clause ends, if nothing but its own last words stands before its border."""
    identifies = False
    while position < len(items) and items[position].kind != "mark":
        identifies = identifies or items[position].text in {"identify", "identifies"}
        if items[position].text not in _TAIL and not identifies:
            return None
        position += 1
    if position < len(items) and items[position].text[0] == ")":
        return position + 1
    border = position >= len(items) or items[position].text[0] in _CLOSING
    return position if border else None

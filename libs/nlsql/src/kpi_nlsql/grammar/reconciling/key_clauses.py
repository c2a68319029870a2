"""Key clauses: "…, matched by account and ISIN", "(match on order number and line)".

What stands in them says by which columns the rows of two tables are paired, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.reconciling.equated_keys import OPENING, behind_owner, equated
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at

_MATCHING = frozenset(
    "match matching matched compare comparing compared join joining joined link linked linking "  # noqa: SIM905
    "identify identified based keyed mapped mapping paired pairing reconciled using via".split()
)
_BY = frozenset({"by", "on", "via", "using", "over", "through", "with", "based", "basis", "of"})
_SAME = frozenset({"the same", "same", "with the same"})
_BEFORE_SAME = frozenset({"for", "of", "in", "with", "on", "by"})
_FILLERS = frozenset(
    "the their both its a each one combination combined fields field columns column".split()  # noqa: SIM905
)
_SEPARATORS = frozenset({"and", ",", "plus", "&", "+", "/"})
_ONTO = frozenset({"to", "with", "against", "=", "onto"})
_TAIL = frozenset(
    "together identify identifies a an the as key keys combined combination in both tables "  # noqa: SIM905
    "systems being fields columns only respectively".split()
)
_KEYS = frozenset({"key", "keys", "join key", "key columns"})
_CLOSING = frozenset({".", "?", "!", ")", ",", ";"})
_APART = ("not", "missing", "also", "mismatch")
_COUNTING = ("count", "aggregate", "group", "order")
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class KeyClause:
    """The items from ``start`` to before ``end`` name the columns at ``columns``.

    ``onto`` are the columns that those are said to be matched to: "the booking reference to the
    confirmation number". ``loosely``: "for the same plant" may be but a part of the key.
    """

    start: int
    end: int
    columns: tuple[int, ...]
    onto: tuple[int, ...] = ()
    loosely: bool = False


def find_key_clause(items: Sequence[Item]) -> KeyClause | None:
    """Return the clause that names the key, where a sentence has one; None if it has not."""
    for position in range(len(items)):
        found = _equated(items, position) if position else None
        behind = None if found else _behind_lead(items, position)
        if behind is not None:
            found = _listed(items, position, behind)
        if found is not None:
            return found
    return None


def _equated(items: Sequence[Item], position: int) -> KeyClause | None:
    """Read ", where the order reference of the invoice equals the order id"."""
    told = equated(items, position)
    end = None if told is None else _end(items, told.end)
    if told is None or end is None:
        return None
    return KeyClause(position, end, told.columns, told.onto)


def _behind_lead(items: Sequence[Item], position: int) -> int | None:
    """Return where the columns begin whose leading words begin at a position."""
    at = position + 1 if items[position].text in OPENING else position
    opened = at > position
    if at + 1 >= len(items) or position == 1:
        return None
    if _MATCHING.intersection(items[at].text.split()[:1]):
        at += 1
    elif items[at].text in _BEFORE_SAME and items[at + 1].text in _SAME:
        return at + 2
    elif items[at].text == "with the same" or (opened and _together(items, at)):
        return at + 1
    elif opened and items[at].text in _KEYS and text_at(items, at + 1) in {":", "is", "are"}:
        return skip_words(items, at + 2, _FILLERS)
    elif _on_basis(items, at) or _is_key_told(items, at):
        at += 1
    elif not _may_tell(items, position, at):
        return None
    return skip_words(items, at, _BY | _FILLERS)


def _on_basis(items: Sequence[Item], position: int) -> bool:
    behind = {text_at(items, position + 1), text_at(items, position + 2)}
    return items[position].text in {"on", "on the"} and "basis" in behind


def _is_key_told(items: Sequence[Item], position: int) -> bool:
    # "with item number as the key", "the plate being the key"
    if text_at(items, position) not in {"with", "taking"}:
        return False
    rest = [item.text for item in items[position:]]
    key = next((at for at, text in enumerate(rest) if text in _KEYS), 0)
    return key > 1 and rest[key - 1] in {"the", "as", "a", "join"}


def _may_tell(items: Sequence[Item], position: int, at: int) -> bool:
    """Tell whether "by reference" names the key of rows that others have, or lack."""
    # "gifts without a bank line, by reference", where nothing is counted by it.
    if position == at:
        return items[at].text == "by" and _closes(items, at) and _sets_apart(items, position)
    if items[at].text not in _BY - {"with", "of"}:
        return False
    return items[position].text == "(" or _sets_apart(items, position)


def _sets_apart(items: Sequence[Item], position: int) -> bool:
    told = any(
        item.text in {"for which", "which"} or any(item.is_cue(kind) for kind in _APART)
        for item in items[:position]
    )
    counted = any(item.is_cue(kind) for item in items for kind in _COUNTING if item.text != "every")
    counted = counted or any(_ranks(items, at) for at in range(position))
    before = item_at(items, position - 1)
    done = before is not None and before.text.endswith("ed") and not before.is_cue("also")
    return told and not counted and not done


def _ranks(items: Sequence[Item], position: int) -> bool:
    """Tell whether the first rows are asked for, whatever they are measured by: "top 5 jobs"."""
    rows = position + 1
    while text_at(items, rows) and (items[rows].number is not None or items[rows].values):
        rows += 1
    noun = item_at(items, rows)
    named = noun is not None and noun.best_table() >= max(_HALF, noun.best_column())
    return items[position].is_cue("superlative") and named


def _closes(items: Sequence[Item], position: int) -> bool:
    """Tell whether no clause follows."""
    return not any(item.text in OPENING or item.is_cue("relative") for item in items[position:])


def _together(items: Sequence[Item], position: int) -> bool:
    # "where property code and room number together identify a room".
    rest = {item.text for item in items[position:]}
    return (
        items[position].text == "where"
        and "together" in rest
        and bool(rest & {"identify", "identifies"})
    )


def _listed(items: Sequence[Item], start: int, position: int) -> KeyClause | None:
    """Return the clause with the columns from a position on, as many as are listed."""
    columns: list[int] = []
    onto: list[int] = []
    named, ended = columns, None
    loosely = any(item.text in _SAME for item in items[start:position])
    rows_told = items[position - 1].last_word == "on" or (loosely and items[start].text != "of")
    while position < len(items):
        item = items[position]
        if columns and (owned := behind_owner(items, position)) > position:
            position = owned  # "the order reference of the invoice"
            continue
        if item.text in _ONTO and columns and len(onto) < len(columns):
            named = onto
        elif _is_column(item) or (rows_told and _is_row(item)):
            named.append(position)
        elif item.text not in _SEPARATORS | _FILLERS | _SAME:
            break
        else:
            if item.text == "," and len(onto) in {0, len(columns)}:
                ended = position, len(columns)
            named = columns if onto else named
        position += 1
    end = _end(items, position)
    if end is None and ended is not None and ended[1]:  # "by order number, status and date …"
        end, columns, onto = ended[0], columns[: ended[1]], onto[: ended[1]]
    if not columns or end is None or len(onto) not in {0, len(columns)}:
        return None
    if start == 0:  # "Using the customer code, find all …"
        end = min(end + 1, len(items))
    return KeyClause(start, end, tuple(columns), tuple(onto), loosely)


def _is_column(item: Item) -> bool:
    return item.kind == "mention" and item.best_column() >= _HALF and not item.values


def _is_row(item: Item) -> bool:
    # "for the same student and course", "matching on student and course": by their keys
    return item.kind == "mention" and item.best_table() >= _HALF and not item.values


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

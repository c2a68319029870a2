"""Named keys: where a sentence names what repeats: "the same A and B", "duplicate A"."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.grammar.repeating.mention_lists import mention_list
from kpi_nlsql.grammar.repeating.repeats import Repeat, agrees
from kpi_nlsql.mentions.linking import Item

_EXACT = 0.95
_BY_WORDS = frozenset({"by", "on", "per", "based on", "in terms of", "using"})
TOGETHER = frozenset("combination combinations pair pairs tuple tuples together".split())  # noqa: SIM905
OF_ROWS = frozenset({"whose", "where", "for which"})
"""Words that lead to what is said of a column of the rows in front of them."""
_ALIKE = frozenset({"same", "their", "its"})
SEVERAL = frozenset({"one", "several", "multiple", "many", "another"})


def told_keys(items: Sequence[Item], repeat: Repeat) -> tuple[int, ...]:
    """Return where that which repeats is named: columns, or the noun for the rows."""
    same = _behind(items, [at for at in range(len(items)) if _says_alike(items, at)])
    last = max(repeat.cues)
    by = _behind(
        items,
        [
            at
            for at, item in enumerate(items)
            if _leads(item) and at > min(repeat.cues) and not _tells_by_whom(items, at)
        ],
    )
    beside = _behind(items, [at for at in sorted(repeat.cues) if not _counts_rows(items[at])])
    told = _combined(items) or _enclosed(items, repeat)
    if len(by) > len(same):
        same = ()  # "for the same custodian, by account and custodian code"
    each = bool(by) and (_are_columns(items, by) or _groups(items[by[0] - 1]))
    if each and _are_columns(items, beside) and not set(by) & set(beside):
        return (*by, *beside)  # "duplicate names per country": each country by itself
    for found in (same, by, told, _of_clause(items, repeat), beside):
        if found:
            return found
    return _first_list(items, 0, last) or _first_list(items, last, len(items))


def told_groups(items: Sequence[Item]) -> tuple[int, ...]:
    """Return where the columns are named by which rows are taken together."""
    return _behind(items, [at for at, item in enumerate(items) if _leads(item)])


def _groups(item: Item) -> bool:
    return item.text == "per" or item.is_cue("group")


def _are_columns(items: Sequence[Item], listed: tuple[int, ...]) -> bool:
    return bool(listed) and all(
        items[at].best_column() >= _EXACT > items[at].best_table() for at in listed
    )


def named_head(items: Sequence[Item], repeat: Repeat, told: tuple[int, ...]) -> tuple[int, ...]:
    """Return what the rows counted belong to: "meters with two readings on the same day".

    "Codes that appear more than once for the same supplier" are pairs of code and supplier.
    """
    same = any(item.is_cue("agree") for item in items)
    per = bool(told) and items[told[0] - 1].text == "per"
    if not (same or per) or not told:
        return ()
    head = _first_list(items, 0, min(repeat.cues))
    columns = all(items[at].best_column() > items[at].best_table() for at in head)
    if not (repeat.bare or per or columns):
        return ()
    return head if head and head[-1] < told[0] else ()


def _says_alike(items: Sequence[Item], position: int) -> bool:
    # "have the same amount", "sharing the same amount"
    item = items[position]
    return agrees(items, position) or (item.is_cue("duplicate") and item.last_word in _ALIKE)


def _is_told(item: Item) -> bool:
    """Tell whether an item says what a column is, or names another one."""
    return item.kind in {"number", "quoted"} or bool(item.values or item.hits)


def _counts_rows(item: Item) -> bool:
    # "shared by several customers": what follows are the rows, not what repeats.
    return item.last_word in SEVERAL or not item.is_cue("duplicate")


def _leads(item: Item) -> bool:
    return item.text in _BY_WORDS or item.is_cue("group")


def _tells_by_whom(items: Sequence[Item], position: int) -> bool:
    """Tell whether rows do it: "emails used more than once by customers" are no repeated ones."""
    if items[position].text != "by" or not items[position - 1].is_cue("duplicate"):
        return False
    rows = items[position + 1] if position + 1 < len(items) else items[position]
    named = any(item.best_column() >= _EXACT for item in items[: position - 1])
    used = any(word.endswith("ed") for word in items[position - 1].text.split())
    return used and named and rows.best_table() > rows.best_column()


def _behind(items: Sequence[Item], leads: Sequence[int]) -> tuple[int, ...]:
    """Return the lists that stand right behind the words that lead to them."""
    found: list[int] = []
    for lead in leads:
        listed = mention_list(items, lead + 1, unknown=True)
        found += [at for at in listed if at not in found]
    return tuple(found)


def _combined(items: Sequence[Item]) -> tuple[int, ...]:
    """Return the parts of "A and B combinations", "combinations of A, B and C", "A/B pairs"."""
    for position, item in enumerate(items):
        if item.text not in TOGETHER:
            continue
        after = items[position + 1].text if position + 1 < len(items) else ""
        if after == "of":
            return mention_list(items, position + 2, unknown=True)
        if after == "with":
            continue  # "together with the number of trades"
        for start in range(position):
            listed = mention_list(items, start)
            if listed and listed[-1] == position - 1:
                return listed
    return ()


def _enclosed(items: Sequence[Item], repeat: Repeat) -> tuple[int, ...]:
    """Return what stands in parentheses, or behind a colon: "duplicate guests (name, phone)"."""
    for position, item in enumerate(items[:-1]):
        listed = mention_list(items, position + 1, unknown=True)
        after = items[listed[-1] + 1].text[:1] if listed and listed[-1] + 1 < len(items) else ""
        if item.text == "(" and position > min(repeat.cues) and after == ")":
            return listed
        if item.text == ":" and len(listed) > 1:
            return listed
    return ()


def _of_clause(items: Sequence[Item], repeat: Repeat) -> tuple[int, ...]:
    # "customers whose email and phone appear more than once"
    first = min(repeat.cues)
    # "customers with an email that appears more than once"
    held = (first - 2,) if first > 1 and items[first - 1].text in {"that", "which"} else ()
    if any(items[at].best_column() > items[at].best_table() for at in held):
        return held
    whose = [at for at, item in enumerate(items[:first]) if item.text in OF_ROWS]
    told = mention_list(items, whose[-1] + 1) if whose else ()
    # "whose weight is below 5 with a duplicate code" tells of the weight what it is
    tested = any(_is_told(item) for item in items[told[-1] + 1 : first]) if told else False
    return () if tested else told


def _first_list(items: Sequence[Item], start: int, end: int) -> tuple[int, ...]:
    for position in range(start, end):
        listed = mention_list(items, position)
        if listed and listed[0] < end:
            return listed
    return ()

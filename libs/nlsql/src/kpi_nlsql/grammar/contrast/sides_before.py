"""Sides before: what is compared stands before the comparison, "compare A with B … where …"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.contrast.bounds import ENDS, opens, pairs, says_something, split_at
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.listed_rows import list_and_rows
from kpi_nlsql.mentions.linking import Item

_ABOUT = frozenset({"on", "in", "about", "regarding", "over", "for"})
_VERSUS = frozenset({"vs", "versus", "against", "compared with", "compared to"})


def says_between(item: Item) -> bool:
    """Tell whether an item leads to the two sides, "between A and B"."""
    return item.text == "between" or item.text.endswith(" between")


def without_both(items: Sequence[Item], clause: Clause) -> Clause:
    """Pass over "between the two systems", "in both tables": which these are is told elsewhere."""
    if _only_both(items, clause.right):
        return replace(clause, right=(), told=clause.told | {*clause.right})
    if clause.right and _only_both(items, clause.left):  # "the two tables disagree on the price"
        return replace(clause, left=clause.right, right=(), told=clause.told | {*clause.left})
    return clause


def _only_both(items: Sequence[Item], positions: Sequence[int]) -> bool:
    words = {word for at in positions for word in items[at].text.split()}
    return bool(words & {"two", "both"}) and all(items[at].kind != "mention" for at in positions)


def told_about(items: Sequence[Item], clause: Clause) -> Iterator[Clause]:
    """Read "A and B disagree on P", "A and B have different P": two tables, and what differs."""
    if not _names_tables(items, clause.left) or not says_something(items, clause.right):
        return
    lead = clause.right[:1] if items[clause.right[0]].text in _ABOUT else ()
    common = clause.right[len(lead) :]
    for left, right in split_at(items, clause.left, _VERSUS | {"and"}):
        told = clause.told | {*lead}
        yield replace(clause, left=left, right=right, common=common, told=told)


def tells_last_two(items: Sequence[Item], said: Sequence[int], pair: Clause) -> bool:
    """Tell whether a noun takes up the two that are listed last: "where the names differ".

    It stands in the names of both, or of one where no table has the columns of both.
    """
    nouns = [items[at] for at in said if items[at].kind == "mention"]
    parts = [[items[at] for at in side] for side in (pair.left, pair.right)]
    stem_of = {each for noun in nouns for each in stems(noun.text)}
    takes_up = [any(stem_of & set(stems(item.text)) for item in part) for part in parts]
    held = [{hit.table for hit in part[-1].column_hits()[:3]} for part in parts if part]
    apart = len(held) > 1 and not set.intersection(*held)
    several = bool(nouns) and nouns[-1].text.endswith("s")
    return all(takes_up) or (several and apart and any(takes_up))


def last_two(items: Sequence[Item], clause: Clause) -> Iterator[Clause]:
    """Read "A amount and B amount where they differ": they are what is listed last."""
    before, _ = list_and_rows(items, clause.before)
    listed = [at for at in before if not opens(items, at)]
    while listed and items[listed[-1]].text in ENDS:
        listed.pop()
    cuts = [n for n, at in enumerate(listed) if items[at].text in {",", "and"}]
    if not cuts:
        return
    start = cuts[-2] + 1 if len(cuts) > 1 else 0
    left, right = listed[start : cuts[-1]], listed[cuts[-1] + 1 :]
    told = clause.told | set(clause.left)
    yield replace(clause, left=tuple(left), right=tuple(right), told=told)


def compared_first(items: Sequence[Item], clause: Clause) -> list[Clause] | None:
    """Read "compare P in A with Q in B … where they differ"; None if nothing is compared so."""
    start = next((at for at in clause.before if items[at].is_cue("compare_tables")), None)
    if start is None or items[start].text not in {"compare", "reconcile"}:
        return None
    end = next((at for at in clause.before if at > start and _goes_on(items, at)), None)
    if end is None:
        return None
    sides = tuple(range(start + 1, end))
    said = () if _only_they(items, clause.left) else clause.left
    told = clause.told | {start, *(() if said else clause.left)}
    rest = replace(clause, before=tuple(range(end, clause.before[-1] + 1)), told=told)
    between = next((at for at in sides if says_between(items[at])), None)
    if between is not None:
        common = tuple(at for at in sides if at < between)
        pair = tuple(at for at in sides if at > between)
        rest = replace(rest, common=common, told=told | {between})
        return [
            replace(rest, left=left, right=right)
            for left, right in split_at(items, pair, frozenset({"and"}))
        ]
    # "reconcile A against B … where the premiums do not agree"
    common = said if _names_tables(items, sides) else ()
    return [
        replace(rest, left=left, right=right, common=common)
        for left, right in split_at(items, sides, frozenset({"with", "to", "against", "and"}))
    ]


def _only_they(items: Sequence[Item], positions: Sequence[int]) -> bool:
    return not says_something(items, positions)


def _names_tables(items: Sequence[Item], positions: Sequence[int]) -> bool:
    """Tell whether a stretch names tables, and no column of them."""
    named = [items[at] for at in positions if items[at].kind == "mention"]
    return bool(named) and all(item.best_table() >= item.best_column() for item in named)


def versus(items: Sequence[Item], clause: Clause) -> Clause | None:
    """Read "order quantity vs delivered quantity … where they differ"."""
    cut = next((at for at in clause.before if items[at].text in _VERSUS), None)
    if cut is None or says_something(items, clause.left):
        return None
    begin = next((at for at in range(cut, -1, -1) if _opens_list(items, at)), -1) + 1
    end = next((at for at in range(cut + 1, clause.before[-1] + 1) if _closes(items, at)), None)
    right = range(cut + 1, clause.before[-1] + 1 if end is None else end)
    told = clause.told | set(clause.left) | {cut}
    return replace(clause, left=tuple(range(begin, cut)), right=tuple(right), told=told)


def _opens_list(items: Sequence[Item], position: int) -> bool:
    item = items[position]
    return item.text in ENDS or item.is_cue("show") or item.text == "compare"


def _closes(items: Sequence[Item], position: int) -> bool:
    return items[position].text in ENDS | {"where", "for", "of"} or pairs(items, position)


def _goes_on(items: Sequence[Item], position: int) -> bool:
    return items[position].is_cue("show") or items[position].text in ENDS | {"where"}

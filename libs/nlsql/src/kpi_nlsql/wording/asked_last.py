"""Asked last: "Which … ? Show the number and the name" says what is wanted after what of.

The request moves to the front, where the grammar looks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.wording.rewriting import SHOW

_BORDERS = frozenset({",", ":", "?", ".", ";", "(", "-", "\u2013", "\u2014"})
_THERE = frozenset("are there is of them those do we have in total exist it".split())  # noqa: SIM905
_LIST_WORDS = frozenset({"and", "the", "a", ",", "with", "their", "its", "only", "of", "also"})
_LEADING = frozenset({"which", "what", "that"})
_FOLLOWING = ("order", "ascending", "descending", "alphabetical")
_ROW_VERBS = frozenset({"show", "list", "give", "return", "display", "print", "report", "output"})


def asked_first(items: Sequence[Item]) -> list[Item]:
    """Return the items with a trailing list of what is wanted moved before the rest."""
    items = _count_first(_described_once(items))
    start = _request(items)
    if start is None:
        return list(items)
    end = _list_end(items, start + 1)
    wanted = [item for item in items[start:end] if item.text != "only"]
    if not any(item.kind == "mention" for item in wanted):
        return list(items)
    rest = _headless([*_without_border(items[:start]), *items[end:]])
    opener = items[start]
    if opener.kind == "mark":
        opener = replace(SHOW, start=opener.start, end=opener.end)
    link = replace(_LINK, start=opener.start, end=opener.start)
    return [opener, *wanted[1:], link, *rest]


def _described_once(items: Sequence[Item]) -> list[Item]:
    """Leave out what is said of rows again where they are counted: "… and the number of [open] …".

    The groups have no others, where "more than 3 open orders" were asked for before.
    """
    told: list[Item] = []
    for item in items:
        counted = bool(told) and told[-1].is_cue("count") and "of" in told[-1].text.split()
        again = any(item.values and other.text == item.text for other in told)
        if not (counted and again and not item.hits):
            told.append(item)
    return told


def _count_first(items: Sequence[Item]) -> list[Item]:
    """Move a trailing "how many are there", or "…, count", to the front."""
    told = list(items)
    while told and told[-1].kind == "mark":
        told.pop()
    end = len(told)
    while end > 0 and told[end - 1].text in _THERE:
        end -= 1
    if end < 3 or not told[end - 1].is_cue("count"):
        return list(items)
    if _shown_besides(told[: end - 1]):
        return list(items)
    asks = "how many" in told[end - 1].text or told[end - 2].kind == "mark"
    listed = told[end - 2].text == "," and "," in _marks(told[: end - 2])
    if not asks or listed or any(item.is_cue("count") for item in told[: end - 1]):
        return list(items)
    return [told[end - 1], *_headless(_without_border(told[: end - 1]))]


def _shown_besides(before: Sequence[Item]) -> bool:
    """Tell whether the count is shown of each: "used more than once, and by how many"."""
    joined = {"and"} & {item.text for item in before[-2:]}
    repeats = any(
        item.is_cue(kind) for item in before for kind in ("often", "duplicate", "compare")
    )
    return bool(joined) and repeats


def _marks(items: Sequence[Item]) -> set[str]:
    # "region, product, count" lists columns.
    return {item.text for item in items if item.kind == "mark"}


def _request(items: Sequence[Item]) -> int | None:
    """Return the position of the verb or mark that leads to the trailing list, if there is one."""
    only = _only(items)
    if only is not None:
        return only
    for position in range(2, len(items)):
        item, before = items[position], items[position - 1]
        if item.is_cue("show") and item.text.split()[0] in _ROW_VERBS:
            if _is_noun(items, position):
                continue
            opens = before.kind == "mark" or _all_listed(items, position)
            return position if opens and _listed(items, position) else None
        colon = item.kind == "mark" and item.text[0] == ":"
        if colon and not items[min(position + 1, len(items) - 1)].is_cue("show"):
            return position if _all_listed(items, position) else None
    return None


def _is_noun(items: Sequence[Item], position: int) -> bool:
    """Tell whether the verb is what things are in: "not in the planner list, with product"."""
    before, after = items[position - 1], items[position + 1 : position + 2]
    return before.kind == "mention" and (not after or after[0].kind == "mark")


def _only(items: Sequence[Item]) -> int | None:
    """Return the mark before "…, name and price only", where the sentence ends so."""
    if not items or items[-1].text != "only":
        return None
    listed = len(items) - 1
    while listed > 0 and items[listed].kind != "mark":
        listed -= 1
    return listed if listed and _all_listed(items, listed) else None


def _listed(items: Sequence[Item], position: int) -> bool:
    """Tell whether columns are listed behind the verb, rather than a question asked anew."""
    end = _list_end(items, position + 1)
    listed = [item for item in items[position + 1 : end] if item.kind == "mention"]
    if end < len(items) and not any(items[end].is_cue(kind) for kind in _FOLLOWING):
        return False
    return bool(listed) and all(item.best_column() >= 0.5 for item in listed)


def _all_listed(items: Sequence[Item], position: int) -> bool:
    end = _list_end(items, position + 1)
    return end >= len(items) and _listed(items, position)


def _list_end(items: Sequence[Item], position: int) -> int:
    end = position
    while end < len(items):
        item = items[end]
        named = item.kind == "mention" and not item.values
        if not (named or item.text in _LIST_WORDS or item.is_cue("count") or item.is_cue("show")):
            break
        end += 1
    if end < len(items) and items[end].kind == "mark" and end == len(items) - 1:
        end += 1
    return end


def _without_border(items: Sequence[Item]) -> list[Item]:
    kept = list(items)
    while kept and (kept[-1].text[:1] in _BORDERS or kept[-1].text == "and"):
        kept.pop()
    return kept


def _headless(items: list[Item]) -> list[Item]:
    """Drop the verb or question word that opened the sentence."""
    while items and (items[0].is_cue("show") or items[0].text in _LEADING):
        items = items[1:]
    return items


_LINK = Item("word", "of", 0, 0)

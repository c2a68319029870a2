"""Shared places: what "the ledger and the export have in common" is in both of them.

"Do A and B share", "the overlap of A and B", "common to A, B and C": however tables are told to
hold the same things, the things are in each of them. "In A, in B or in both", "in A and B taken
together" are in one of them at the least.
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, skip_words_back, text_at
from kpi_nlsql.wording.rewriting import IN, Step, rewritten

_ARTICLES = frozenset({"the", "our", "a", "an"})
_LISTED = _ARTICLES | {",", "and"}
_OPENING = frozenset({"that", "which", "what", "do", "does"})
_HOLD = frozenset("have has hold list contain contains lists holds know carry".split())  # noqa: SIM905
_GOING_ON = frozenset({"and", "but", "or", "for", "with", "whose", "where"})
_INTO = frozenset({"in", "from", "of"})
_NAMES_TABLE = 0.6
_TWO = 2
_AND = Item("word", "and", 0, 0)
_OR = Item("word", "or", 0, 0)
_COMMA = Item("mark", ",", 0, 0)
_IN_BOTH = Item("cue", "in both", 0, 0, cues=(Cue("both"),))
_ARE_IN = Item("cue", "are in", 0, 0, cues=(Cue("also"),))


def shared_places(items: Sequence[Item]) -> list[Item]:
    """Return the items with what several tables share told as being in each of them."""
    rules = (_have_in_common, _common_to, _or_both, _at_least_one, _taken_together)
    return rewritten(items, rules, first=1)


def _have_in_common(items: Sequence[Item], position: int) -> Step | None:
    """Read "items that A and B have in common", "items do A and B share" as those in both."""
    end = _sharing(items, position)
    if end is None:
        return None
    first = position
    while first > 0 and _is_listed(items, first - 1):
        first -= 1
    named = [at for at in range(first, position) if _is_place(items, at)]
    start = first - (text_at(items, first - 1) == "both")
    start -= text_at(items, start - 1) in _OPENING
    opened = start < first or (start > 0 and bool(items[start - 1].cues))
    return (start, end, _in_each(items, named)) if opened and len(named) >= _TWO else None


def _sharing(items: Sequence[Item], position: int) -> int | None:
    """Return where a verb ends that says of several tables that they share something."""
    verb, behind = text_at(items, position), text_at(items, position + 1)
    if verb in {"share", "shares"}:
        end = position + 1
    elif (verb in _HOLD and behind == "in common") or (verb == "both" and behind in _HOLD):
        end = position + 2
    else:
        return None
    return end if _ends(items, end) or text_at(items, end) in _GOING_ON else None


def _common_to(items: Sequence[Item], position: int) -> Step | None:
    """Read "common to A, B and C" as in each of them; two places are read as they stand."""
    if not items[position].is_cue("both") or " " not in items[position].text:
        return None
    end = position + 1
    while end < len(items) and _is_listed(items, end):
        end += 1
    named = [at for at in range(position, end) if _is_place(items, at)]
    if len(named) <= _TWO:
        return None
    start = position - (text_at(items, position - 1) in {"are", "is"})
    return start, named[-1] + 1, _in_each(items, named, _ARE_IN if start < position else IN)


def _in_each(items: Sequence[Item], named: Sequence[int], lead: Item = IN) -> list[Item]:
    """Return the words that say that rows are in every one of the places."""
    *before, last = (items[at] for at in named)
    if len(named) == _TWO:
        return [_IN_BOTH, *before, _AND, last]
    first, *further = before
    return [lead, first, *(told for place in further for told in (_COMMA, place)), _AND, last]


def _or_both(items: Sequence[Item], position: int) -> Step | None:
    """Read "in A, in B or in both" as "in A or in B"."""
    second = position - 2
    told = items[position].text in {"both", "in both"} and _ends(items, position + 1)
    if not told or text_at(items, position - 1) != "or" or not _is_place(items, second):
        return None
    lead = _joint(items, second)
    if text_at(items, lead) == ",":
        return lead, position + 1, [_OR, *items[lead + 1 : second + 1]]
    return (second + 1, position + 1, []) if text_at(items, lead) == "or" else None


def _at_least_one(items: Sequence[Item], position: int) -> Step | None:
    """Read "in at least one of A and B", "in any of A and B" as "in A or B"."""
    counted = text_at(items, position) == "at least" and text_at(items, position + 1) == "one"
    start = position + 1 + counted
    told = counted or text_at(items, position) in {"any", "either"}
    if not told or text_at(items, start) != "of":
        return None
    first = skip_words(items, start + 1, _ARTICLES)
    second = skip_words(items, first + 2, _ARTICLES)
    if not (_is_place(items, first) and _is_place(items, second)):
        return None
    joined = text_at(items, first + 1) in {"and", "or"}
    return (position, second + 1, [items[first], _OR, items[second]]) if joined else None


def _taken_together(items: Sequence[Item], position: int) -> Step | None:
    """Read "in A and B taken together" as "in A or B", unless amounts are added up there."""
    end = position - (text_at(items, position - 1) in {"taken", "put", "both"})
    if items[position].text not in {"together", "combined"} or not _is_place(items, end - 1):
        return None
    joint = _joint(items, end - 1)
    if text_at(items, joint) != "and" or any(item.is_cue("aggregate") for item in items):
        return None
    return joint, position + 1, [_OR, *items[joint + 1 : end]]


def _joint(items: Sequence[Item], second: int) -> int:
    """Return what stands between a place and the one before it; 0 if there is none."""
    lead = skip_words_back(items, second - 1, _ARTICLES | _INTO)
    return lead if _is_place(items, lead - 1) else 0


def _is_listed(items: Sequence[Item], at: int) -> bool:
    return text_at(items, at) in _LISTED or _is_place(items, at)


def _is_place(items: Sequence[Item], at: int) -> bool:
    item = item_at(items, at)
    if item is None or item.kind != "mention":
        return False
    return item.best_table() >= max(_NAMES_TABLE, item.best_column())


def _ends(items: Sequence[Item], at: int) -> bool:
    return at >= len(items) or items[at].kind == "mark"

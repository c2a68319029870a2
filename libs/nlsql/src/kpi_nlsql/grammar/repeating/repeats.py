"""Repeats: where a sentence says that something is there more than once, and how often at least."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.english.words import lemma
from kpi_nlsql.grammar.repeating.mention_lists import mention_list
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans.plan import Operator

OFTEN: dict[str, tuple[Operator, int]] = {
    "more than once": (">", 1), "more than one time": (">", 1), "multiple times": (">", 1),
    "several times": (">", 1), "repeatedly": (">", 1),
    "at least twice": (">=", 2), "twice or more": (">=", 2), "two or more times": (">=", 2),
    "more than twice": (">", 2), "at least once": (">=", 1), "only once": ("=", 1),
    "exactly once": ("=", 1), "once": ("=", 1), "twice": ("=", 2), "exactly twice": ("=", 2),
}  # fmt: skip
_OPERATORS: dict[str, Operator] = {">": ">", ">=": ">=", "=": "="}
_SEVERAL = frozenset({"several", "multiple", "many"})
_AS = frozenset({"as", "with", "like"})
_OTHERS = frozenset({"another", "other", "others"})
ROWS = frozenset("row rows record records entry entries line lines".split())  # noqa: SIM905
_OCCURRING = frozenset({"occur", "appear"})
_MOST_BETWEEN = 3
_KNOWN = 0.95
_COMPARING = (
    "compare_tables", "mismatch", "not", "both", "also", "missing", "average_of_all",
    "below_average",
)  # fmt: skip
"""Cues that set rows against others: "above the average of the same dealer" repeats nothing."""
_LACKING = ("not", "missing", "both", "also")
"""Those that only say what the rows have, where what is alike is nothing but theirs."""
_SURE = 0.6
_PARTLY = 0.5


@dataclass(frozen=True, slots=True)
class Repeat:
    """What says that something repeats (``cues``), and how many rows share it.

    ``bare``: no word like "duplicate" says so, only how often something was done.
    """

    cues: frozenset[int]
    operator: Operator = ">"
    number: float = 1
    bare: bool = False
    counted: int | None = None
    """Where the noun stands whose rows are counted: "used by more than one member"."""


def find_repeat(items: Sequence[Item]) -> Repeat | None:
    """Return the repeat the sentence speaks of, if it speaks of one."""
    duplicates = frozenset(at for at, item in enumerate(items) if item.is_cue("duplicate"))
    often = next((found for at in range(len(items)) if (found := _often(items, at))), None)
    if duplicates:
        more = {at + 1 for at in duplicates if _or_more(items, at)}
        duplicates = duplicates | frozenset(more)
        return Repeat(duplicates | often.cues) if often else Repeat(duplicates)
    if often is not None:
        return often
    if alike := _alike(items):
        return Repeat(alike)
    return next((found for at in range(len(items)) if (found := _several(items, at))), None)


def _or_more(items: Sequence[Item], position: int) -> bool:
    # "registered twice or more"
    following = items[position + 1 : position + 2]
    twice = items[position].last_word == "twice"
    return twice and bool(following) and following[0].text == "or more"


def _often(items: Sequence[Item], position: int) -> Repeat | None:
    item = items[position]
    if item.is_cue("often"):
        operator, number = OFTEN[item.text]
        several = number > 1 or operator == ">" or (operator == "=" and _occurs(items, position))
        return Repeat(frozenset({position}), operator, number, bare=True) if several else None
    return _so_many_times(items, position)


def _so_many_times(items: Sequence[Item], position: int) -> Repeat | None:
    """Read "more than 3 times", "4 times or more", "at least three times", "occurs two times"."""
    number, following = items[position].number, items[position + 1 : position + 3]
    if not number or number < 2 or "times" not in [item.text for item in following]:
        return None
    if following[0].is_cue("compare", ">="):
        return Repeat(frozenset(range(position, position + 3)), ">=", number, bare=True)
    if following[0].text != "times":
        return None
    before = items[position - 1] if position else items[position]
    after = following[1] if len(following) > 1 else following[0]
    cues = {position, position + 1}
    if operator := _OPERATORS.get(before.argument("compare")):
        return Repeat(frozenset({*cues, position - 1}), operator, number, bare=True)
    if after.is_cue("compare", ">="):
        return Repeat(frozenset({*cues, position + 2}), ">=", number, bare=True)
    return Repeat(frozenset(cues), "=", number, bare=True) if _occurs(items, position) else None


def _occurs(items: Sequence[Item], position: int) -> bool:
    # "codes that appear only once" are values; "customers who ordered once" have one order
    return position > 0 and lemma(items[position - 1].text) in _OCCURRING


def _several(items: Sequence[Item], position: int) -> Repeat | None:
    """Read "more than one lease", "several open tickets": rows that share what stands before.

    How many exactly is said of rows alone: "codes with exactly two rows".
    """
    operator, number, end = _amount(items, position)
    if operator is None or not any(item.hits for item in items[:position]):
        return None
    cues = frozenset(range(position, end))
    if end < len(items) and items[end].text in ROWS:
        return Repeat(cues | {end}, operator, number, bare=True)  # "codes with two or more rows"
    if operator == "=":
        return None
    for at in range(end, min(end + _MOST_BETWEEN, len(items))):
        if items[at].kind != "mention":
            return None
        if _is_noun(items[at]):
            return Repeat(cues, operator, number, bare=True, counted=at)
    return None


def _is_noun(item: Item) -> bool:
    named = item.best_table() >= max(_PARTLY, item.best_column())
    rather = item.best_table() >= _SURE and item.best_column() < _KNOWN
    return (named or rather) and not item.values


def _amount(items: Sequence[Item], position: int) -> tuple[Operator | None, float, int]:
    """Return how many are meant and where the words for it end."""
    item, following = items[position], [*items[position + 1 : position + 3]]
    if item.text in _SEVERAL:
        return ">", 1, position + 1
    operator = _OPERATORS.get(item.argument("compare"))
    if operator and following and following[0].number:
        return operator, following[0].number, position + 2
    if item.number and item.number > 1 and following and following[0].is_cue("compare", ">="):
        return ">=", item.number, position + 2
    return None, 0, position


def _alike(items: Sequence[Item]) -> frozenset[int]:
    """Return where rows of one table are said to be alike: "books with identical title"."""
    lists = {at: mention_list(items, at + 1) for at in range(len(items)) if agrees(items, at)}
    if not lists:
        return frozenset()
    named = {at for listed in lists.values() for at in listed}
    tables = [
        item.table_hits()[0].table
        for at, item in enumerate(items)
        if at not in named and item.best_table() >= _SURE
    ]
    told = [items[at] for at in named]
    apart = _owned_alone(told, tables) and not any(map(_sets_apart, items))
    if not apart and (len(set(tables)) != 1 or any(map(_compares, items))):
        return frozenset()
    return frozenset(
        at for at, listed in lists.items() if listed and not _as(items, listed[-1] + 1)
    )


def agrees(items: Sequence[Item], position: int) -> bool:
    """Tell whether something is said to be the same here; "with a matching order" has one."""
    item, noun = items[position], items[position + 1 : position + 2]
    rows = any(behind.best_table() >= behind.best_column() for behind in noun)
    return item.is_cue("agree") and not (item.text == "matching" and rows)


def _owned_alone(told: Sequence[Item], tables: Sequence[str]) -> bool:
    """Tell whether only the rows named first have what is alike: "jobs of clients in X with …"."""
    owners = [{hit.table for hit in item.column_hits() if hit.score >= _PARTLY} for item in told]
    return bool(owners) and all(own & set(tables) == set(tables[:1]) for own in owners)


def _sets_apart(item: Item) -> bool:
    return _compares(item) and not any(map(item.is_cue, _LACKING))


def _compares(item: Item) -> bool:
    return item.argument("aggregate") == "avg" or any(map(item.is_cue, _COMPARING))


def _as(items: Sequence[Item], position: int) -> bool:
    # "in the same city as Ann": compared with one row, not with "another one".
    said = position < len(items) and items[position].text == "as"
    return said and not as_another(items, position)


def as_another(items: Sequence[Item], position: int) -> bool:
    """Tell whether rows are like another one: "the same phone as another customer"."""
    behind = items[position + 1 : position + 3]
    return items[position].text in _AS and any(item.text in _OTHERS for item in behind)

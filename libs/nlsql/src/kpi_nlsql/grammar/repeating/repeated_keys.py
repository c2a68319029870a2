"""Repeated keys: which columns of which table a sentence says to repeat.

Where the columns are named is told by the sentence alone ("the same A and B", "A and B
combinations", "duplicate A"); the table is the one that has them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.english.abbreviations import abbreviates
from kpi_nlsql.english.words import parts
from kpi_nlsql.grammar.repeating.mention_lists import DAY, is_value, mention_list
from kpi_nlsql.grammar.repeating.repeats import Repeat
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.sentence import Sentence

_SURE = 0.6
_PARTLY = 0.5
_EXACT = 0.95
_KNOWN = 0.9
_BY_WORDS = frozenset({"by", "on", "per", "based on", "in terms of", "using"})
TOGETHER = frozenset("combination combinations pair pairs tuple tuples together".split())  # noqa: SIM905
_LONGEST_DATE = 10
_SEVERAL = frozenset({"one", "several", "multiple", "many", "another"})
_DEED = 0.8


@dataclass(frozen=True, slots=True)
class Keys:
    """The columns of a table that repeat, by where they are named; ``score``: how sure (0..1).

    ``used`` are the mentions that speak of the table.
    """

    table: str
    columns: dict[int, str]
    score: float
    used: frozenset[int]


def repeated_keys(sentence: Sentence, repeat: Repeat) -> list[Keys]:
    """Return what may repeat, the likeliest first; empty if no table has all that is named."""
    items = sentence.items
    told = told_keys(items, repeat)
    head = _head(items, repeat, told)
    found = []
    for table in _tables(items):
        keys = _in_table(sentence, table, (*head, *told), repeat, len(head) == 1)
        if keys is not None:
            found.append(keys)
    return sorted(found, key=lambda keys: -keys.score)


def told_keys(items: Sequence[Item], repeat: Repeat) -> tuple[int, ...]:
    """Return where that which repeats is named: columns, or the noun for the rows."""
    same = _behind(items, [at for at, item in enumerate(items) if item.is_cue("agree")])
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


def grouped_by(sentence: Sentence, keys: Keys) -> tuple[str, ...]:
    """Return those of the columns that only tell the groups: "how many duplicates per country"."""
    items = sentence.items
    listed = _behind(items, [at for at, item in enumerate(items) if _leads(item)])
    told = tuple(keys.columns[at] for at in listed if at in keys.columns)
    return () if set(told) == set(keys.columns.values()) else told


def _groups(item: Item) -> bool:
    return item.text == "per" or item.is_cue("group")


def _are_columns(items: Sequence[Item], listed: tuple[int, ...]) -> bool:
    return bool(listed) and all(
        items[at].best_column() >= _EXACT > items[at].best_table() for at in listed
    )


def _head(items: Sequence[Item], repeat: Repeat, told: tuple[int, ...]) -> tuple[int, ...]:
    """Return what the rows counted belong to: "meters with two readings on the same day"."""
    same = repeat.bare and any(item.is_cue("agree") for item in items)
    per = bool(told) and items[told[0] - 1].text == "per"
    if not (same or per) or not told:
        return ()
    head = _first_list(items, 0, min(repeat.cues))
    return head if head and head[-1] < told[0] else ()


def _counts_rows(item: Item) -> bool:
    # "shared by several customers": what follows are the rows, not what repeats.
    return item.last_word in _SEVERAL or not item.is_cue("duplicate")


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
    whose = [at for at, item in enumerate(items[:first]) if item.text in {"whose", "where"}]
    return mention_list(items, whose[-1] + 1) if whose else ()


def _first_list(items: Sequence[Item], start: int, end: int) -> tuple[int, ...]:
    for position in range(start, end):
        listed = mention_list(items, position)
        if listed and listed[0] < end:
            return listed
    return ()


def _tables(items: Sequence[Item]) -> list[str]:
    named = [hit.table for item in items for hit in item.hits if hit.score >= _PARTLY]
    return list(dict.fromkeys(named))


def _in_table(
    sentence: Sentence, table: str, told: tuple[int, ...], repeat: Repeat, headed: bool
) -> Keys | None:
    """Return the keys that a table has, and how likely it is the one that is meant.

    ``headed``: the first of them may be the noun for the rows of the table itself.
    """
    items = sentence.items
    columns: dict[int, str] = {}
    scores: list[float] = []
    spoken = dict(_spoken(items, table, told, repeat))
    missed = 0
    for position in told:
        itself = _hit(items[position], table, of_table=True)
        column, score = _column(sentence, items[position], table)
        rows = len(told) == 1 or (headed and position == told[0])
        if column is not None and (score > itself or not rows):
            columns[position] = column
            scores.append(score)
        elif itself >= _SURE and rows:
            spoken[position] = itself
        else:
            missed += 1
    named = max(spoken.values(), default=0.0)
    if repeat.counted is not None and repeat.counted not in spoken:
        return None
    if _done_elsewhere(items, repeat, spoken):
        return None
    if missed or (not columns and named < _SURE):
        return None
    if _cannot_repeat(sentence.graph.table(table), list(columns.values())):
        return None
    fit = sum(scores) / len(scores) if scores else 0.0
    alike = len(scores) > 1 and max(scores) >= _EXACT and _are_alike(items, told)
    if named < _SURE and fit < _KNOWN and not alike:
        return None
    score = named + 0.5 if named >= _SURE else fit / 2
    return Keys(table, columns, score + fit / 10, frozenset(spoken))


def _are_alike(items: Sequence[Item], told: tuple[int, ...]) -> bool:
    """Tell whether each column is said to be the same: "the same guest and the same night"."""
    return all(items[at - 1].is_cue("agree") for at in told if at)


def _done_elsewhere(items: Sequence[Item], repeat: Repeat, spoken: dict[int, float]) -> bool:
    """Tell whether a verb names another table: "rooms reserved more than 60 times"."""
    before = range(max(min(repeat.cues) - 2, 0), min(repeat.cues))
    deeds = [
        at for at in before if items[at].text.endswith("ed") and items[at].best_table() >= _SURE
    ]
    alike = any(item.is_cue("agree") for item in items)  # "booked twice for the same room"
    return repeat.bare and not alike and bool(deeds) and not set(deeds) & set(spoken)


def _cannot_repeat(table: Table, columns: list[str]) -> bool:
    """Tell whether the columns are the declared key, of which no two rows have the same."""
    return bool(columns) and set(table.primary_key) == set(columns)


def _spoken(
    items: Sequence[Item], table: str, told: tuple[int, ...], repeat: Repeat
) -> dict[int, float]:
    """Return where else the sentence speaks of the table, and how clearly."""
    first = min(repeat.cues)
    found = {}
    for position, item in enumerate(items):
        score = _hit(item, table, of_table=True)
        if position in told or score < _PARTLY or is_value(item):
            continue
        deed = position == first - 1 and item.text.endswith("ed")
        found[position] = score * (_DEED if deed else 1.0)
    return found


def _hit(item: Item, table: str, *, of_table: bool) -> float:
    hits = item.table_hits() if of_table else item.column_hits()
    return max((hit.score for hit in hits if hit.table == table), default=0.0)


def _column(sentence: Sentence, item: Item, table: str) -> tuple[str | None, float]:
    """Return the column of the table that a mention names, or that leads to the rows it names."""
    hits = [hit for hit in item.column_hits() if hit.table == table and hit.score >= _PARTLY]
    if hits:
        return str(hits[0].column), hits[0].score
    if item.text in DAY and item.best_column() < _EXACT:
        return _only_date(sentence.graph.table(table))
    if item.kind == "word":
        return _written_short(sentence.graph.table(table), item.text)
    for hit in item.hits:
        if hit.score >= (_SURE if hit.column is None else _KNOWN) and (
            column := _reference(sentence.graph, table, hit.table, hit.column)
        ):
            return column, _PARTLY
    return None, 0.0


def _written_short(table: Table, word: str) -> tuple[str | None, float]:
    """Return the one column that is called by an abbreviation of a word: ``thk_mm``, thickness."""
    named = [
        column.name
        for column in table.columns
        if any(abbreviates(part, word) for part in parts(column.name)[:1])
    ]
    return (named[0], _KNOWN) if len(named) == 1 else (None, 0.0)


def _only_date(table: Table) -> tuple[str | None, float]:
    """Return the one column of days that a table has, if it has just one."""
    dates = [column for column in table.columns if column.dated]
    whole = [c for c in dates if all(len(value) <= _LONGEST_DATE for value in c.values)]
    return (dates[0].name, _EXACT) if len(dates) == 1 and whole else (None, 0.0)


def _reference(graph: Graph, table: str, other: str, told: str | None) -> str | None:
    """Return the column by which rows of a table tell which row of the other they belong to.

    ``told``: the sentence names this column of the other ("order numbers invoiced twice").
    """
    for join in graph.joins:
        for side in (join, join.reversed()):
            if (side.left_table, side.right_table) != (table, other) or len(side.left_columns) > 1:
                continue
            if told is not None and side.right_columns != (told,):
                continue
            key = graph.table(other).column(side.right_columns[0])
            if key.unique or graph.table(other).primary_key == (key.name,):
                return side.left_columns[0]
    return None

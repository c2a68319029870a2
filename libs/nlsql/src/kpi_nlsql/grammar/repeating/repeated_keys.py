"""Repeated keys: which columns of which table a sentence says to repeat.

Where the columns are named is told by the sentence alone; the table is the one that has them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.english.abbreviations import abbreviates
from kpi_nlsql.english.words import parts
from kpi_nlsql.grammar.repeating.mention_lists import DAY, is_value
from kpi_nlsql.grammar.repeating.named_keys import SEVERAL, named_head, told_groups, told_keys
from kpi_nlsql.grammar.repeating.repeats import Repeat
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph, Table
from kpi_nlsql.sentence import Sentence

_SURE = 0.6
_PARTLY = 0.5
_EXACT = 0.95
_KNOWN = 0.9
_LONGEST_DATE = 10
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
    head = named_head(items, repeat, told)
    found = []
    for table in _tables(items):
        keys = _in_table(sentence, table, (*head, *told), repeat, len(head) == 1)
        if keys is not None:
            found.append(keys)
    return sorted(found, key=lambda keys: -keys.score)


def grouped_by(sentence: Sentence, keys: Keys) -> tuple[str, ...]:
    """Return those of the columns that only tell the groups: "how many duplicates per country"."""
    listed = told_groups(sentence.items)
    told = tuple(keys.columns[at] for at in listed if at in keys.columns)
    return () if set(told) == set(keys.columns.values()) else told


def told_apart(sentence: Sentence, table: str, repeat: Repeat) -> str | None:
    """Return the column that tells the rows counted apart, where the table only refers to them.

    "IBANs used by more than one vendor": one vendor may have the same IBAN in several rows.
    """
    at, best = _counted_in(sentence, repeat)
    place = any(_hit(item, table, of_table=True) >= _EXACT for item in sentence.items)
    if not best or table in best or place:
        return None  # "in RBP GPU with more than 5 products" counts the rows of that table
    if any(_hit(item, best[0], of_table=False) >= _KNOWN for item in sentence.items[:at]):
        return None  # "countries with more than one mountain": each mountain has its country
    key = sentence.graph.table(best[0]).primary_key
    told = _reference(sentence.graph, table, best[0], key[0] if len(key) == 1 else None)
    return None if told and sentence.graph.table(table).column(told).unique else told


def _counted_in(sentence: Sentence, repeat: Repeat) -> tuple[int, list[str]]:
    """Return where the noun stands whose rows are counted, and the tables it names best."""
    at = max(repeat.cues) + 1 if repeat.counted is None else repeat.counted
    counts = repeat.counted is not None or sentence.items[at - 1].last_word in SEVERAL
    others = sentence.items[at].table_hits() if counts and at < len(sentence.items) else []
    return at, [hit.table for hit in others if hit.score >= max(_SURE, others[0].score)]


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
    apart = told_apart(sentence, table, repeat)
    elsewhere = repeat.counted is not None and repeat.counted not in spoken
    if elsewhere and apart in {None, *columns.values()}:
        return None
    if apart is not None:
        spoken[_counted_in(sentence, repeat)[0]] = 0.0
    if _done_elsewhere(items, repeat, spoken) or _counts_rows_with(items, told, repeat):
        return None
    if missed or (not columns and (named < _SURE or _counts_others(sentence, table, repeat))):
        return None
    if _cannot_repeat(sentence.graph.table(table), list(columns.values())):
        return None
    fit = sum(scores) / len(scores) if scores else 0.0
    alike = len(scores) > 1 and max(scores) >= _EXACT and _are_alike(items, told)
    if named < _SURE and fit < _KNOWN and not alike and apart is None:
        return None
    score = named + 0.5 if named >= _SURE else fit / 2
    return Keys(table, columns, score + fit / 10, frozenset(spoken))


def _counts_others(sentence: Sentence, table: str, repeat: Repeat) -> bool:
    # "methods used by more than one sample": no method is there twice
    best = _counted_in(sentence, repeat)[1]
    return bool(best) and table not in best


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


def _counts_rows_with(items: Sequence[Item], told: tuple[int, ...], repeat: Repeat) -> bool:
    """Tell whether rows are counted by what follows: "count of cooks with two shifts by city"."""
    first = min(repeat.cues)
    rows = [at for at in range(first) if items[at].best_table() >= _SURE]
    asked = rows and any(item.is_cue("count") for item in items[:first])
    if not asked or repeat.counted is None or not told:
        return False
    table, last = items[rows[0]].table_hits()[0].table, items[told[-1]]
    own = any(hit.table == table and hit.score >= _EXACT for hit in last.column_hits())
    return told[0] > repeat.counted or (own and told[-1] > repeat.counted)


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

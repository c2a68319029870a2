"""Named pairs: the columns of two tables that the sentence itself says are to be matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kpi_nlsql.english.words import parts, stems
from kpi_nlsql.grammar.reconciling.composite_keys import key_mentions
from kpi_nlsql.grammar.reconciling.relation import Relation
from kpi_nlsql.mentions.homes import naming_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.schema.ruleset import ColumnPair
from kpi_nlsql.schema.shared_values import MINIMUM_SHARE, share
from kpi_nlsql.sentence import Sentence

_SURE_COLUMN = 0.95
_SPOKEN = 0.9
_ASKED = 1.0
_PARTLY = 0.6
_LIKELY = 0.6
_SHOWN = 0.85
_TELLING = 10
"""Values from which on it is no chance that two columns share them."""
_BOUNDING = ("compare", "between", "before", "after")
_DETERMINERS = frozenset({"the", "all", "our"})
_NAMES = frozenset({"name", "title", "nm"})
_FINITE = frozenset("are is occur occurs exist exists appear appears have has".split())  # noqa: SIM905
_JOIN_WORDS = frozenset("by on using via".split())  # noqa: SIM905


def preferred(sentence: Sentence, options: list[Pairing], compares: bool) -> list[Pairing]:
    """Put the pairing on columns that the sentence names ("by SKU") first."""
    named = _told_columns(sentence)
    if not named:
        return options[:1] if compares else options
    return _foremost([o for o in options if o.pairs[0].left.lower() in named], options)


def told_keys(items: Sequence[Item]) -> list[int]:
    """Return where a column is named behind "by" or "on": "missing from B by SKU"."""
    return [
        position
        for position, item in enumerate(items[1:], start=1)
        if items[position - 1].text in _JOIN_WORDS and item.kind == "mention"
    ]


def _told_columns(sentence: Sentence) -> set[str]:
    return {
        str(hit.column).lower()
        for position in told_keys(sentence.items)
        for hit in sentence.items[position].column_hits()
        if hit.score >= _PARTLY
    }


def _foremost(chosen: list[Pairing], options: list[Pairing]) -> list[Pairing]:
    """Return the options, the foremost of those chosen first and as sure as any of them."""
    best = max((option.score for option in options), default=0.0)
    surer = [replace(each, score=max(best, _SPOKEN)) for each in chosen[:1]]
    return [*surer, *(option for option in options if option not in chosen[:1])]


def spoken_first(sentence: Sentence, relation: Relation, options: list[Pairing]) -> list[Pairing]:
    """Put the pairing on a column spoken of first: "tickets caused by a change not in B"."""
    source, _ = relation.tables(sentence.items)
    if options and options[0].pairs[0].left.lower() in _told_columns(sentence):
        return options
    numbered = _numbered(sentence, relation.source, source)
    spoken = {o.pairs[0].left for o in options if o.score >= _LIKELY} & numbered
    for item, following in pairwise(sentence.items[relation.source + 1 : relation.cue + 1]):
        hits = [hit for hit in item.column_hits() if hit.table == source]
        if any(map(following.is_cue, _BOUNDING)):
            continue  # "shops with a credit limit above 5000" are not looked for by it
        if hits and item.best_column() > item.best_table() and not item.values:
            spoken.add(str(hits[0].column))
    return _foremost([o for o in options if o.pairs[0].left in spoken], options)


def _numbered(sentence: Sentence, position: int, table: str) -> set[str]:
    # "articles in A that are not in B": by the number of the article, whatever else both have.
    words = stems(sentence.items[position].text)
    columns = naming_rows(words[-1:], sentence.graph.table(table))
    return {column.name for column in columns if parts(column.name)[-1] not in _NAMES}


def shared_column(sentence: Sentence, relation: Relation) -> Pairing | None:
    """Return the column asked for: "last names in A that are not in B" compares names."""
    source, target = relation.tables(sentence.items)
    for position, item in enumerate(sentence.items[: min(relation.cue, relation.source)]):
        lead = skip_words_back(sentence.items, position - 1, _DETERMINERS)
        alone = _leads_to_place(sentence.items[position + 1 : relation.source])
        if alone and _says_of_rows(sentence.items, position, relation.source):
            continue
        opened = position == 0 or sentence.items[lead if alone else position - 1].cues
        mine = _hits(item, source)
        theirs = _of_target(sentence, item, mine[:1], target) if alone else _hits(item, target)
        sure = mine and theirs and min(mine[0].score, theirs[0].score) >= _SURE_COLUMN
        if (
            opened
            and sure
            and not item.values
            and not sentence.graph.table(source).column(str(mine[0].column)).measures
            and str(mine[0].column).lower() not in sentence.excluded
        ):
            pair = ColumnPair(str(mine[0].column), str(theirs[0].column))
            score = _ASKED if alone else _SPOKEN
            return Pairing((pair,), score, "the column that is asked for")
    return None


def _says_of_rows(items: Sequence[Item], asked: int, rows: int) -> bool:
    """Tell whether rows are sought: "which currencies occur among the lines that are not in B".

    In "last names in A that are not in B" the names are.
    """
    finite = any(item.is_cue("also") or item.text in _FINITE for item in items[asked + 1 : rows])
    return finite and rows + 1 < len(items) and items[rows + 1].is_cue("relative")


def _hits(item: Item, table: str) -> list[NameHit]:
    return [hit for hit in item.column_hits() if hit.table == table]


def _of_target(
    sentence: Sentence, item: Item, mine: Sequence[NameHit], target: str
) -> list[NameHit]:
    """Return the columns of a table that a mention names.

    Planners have a ``PLANNER_NAME`` there, and families, if they are the same, a ``PART_FAMILY``.
    """
    hits = _hits(item, target)
    if not mine or (hits and hits[0].score >= _SURE_COLUMN):
        return hits
    table = sentence.graph.table(target)
    called = naming_rows(stems(item.text), table)
    known = sentence.graph.table(mine[0].table).column(str(mine[0].column)).values
    partly = [table.column(str(hit.column)) for hit in hits if hit.score >= _LIKELY]
    alike = [c for c in partly if known and c.values and share(known, c.values) >= MINIMUM_SHARE]
    found = called if len(called) == 1 else alike
    return [NameHit(target, column.name, _SURE_COLUMN) for column in found[:1]] or hits


def _leads_to_place(items: Sequence[Item]) -> bool:
    """Tell whether only "that are in" stands before a place, and no rows: "emails in A"."""
    return bool(items) and all(
        item.text != "of"
        and (item.kind == "word" or any(map(item.is_cue, ("relative", "also", "both"))))
        for item in items
    )


def told_pair(sentence: Sentence, relation: Relation) -> Pairing | None:
    """Return the columns named on both sides: "cost centers … not a department code in B"."""
    source, target = relation.tables(sentence.items)
    between = range(relation.cue + 1, relation.target)
    behind = _named(sentence, between, target) if relation.operation == "NOT_IN" else None
    if behind is None:
        return _owned_pair(sentence, relation)
    before = _named(sentence, range(relation.cue - 1, -1, -1), source)
    same = _named(sentence, between, source)
    left = same or before
    return (
        Pairing((ColumnPair(left, behind),), 0.95, "the columns that are named") if left else None
    )


def _owned_pair(sentence: Sentence, relation: Relation) -> Pairing | None:
    # "assets in A whose cost center is not in B": the column is looked for in the other table.
    source, target = relation.tables(sentence.items)
    owned = [at for at in range(relation.cue) if sentence.items[at].text == "whose"]
    if not owned:
        return None
    clause = range(owned[-1] + 1, relation.cue)
    left, right = (_named(sentence, clause, table) for table in (source, target))
    right = right or (left and _holding_same(sentence, source, left, target))
    if left is None or right is None:
        return None
    return Pairing((ColumnPair(left, right),), 0.95, "the column that is named")


def _holding_same(sentence: Sentence, source: str, column: str, target: str) -> str | None:
    """Return the column of a table with the same values: a tax id may be a ``VAT_NO`` there."""
    known = sentence.graph.table(source).column(column).values
    shares = [
        (share(known, other.values), other.name)
        for other in sentence.graph.table(target).columns
        if known and len(other.values) >= _TELLING
    ]
    best, name = max(shares, default=(0.0, ""))
    return name if best >= MINIMUM_SHARE and len(known) >= _TELLING else None


def _named(sentence: Sentence, positions: range, table: str) -> str | None:
    for position in positions:
        item = sentence.items[position]
        hits = [hit for hit in item.column_hits() if hit.table == table]
        if names_column(item) and hits and hits[0].score >= _SURE_COLUMN:
            return str(hits[0].column)
    return None


def names_column(item: Item) -> bool:
    """Tell whether a mention is surely of a column."""
    sure = item.best_column() >= max(_SURE_COLUMN, item.best_table())
    return item.kind == "mention" and sure and not item.values


def least_sure(items: Sequence[Item], position: int) -> float:
    """Return how well a mention must name a column for it to be shown.

    "Their registration, type code and base": half a name is enough in a list.
    """
    listed = position + 1 < len(items) and items[position + 1].text == ","
    return _PARTLY if listed else _SHOWN


def told_key(sentence: Sentence, pairing: Pairing, source: int) -> set[int]:
    """Return where the key is told: "per store and item", "missing from B by SKU"."""
    items = sentence.items
    if len(pairing.pairs) > 1:
        found = set(key_mentions(items))
        return found | {min(found) - 1} if found and items[min(found) - 1].cues else found
    keys = {column for pair in pairing.columns() for column in pair}
    named = [
        at
        for at in told_keys(items)
        if at > source and any(hit.column in keys for hit in items[at].column_hits())
    ]
    return {at for position in named for at in (position - 1, position)}

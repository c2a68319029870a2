"""Named pairs: the columns of two tables that the sentence itself says are to be matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.grammar.reconciling.composite_keys import key_mentions
from kpi_nlsql.grammar.reconciling.relation import Relation
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.schema.ruleset import ColumnPair
from kpi_nlsql.sentence import Sentence

_SURE_COLUMN = 0.95
_SPOKEN = 0.9
_PARTLY = 0.6
_SHOWN = 0.85
_JOIN_WORDS = frozenset("by on using via".split())  # noqa: SIM905


def _foremost(chosen: list[Pairing], options: list[Pairing]) -> list[Pairing]:
    """Return the options, the foremost of those chosen first and as sure as any of them."""
    best = max((option.score for option in options), default=0.0)
    surer = [replace(each, score=max(best, _SPOKEN)) for each in chosen[:1]]
    return [*surer, *(option for option in options if option not in chosen[:1])]


def spoken_first(sentence: Sentence, relation: Relation, options: list[Pairing]) -> list[Pairing]:
    """Put the pairing on a column spoken of first: "tickets caused by a change not in B"."""
    source, _ = relation.tables(sentence.items)
    spoken = {
        next((hit.column for hit in item.column_hits() if hit.table == source), None)
        for item in sentence.items[relation.source + 1 : relation.cue]
        if item.best_column() > item.best_table() and not item.values
    }
    return _foremost([o for o in options if o.pairs[0].left in spoken], options)


def shared_column(sentence: Sentence, relation: Relation) -> Pairing | None:
    """Return the column asked for: "last names in A that are not in B" compares names."""
    source, target = relation.tables(sentence.items)
    for position, item in enumerate(sentence.items[: min(relation.cue, relation.source)]):
        opened = position == 0 or sentence.items[position - 1].cues
        mine = [hit for hit in item.column_hits() if hit.table == source]
        theirs = [hit for hit in item.column_hits() if hit.table == target]
        sure = mine and theirs and min(mine[0].score, theirs[0].score) >= _SURE_COLUMN
        if (
            opened
            and sure
            and not item.values
            and not sentence.graph.table(source).column(str(mine[0].column)).measures
            and str(mine[0].column).lower() not in sentence.excluded
        ):
            pair = ColumnPair(str(mine[0].column), str(theirs[0].column))
            return Pairing((pair,), _SPOKEN, "the column that is asked for")
    return None


def told_pair(sentence: Sentence, relation: Relation) -> Pairing | None:
    """Return the columns named on both sides: "cost centers … not a department code in B"."""
    source, target = relation.tables(sentence.items)
    between = range(relation.cue + 1, relation.target)
    behind = _named(sentence, between, target) if relation.operation == "NOT_IN" else None
    if behind is None:
        return _owned_pair(sentence, relation)
    before = _named(sentence, range(relation.cue - 1, -1, -1), source)
    if before is None:
        return None
    return Pairing((ColumnPair(before, behind),), 0.95, "the columns that are named")


def _owned_pair(sentence: Sentence, relation: Relation) -> Pairing | None:
    # "assets in A whose cost center is not in B": the column is looked for in the other table.
    source, target = relation.tables(sentence.items)
    owned = [at for at in range(relation.cue) if sentence.items[at].text == "whose"]
    if not owned:
        return None
    clause = range(owned[-1] + 1, relation.cue)
    left, right = (_named(sentence, clause, table) for table in (source, target))
    if left is None or right is None:
        return None
    return Pairing((ColumnPair(left, right),), 0.95, "the column that is named")


def _named(sentence: Sentence, positions: range, table: str) -> str | None:
    for position in positions:
        item = sentence.items[position]
        hits = [hit for hit in item.column_hits() if hit.table == table]
        sure = bool(hits) and hits[0].score >= max(_SURE_COLUMN, item.best_table())
        if sure and not item.values:
            return str(hits[0].column)
    return None


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
        return set(key_mentions(items))
    keys = {column for pair in pairing.columns() for column in pair}
    named = [
        at
        for at in range(source + 1, len(items))
        if items[at - 1].text in _JOIN_WORDS
        if any(hit.column in keys for hit in items[at].column_hits())
    ]
    return {at for position in named for at in (position - 1, position)}

"""Reconciliation: which tables a sentence sets against each other, and how."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi_nlsql.grammar import differences, membership
from kpi_nlsql.grammar.compared import Sides
from kpi_nlsql.grammar.membership import Membership, Target
from kpi_nlsql.grammar.presence import Place, find_places
from kpi_nlsql.linking import Item
from kpi_nlsql.pairing import Pairing, pairings
from kpi_nlsql.ruleset import ColumnPair
from kpi_nlsql.sentence import Candidate, Sentence

_SURE_TABLE = 0.6
_SURE_COLUMN = 0.95
_MOST_PAIRINGS = 3
_IN_WORDS = frozenset("in from within inside into at on".split())  # noqa: SIM905
_PRESENCE = frozenset(
    "present found available exist exists existing appear appears appearing included contained "  # noqa: SIM905
    "be listed there a an any recorded matched part of the also known".split()
)
_JOIN_WORDS = frozenset("by on using via".split())  # noqa: SIM905
_DIFFERENT = frozenset(
    "differs from|different from|not equal to|is not equal to|not the same as|different|"  # noqa: SIM905
    "different to|not equal".split("|")
)


@dataclass(frozen=True, slots=True)
class Relation:
    """Two tables and how the sentence relates them; indexes are positions of items."""

    operation: str
    source: int
    target: int
    cue: int
    further: tuple[Place, ...] = ()
    either: bool = False


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the readings of the sentence as a reconciliation, one for each way to pair rows."""
    relation = find_relation(sentence.items)
    if relation is None:
        return
    source, target = (
        sentence.items[position].table_hits()[0].table
        for position in (relation.source, relation.target)
    )
    compares = relation.operation in {"EQUALS", "NOT_EQUALS"}
    options = _preferred(sentence, pairings(sentence, source, target), compares)
    shared = None if compares else _shared_column(sentence, relation, source, target)
    told = None if compares else _told_pair(sentence, relation, source, target)
    for named in (shared, told):
        if named is not None and sentence.ruleset is None:
            options = [named, *options]
    for pairing in options[:_MOST_PAIRINGS]:
        if compares:
            sides = Sides(source, target, pairing, relation.cue)
            yield from differences.read(sentence, relation.operation, sides)
        else:
            yield from _members(sentence, relation, pairing)


def _members(sentence: Sentence, relation: Relation, pairing: Pairing) -> Iterator[Candidate]:
    source = _name(sentence.items, relation.source)
    negative = relation.operation == "NOT_IN"
    first = Target(relation.target, _name(sentence.items, relation.target), pairing, negative)
    targets = [first]
    for place in relation.further:
        table = _name(sentence.items, place.position)
        best = next(iter(pairings(sentence, source, table)), None)
        if best is None:
            return
        targets.append(Target(place.position, table, best, place.negative))
    asked = Membership(
        relation.operation, relation.source, relation.cue, tuple(targets), relation.either
    )
    yield from membership.read(sentence, asked)


def find_relation(items: tuple[Item, ...]) -> Relation | None:
    """Return the two tables that the sentence sets against each other; None if it does not."""
    tables = [position for position, item in enumerate(items) if _is_table(items, position)]
    if len({_name(items, position) for position in tables}) < 2:
        return None
    several = find_places(items, tables)
    if several is not None:
        first, *further = several.places
        operation = "NOT_IN" if first.negative else "IN"
        return Relation(
            operation, several.source, first.position, several.cue, tuple(further), several.either
        )
    for finder in (_missing, _different, _agreeing, _only, _common):
        for position in range(len(items)):
            found = finder(items, tables, position)
            if found is not None:
                return found
    return None


def _is_table(items: tuple[Item, ...], position: int) -> bool:
    item = items[position]
    best = item.best_table()
    if position and items[position - 1].text == "whose" and item.best_column() >= _SURE_COLUMN:
        return False
    if best < _SURE_COLUMN and any(hit.score >= 1.0 for hit in item.values):
        return False
    return best >= _SURE_TABLE and best >= item.best_column() - 0.15


def _name(items: tuple[Item, ...], position: int) -> str:
    return items[position].table_hits()[0].table


def _around(
    items: tuple[Item, ...], tables: list[int], position: int
) -> tuple[int | None, int | None, int | None]:
    """Return the tables before and behind a cue, and the one behind that; each another table."""
    after = [table for table in tables if table > position]
    target = after[0] if after else None
    taken = {_name(items, target)} if target is not None else set()
    before = [t for t in tables if t < position and _name(items, t) not in taken]
    further = [t for t in after[1:] if _name(items, t) not in taken]
    return before[-1] if before else None, target, further[0] if further else None


def _missing(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    before, target, further = _around(items, tables, position)
    if target is None or not _denies(items, position, target):
        return None
    source = before if before is not None and before != tables[0] else further
    source = source if source is not None else before
    return None if source is None else Relation("NOT_IN", source, target, position)


def _different(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    item = items[position]
    told = item.is_cue("mismatch") or item.is_cue("compare_tables") or item.text in _DIFFERENT
    return _compared(items, tables, position, "NOT_EQUALS") if told else None


def _agreeing(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    item = items[position]
    denied = position > 0 and items[position - 1].is_cue("not")
    if denied or not item.is_cue("agree") or not _has_shared_column(items):
        return None
    return _compared(items, tables, position, "EQUALS")


def _compared(
    items: tuple[Item, ...], tables: list[int], position: int, operation: str
) -> Relation | None:
    last = tables[-1]
    others = [table for table in tables if _name(items, table) != _name(items, last)]
    near = [table for table in others if not _leads(items, table)] or others
    if position < near[0] and not any(items[position + 1 : near[0]]):
        return None
    return Relation(operation, near[-1], last, position)


def _leads(items: tuple[Item, ...], position: int) -> bool:
    """Tell whether the mention is the subject at the start of the sentence."""
    return all(item.is_cue("show") or item.is_cue("all") for item in items[:position])


def _has_shared_column(items: tuple[Item, ...]) -> bool:
    return any(
        item.best_column() >= _SURE_COLUMN and item.best_table() < item.best_column()
        for item in items
    )


def _only(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    if not items[position].is_cue("only"):
        return None
    _, source, _ = _around(items, tables, position)
    if source is None or not _near(items, position, source):
        return None
    others = [table for table in tables if _name(items, table) != _name(items, source)]
    return Relation("NOT_IN", source, others[-1], position) if others else None


def _common(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    item = items[position]
    before, target, further = _around(items, tables, position)
    if item.is_cue("both") and target is not None and further is not None:
        return (
            Relation("IN", target, further, position)
            if _paired(items, position, target, further)
            else None
        )
    if not item.is_cue("also") or target is None or not _near(items, position, target):
        return None
    if item.text in {"are in", "is in", "that are in", "which are in"} and before == tables[0]:
        return Relation("IN", before, target, position) if len(tables) == 2 else None
    return None if before is None else Relation("IN", before, target, position)


def _paired(items: tuple[Item, ...], position: int, first: int, second: int) -> bool:
    """Tell whether the two tables stand right behind "both"."""
    between = [*items[position + 1 : first], *items[first + 1 : second]]
    return all(
        item.kind in {"word", "mark"} or item.is_cue("all") or item.is_cue("also")
        for item in between
    )


def _denies(items: tuple[Item, ...], position: int, target: int) -> bool:
    """Tell whether the item says that something is not in the table that follows."""
    item = items[position]
    if item.is_cue("missing"):
        unclear = item.text in {"but not", "missing"} and items[position + 1].text not in _IN_WORDS
        return not unclear and _near(items, position, target)
    if not item.is_cue("not"):
        return False
    between = items[position + 1 : target]
    return any(other.text in _IN_WORDS for other in between) and all(
        other.text in _IN_WORDS
        or other.text in _PRESENCE
        or other.is_cue("also")
        or other.is_cue("agree")
        or _is_column(other)
        for other in between
    )


def _is_column(item: Item) -> bool:
    sure = item.best_column() >= max(_SURE_COLUMN, item.best_table())
    return item.kind == "mention" and sure and not item.values


def _near(items: tuple[Item, ...], position: int, target: int) -> bool:
    return all(
        item.kind == "word" and (item.text in _IN_WORDS or item.text in _PRESENCE)
        for item in items[position + 1 : target]
    )


def _preferred(sentence: Sentence, options: list[Pairing], compares: bool) -> list[Pairing]:
    """Put the pairing on columns that the sentence names ("by SKU") first."""
    named: set[str] = set()
    for position, item in enumerate(sentence.items[1:], start=1):
        if sentence.items[position - 1].text in _JOIN_WORDS and item.kind == "mention":
            named |= {(hit.column or "").lower() for hit in item.column_hits() if hit.score >= 0.6}
    if not named:
        return options[:1] if compares else options
    return sorted(options, key=lambda option: option.pairs[0].left.lower() not in named)


def _shared_column(
    sentence: Sentence, relation: Relation, source: str, target: str
) -> Pairing | None:
    # "last names in A that are not in B": the column asked for is what is compared.
    for position, item in enumerate(sentence.items[: min(relation.cue, relation.source)]):
        opened = position == 0 or sentence.items[position - 1].cues
        mine = [hit for hit in item.column_hits() if hit.table == source]
        theirs = [hit for hit in item.column_hits() if hit.table == target]
        sure = mine and theirs and min(mine[0].score, theirs[0].score) >= _SURE_COLUMN
        if (
            opened
            and sure
            and not item.values
            and str(mine[0].column).lower() not in sentence.excluded
        ):
            pair = ColumnPair(str(mine[0].column), str(theirs[0].column))
            return Pairing((pair,), 0.9, "the column that is asked for")
    return None


def _told_pair(sentence: Sentence, relation: Relation, source: str, target: str) -> Pairing | None:
    # "cost centers in A that are not a department code in B": both columns are named.
    between = range(relation.cue + 1, relation.target)
    behind = _named(sentence, between, target) if relation.operation == "NOT_IN" else None
    if behind is None:
        return _owned_pair(sentence, relation, source, target)
    before = _named(sentence, range(relation.cue - 1, -1, -1), source)
    same = _named(sentence, between, source)
    left = same or before
    return (
        Pairing((ColumnPair(left, behind),), 0.95, "the columns that are named") if left else None
    )


def _named(sentence: Sentence, positions: range, table: str) -> str | None:
    for position in positions:
        item = sentence.items[position]
        hits = [hit for hit in item.column_hits() if hit.table == table]
        if _is_column(item) and hits and hits[0].score >= _SURE_COLUMN:
            return str(hits[0].column)
    return None


def _owned_pair(sentence: Sentence, relation: Relation, source: str, target: str) -> Pairing | None:
    # "assets in A whose cost center is not in B": the column is looked for in the other table.
    owned = [at for at in range(relation.cue) if sentence.items[at].text == "whose"]
    if relation.operation != "NOT_IN" or not owned:
        return None
    clause = range(owned[-1] + 1, relation.cue)
    left, right = (_named(sentence, clause, table) for table in (source, target))
    if left is None or right is None:
        return None
    return Pairing((ColumnPair(left, right),), 0.95, "the column that is named")

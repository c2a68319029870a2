"""Reconciliation: which tables a sentence sets against each other, and how."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.grammar import unions
from kpi_nlsql.grammar.conditions.only_such import POSSESSION
from kpi_nlsql.grammar.reconciling import differences, membership
from kpi_nlsql.grammar.reconciling.compared import Sides
from kpi_nlsql.grammar.reconciling.composite_keys import composite_key, key_mentions, says_same
from kpi_nlsql.grammar.reconciling.differing import agreeing, denies_column, different
from kpi_nlsql.grammar.reconciling.matching_by import matching_by
from kpi_nlsql.grammar.reconciling.named_pairs import (
    names_column,
    preferred,
    shared_column,
    spoken_first,
    told_pair,
)
from kpi_nlsql.grammar.reconciling.owned_columns import compares_owned
from kpi_nlsql.grammar.reconciling.passed_through import from_head
from kpi_nlsql.grammar.reconciling.presence import find_places
from kpi_nlsql.grammar.reconciling.relation import Relation, table_at, told_there
from kpi_nlsql.grammar.reconciling.target_conditions import NOTHING, said_of, state_in_both
from kpi_nlsql.grammar.reconciling.targets import Membership, Target
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.pairing import Pairing, pairings
from kpi_nlsql.sentence import Candidate, Sentence

_SURE_TABLE = 0.6
_SURE_COLUMN = 0.95
_MOST_PAIRINGS = 3
_IN_WORDS = frozenset("in from within inside into at on among amongst under".split())  # noqa: SIM905
_KEYED = frozenset({"for", "with", "on", "of", "in", "(", ","})
_PRESENCE = frozenset(
    "present found available exist exists existing appear appears appearing included contained "  # noqa: SIM905
    "be listed there a an any recorded matched part of the also known our its their this "
    "registered booked loaded defined maintained kept used held set up".split()
)


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the readings of the sentence as a reconciliation, one for each way to pair rows."""
    relation = find_relation(sentence.items)
    if relation is None or (relation.operation == "NOT_IN" and unions.is_exclusive(sentence)):
        return
    relation = from_head(sentence, relation)
    source, target = relation.tables(sentence.items)
    compares = relation.operation in {"EQUALS", "NOT_EQUALS"}
    options = preferred(sentence, pairings(sentence, source, target), compares)
    if sentence.ruleset is None:
        options = _told(sentence, relation, options, compares)
    for pairing in options[:_MOST_PAIRINGS]:
        if compares:
            sides = Sides(source, target, pairing, relation.cue)
            yield from differences.read(sentence, relation.operation, sides)
        else:
            yield from _members(sentence, relation, pairing)


def _told(
    sentence: Sentence, relation: Relation, options: list[Pairing], compares: bool
) -> list[Pairing]:
    """Put the pairings that the sentence tells itself before the others."""
    whole = composite_key(sentence, *relation.tables(sentence.items))
    if whole is not None and not compares:
        return [whole]  # "also in B with the same item and batch": by no less than both
    told = [whole]
    if not compares:
        options = spoken_first(sentence, relation, options)
        told += [told_pair(sentence, relation), shared_column(sentence, relation)]
    return [*(pairing for pairing in told if pairing is not None), *options]


def _members(sentence: Sentence, relation: Relation, pairing: Pairing) -> Iterator[Candidate]:
    source = table_at(sentence.items, relation.source)
    negative = relation.operation == "NOT_IN"
    if negative and _denies_same(sentence, relation):
        return
    targets = [_target(sentence, relation.target, pairing, negative, relation)]
    for place in relation.further:
        table = table_at(sentence.items, place.position)
        best = next(iter(pairings(sentence, source, table)), None)
        if best is None:
            return
        targets.append(_target(sentence, place.position, best, place.negative, relation))
    asked = Membership(
        relation.operation,
        relation.source,
        relation.cue,
        tuple(targets),
        relation.either,
        relation.through,
    )
    yield from membership.read(sentence, asked)


def _denies_same(sentence: Sentence, relation: Relation) -> bool:
    """Tell whether a value is denied in B, and no row: "do not have the same unit", "no unit"."""
    items, start = sentence.items, relation.cue + 1
    alike = start < len(items) and items[start].is_cue("agree")
    if not (alike or items[relation.cue].text == "no") or relation.target < start + alike:
        return False
    hits = [hit for hit in items[start + alike].column_hits() if hit.score >= _SURE_COLUMN]
    hits = [hit for hit in hits if hit.table in relation.tables(items)]
    tables = [(sentence.graph.table(hit.table), str(hit.column)) for hit in hits]
    held = alike or len({table.name for table, _ in tables}) > 1
    return bool(hits) and held and not any(table.identifies((name,)) for table, name in tables)


def _target(
    sentence: Sentence, position: int, pairing: Pairing, negative: bool, relation: Relation
) -> Target:
    source = table_at(sentence.items, relation.source)
    said = said_of(sentence, position, relation.cue, source)
    if said is NOTHING and not negative:
        said = state_in_both(sentence, position, relation.cue)
    return Target(position, table_at(sentence.items, position), pairing, negative, said)


def find_relation(items: tuple[Item, ...]) -> Relation | None:
    """Return the two tables that the sentence sets against each other; None if it does not."""
    if (compared := compares_owned(items)) is not None:
        return compared
    keys = key_mentions(items)
    tables = [at for at in range(len(items)) if at not in keys and _is_table(items, at)]
    if len({table_at(items, position) for position in tables}) < 2:
        return None
    several = find_places(items, tables)
    if several is not None:
        first, *further = several.places
        operation = "NOT_IN" if first.negative else "IN"
        return Relation(
            operation, several.source, first.position, several.cue, tuple(further), several.either
        )
    for finder in (_missing, matching_by, different, agreeing, _only, _common, _without_same):
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


def _around(
    items: tuple[Item, ...], tables: list[int], position: int
) -> tuple[int | None, int | None, int | None]:
    """Return the tables before and behind a cue, and the one behind that; each another table."""
    after = [table for table in tables if table > position]
    target = after[0] if after else None
    taken = {table_at(items, target)} if target is not None else set()
    before = [t for t in tables if t < position and table_at(items, t) not in taken]
    further = [t for t in after[1:] if table_at(items, t) not in taken]
    return before[-1] if before else None, target, further[0] if further else None


def _missing(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    before, target, further = _around(items, tables, position)
    if target is None or not _denies(items, position, target):
        return None
    if told_there(items, tables, position, target):
        return None
    source = before if before is not None and before != tables[0] else further
    source = source if source is not None else before
    return None if source is None else Relation("NOT_IN", source, target, position)


def _only(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    if not items[position].is_cue("only") or _asks_only(items, position):
        return None
    _, source, _ = _around(items, tables, position)
    if source is None or not _near(items, position, source):
        return None
    others = [table for table in tables if table_at(items, table) != table_at(items, source)]
    return Relation("NOT_IN", source, others[-1], position) if others else None


def _without_same(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    # "balances without a confirmation for the same entity and period": the key is told
    keys = key_mentions(items)
    if not items[position].is_cue("not") or not keys or not says_same(items, keys[0] - 1):
        return None
    before, target, _ = _around(items, tables, position)
    if before is None or target is None or target > keys[0]:
        return None
    led = all(item.text in _KEYED for item in items[target + 1 : keys[0] - 1])
    near = all(item.kind == "word" or item.is_cue("agree") for item in items[position + 1 : target])
    return Relation("NOT_IN", before, target, position) if led and near else None


def _asks_only(items: tuple[Item, ...], position: int) -> bool:
    # "Show only the parcels which are in A": nothing else is wanted, whatever else there is.
    if not 0 < position < len(items) - 1 or items[position].text != "only":
        return False
    # "with only shipped orders", "who only have paid invoices": of one kind.
    beside = {items[position - 1].last_word, items[position + 1].text}
    return items[position - 1].is_cue("show") or bool(beside & POSSESSION)


def _common(items: tuple[Item, ...], tables: list[int], position: int) -> Relation | None:
    item = items[position]
    before, target, further = _around(items, tables, position)
    if item.is_cue("both") and target is not None and further is not None:
        if _is_owned(items, position):
            return None
        return (
            Relation("IN", target, further, position)
            if _paired(items, position, target, further)
            else None
        )
    if not item.is_cue("also") or target is None or not _near(items, position, target):
        return None
    if _is_none(items, position - 1):
        return None
    if item.text in {"are in", "is in", "that are in", "which are in"} and before == tables[0]:
        return Relation("IN", before, target, position) if len(tables) == 2 else None
    return None if before is None else Relation("IN", before, target, position)


def _is_none(items: tuple[Item, ...], noun: int) -> bool:
    # "for which no payment exists in A": none is there
    return noun > 0 and items[noun].kind == "mention" and items[noun - 1].text in {"no", "zero"}


def _paired(items: tuple[Item, ...], position: int, first: int, second: int) -> bool:
    """Tell whether the two tables stand right behind "both"."""
    between = [*items[position + 1 : first], *items[first + 1 : second]]
    return all(
        item.kind in {"word", "mark"} or item.is_cue("all") or item.is_cue("also")
        for item in between
    )


def _is_owned(items: tuple[Item, ...], position: int) -> bool:
    # "deals that have both a receipt and an invoice": neither of the two is what is asked for.
    before = items[position - 1] if position else items[position]
    return items[position].text == "both" and before.text in {"have", "has", "with", "having"}


def _denies(items: tuple[Item, ...], position: int, target: int) -> bool:
    """Tell whether the item says that something is not in the table that follows."""
    item = items[position]
    if item.is_cue("missing"):
        unclear = item.text in {"but not", "missing"} and not _leads_in(items, position + 1)
        return not unclear and _near(items, position, target)
    if not item.is_cue("not") or denies_column(items, position):
        return False
    between = items[position + 1 : target]
    if _denies_state(between, items[target]):
        return False
    return any(other.text in _IN_WORDS for other in between) and all(
        other.text in _IN_WORDS
        or other.text in _PRESENCE
        or other.is_cue("also")
        or other.is_cue("agree")
        or (other.text.endswith("ed") and other.best_table() < _SURE_COLUMN)
        or names_column(other)
        or _happens(other)
        or _modifies(other, items[target])
        or (other is between[-1] and _describes(other))
        for other in between
    )


def _leads_in(items: tuple[Item, ...], position: int) -> bool:
    # "but not in A", "but not defined in A"
    at = position + (items[position].text in _PRESENCE)
    return at < len(items) and items[at].text in _IN_WORDS


def _denies_state(between: tuple[Item, ...], target: Item) -> bool:
    # "not released in A", where A has a status Released: such a row is denied, not any.
    state = between[0] if between else None
    if state is None or state.text in _PRESENCE or not _modifies(state, target):
        return False
    return any(other.text in _IN_WORDS for other in between[1:])


def _describes(item: Item) -> bool:
    # "not in the web shop": a word that nothing is called by, right before the place.
    return item.kind == "word" and item.text not in FUNCTION_WORDS | _PRESENCE


def _modifies(item: Item, target: Item) -> bool:
    # "not among the active vendors": a value that the rows of the table have.
    return any(hit.table == target.table_hits()[0].table for hit in item.values)


def _happens(item: Item) -> bool:
    # "not registered in A": what is not done there, even if "Registered" is a value somewhere.
    return item.text.endswith("ed") and not item.hits


def _near(items: tuple[Item, ...], position: int, target: int) -> bool:
    return all(
        (item.kind == "word" and (item.text in _IN_WORDS or item.text in _PRESENCE))
        or _modifies(item, items[target])
        or (at == target - 1 and _describes(item))
        for at, item in enumerate(items[position + 1 : target], start=position + 1)
    )

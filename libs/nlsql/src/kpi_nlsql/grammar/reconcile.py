"""Reconciliation: rows of A that are not in B, also in B, in both, or differ in a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi_nlsql import plan
from kpi_nlsql.grammar.row_filters import row_filters
from kpi_nlsql.linking import Item
from kpi_nlsql.ruleset import ColumnPair
from kpi_nlsql.pairing import Pairing, pairings
from kpi_nlsql.sentence import Candidate, Sentence

_SURE_TABLE = 0.6
_SURE_COLUMN = 0.85
_IN_WORDS = frozenset(["in", "from", "within", "inside", "into", "at", "on"])
_PRESENCE = frozenset(
    [
        "present",
        "found",
        "available",
        "exist",
        "exists",
        "existing",
        "appear",
        "appears",
        "appearing",
        "included",
        "contained",
        "be",
        "listed",
        "there",
        "recorded",
        "matched",
        "part",
        "of",
        "the",
        "any",
        "also",
        "a",
        "known",
    ]
)
_JOIN_WORDS = frozenset(["by", "on", "using", "via"])


@dataclass(frozen=True, slots=True)
class _Relation:
    """Two tables and how the sentence relates them; indexes are positions of items."""

    operation: str
    source: int
    target: int
    cue: int


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the reading of the sentence as a reconciliation, if it is one."""
    relation = _relation(sentence.items)
    if relation is None:
        return
    source, target = (
        sentence.items[position].table_hits()[0].table
        for position in (relation.source, relation.target)
    )
    if source == target:
        return
    options = _preferred(sentence, relation, pairings(sentence, source, target))
    shared = _shared_column(sentence, relation, source, target)
    if shared is not None and sentence.ruleset is None and relation.operation != "NOT_EQUALS":
        options = [shared, *options]
    made = [
        candidate
        for pairing in options[:3]
        if (candidate := _candidate(sentence, relation, source, target, pairing))
    ]
    yield from made


def _shared_column(
    sentence: Sentence, relation: _Relation, source: str, target: str
) -> Pairing | None:
    """ "last names in A that are not in B": the column asked for is what is compared."""
    for position, item in enumerate(sentence.items[: max(relation.cue, relation.source)]):
        mine = [hit for hit in item.column_hits() if hit.table == source and hit.score >= 0.95]
        theirs = [hit for hit in item.column_hits() if hit.table == target and hit.score >= 0.95]
        named = mine and theirs and not item.values and position not in {relation.source}
        if named and str(mine[0].column).lower() not in sentence.excluded:
            pair = ColumnPair(str(mine[0].column), str(theirs[0].column))
            return Pairing((pair,), 0.9, "the column that is asked for")
    return None


def _is_table(item: Item) -> bool:
    best = item.best_table()
    return best >= _SURE_TABLE and best >= item.best_column() - 0.15


def _relation(items: tuple[Item, ...]) -> _Relation | None:
    tables = [position for position, item in enumerate(items) if _is_table(item)]
    if len({items[position].table_hits()[0].table for position in tables}) < 2:
        return None
    for position, item in enumerate(items):
        found = _at(items, tables, position, item)
        if found is not None:
            return found
    return None


def _at(items: tuple[Item, ...], tables: list[int], position: int, item: Item) -> _Relation | None:
    before = [table for table in tables if table < position]
    after = [table for table in tables if table > position]
    pair = (before[-1], after[0]) if before and after else None
    if item.is_cue("mismatch") or item.is_cue("compare_tables"):
        return _Relation("NOT_EQUALS", *_last_two(items, tables), position)
    if item.is_cue("only") and after and _near(items, position, after[0]):
        others = [t for t in tables if t != after[0] and _distinct(items, t, after[0])]
        return _Relation("NOT_IN", after[0], others[-1], position) if others else None
    if item.is_cue("both") and len(after) >= 2 and _paired(items, position, after):
        return _Relation("IN", after[0], after[1], position)
    if pair and _denies(items, position, pair[1]):
        return _Relation("NOT_IN", *pair, position)
    if pair and item.is_cue("also") and _near(items, position, pair[1]):
        if pair[0] == tables[0] and item.text in {
            "are in",
            "is in",
            "that are in",
            "which are in",
            "in",
        }:
            return None if len(before) + len(after) > 2 else _Relation("IN", *pair, position)
        return _Relation("IN", *pair, position)
    return None


def _paired(items: tuple[Item, ...], position: int, after: list[int]) -> bool:
    """Tell whether the two tables stand right behind "both"."""
    between = [*items[position + 1 : after[0]], *items[after[0] + 1 : after[1]]]
    return _distinct(items, after[0], after[1]) and all(
        item.kind in {"word", "mark"} or item.is_cue("all") or item.is_cue("also")
        for item in between
    )


def _last_two(items: tuple[Item, ...], tables: list[int]) -> tuple[int, int]:
    last = tables[-1]
    others = [table for table in tables if _distinct(items, table, last)]
    return others[-1], last


def _distinct(items: tuple[Item, ...], one: int, other: int) -> bool:
    return items[one].table_hits()[0].table != items[other].table_hits()[0].table


def _denies(items: tuple[Item, ...], position: int, target: int) -> bool:
    """Tell whether the item at ``position`` says that something is not in the table that follows."""
    item = items[position]
    if item.is_cue("missing"):
        if item.text in {"but not", "missing"} and items[position + 1].text not in _IN_WORDS:
            return False
        return _near(items, position, target)
    if not item.is_cue("not"):
        return False
    between = items[position + 1 : target]
    return any(other.text in _IN_WORDS for other in between) and all(
        other.text in _IN_WORDS or other.text in _PRESENCE or other.is_cue("also")
        for other in between
    )


def _near(items: tuple[Item, ...], position: int, target: int) -> bool:
    return all(
        item.kind == "word" and (item.text in _IN_WORDS or item.text in _PRESENCE)
        for item in items[position + 1 : target]
    )


def _preferred(sentence: Sentence, relation: _Relation, options: list[Pairing]) -> list[Pairing]:
    """Put the pairing on columns that the sentence names ("by SKU") first."""
    named = set()
    for position, item in enumerate(sentence.items[1:], start=1):
        if sentence.items[position - 1].text in _JOIN_WORDS and item.kind == "mention":
            named |= {(hit.column or "").lower() for hit in item.column_hits() if hit.score >= 0.6}
    if not named or relation.operation == "NOT_EQUALS":
        return options
    return sorted(options, key=lambda option: option.pairs[0].left.lower() not in named)


def _candidate(
    sentence: Sentence, relation: _Relation, source: str, target: str, pairing: Pairing
) -> Candidate | None:
    used = {relation.source, relation.target, relation.cue}
    if relation.operation == "NOT_EQUALS":
        made = _mismatch(sentence, source, target, pairing, used)
    else:
        made = _membership(sentence, relation, source, target, pairing, used)
    if made is None:
        return None
    query, explanation = made
    return Candidate(
        plan=query,
        kind="reconcile",
        operation=relation.operation,
        explanation=explanation,
        source_table=source,
        target_table=target,
        joined_columns=pairing.columns(),
        used=frozenset(used),
        features={"pairing": pairing.score},
    )


def _membership(
    sentence: Sentence,
    relation: _Relation,
    source: str,
    target: str,
    pairing: Pairing,
    used: set[int],
) -> tuple[plan.Query, str]:
    negative = relation.operation == "NOT_IN"
    filters, told = row_filters(sentence, source, "s", used)
    inner = plan.Query(
        outputs=(plan.Output(plan.Constant(1)),),
        source=plan.Source(target, "t"),
        where=plan.all_of(list(pairing.conditions("s", "t"))),
    )
    exists: plan.Condition = plan.Exists(inner)
    terms = [*filters, plan.Not(exists) if negative else exists]
    outputs, what, distinct = _outputs(sentence, relation, source, used)
    keys = ", ".join(
        left if left == right else f"{left} = {right}" for left, right in pairing.columns()
    )
    verb = "have no match" if negative else "have a match"
    explanation = f"{what} of {source}{told} that {verb} in {target} by {keys}"
    query = plan.Query(
        outputs, plan.Source(source, "s"), where=plan.all_of(terms), distinct=distinct
    )
    return query, explanation


def _outputs(
    sentence: Sentence, relation: _Relation, source: str, used: set[int]
) -> tuple[tuple[plan.Output, ...], str, bool]:
    """Return what is asked for: a count, named columns, or whole rows of the source."""
    count, columns = False, []
    for position, item in enumerate(sentence.items):
        if item.is_cue("count"):
            count = True
            used.add(position)
        elif position < relation.cue and position not in used and item.kind == "mention":
            exact = [hit for hit in item.column_hits() if hit.table == source]
            if exact and exact[0].score >= _SURE_COLUMN and item.best_table() < exact[0].score:
                columns.append(str(exact[0].column))
            if position < relation.source:
                used.add(position)  # the subject: what the rows are rows of
    if count and not columns:
        return (
            (plan.Output(plan.Aggregate("count", plan.Star()), "count"),),
            "The number of rows",
            False,
        )
    refs = [plan.ColumnRef("s", column) for column in dict.fromkeys(columns)]
    if count:
        total = plan.Aggregate("count", refs[0], distinct=True)
        return (plan.Output(total, "count"),), f"The number of different {columns[0]}", False
    if refs:
        return tuple(plan.Output(ref) for ref in refs), "The different " + ", ".join(columns), True
    return (plan.Output(plan.Star("s")),), "All rows", False


def _mismatch(
    sentence: Sentence, source: str, target: str, pairing: Pairing, used: set[int]
) -> tuple[plan.Query, str] | None:
    """Rows that pair up but differ in a column that both tables have."""
    left, right = sentence.graph.table(source), sentence.graph.table(target)
    keys = {column.lower() for pair in pairing.columns() for column in pair}
    columns: list[tuple[str, str]] = []
    count = False
    for position, item in enumerate(sentence.items):
        if item.is_cue("count"):
            count = True
            used.add(position)
        if item.kind != "mention" or position in used:
            continue
        mine = [hit for hit in item.column_hits() if hit.table == source]
        theirs = [hit for hit in item.column_hits() if hit.table == target]
        if mine and theirs and str(mine[0].column).lower() not in keys:
            columns.append((str(mine[0].column), str(theirs[0].column)))
            used.add(position)
    if not columns:
        columns = [
            (column.name, right.column(column.name).name)
            for column in left.columns
            if right.has(column.name) and column.name.lower() not in keys
        ]
    if not columns:
        return None
    return _difference(source, target, pairing, columns, count)


def _difference(
    source: str, target: str, pairing: Pairing, columns: list[tuple[str, str]], count: bool
) -> tuple[plan.Query, str]:
    differs = [_differs(plan.ColumnRef("s", a), plan.ColumnRef("t", b)) for a, b in columns]
    outputs = [plan.Output(plan.ColumnRef("s", pair.left)) for pair in pairing.pairs]
    for a, b in columns:
        outputs.append(plan.Output(plan.ColumnRef("s", a), f"source_{a}"))
        outputs.append(plan.Output(plan.ColumnRef("t", b), f"target_{b}"))
    if count:
        outputs = [plan.Output(plan.Aggregate("count", plan.Star()), "count")]
    query = plan.Query(
        outputs=tuple(outputs),
        source=plan.Source(source, "s"),
        joins=(plan.JoinStep(plan.Source(target, "t"), pairing.conditions("s", "t")),),
        where=plan.AnyOf(tuple(differs)) if len(differs) > 1 else differs[0],
    )
    keys = ", ".join(pair.left for pair in pairing.pairs)
    names = ", ".join(a for a, _ in columns)
    return query, f"Rows of {source} and {target} with the same {keys} whose {names} differ"


def _differs(left: plan.ColumnRef, right: plan.ColumnRef) -> plan.Condition:
    """``IS DISTINCT FROM``, spelt out: a value against NULL differs, NULL against NULL does not."""
    return plan.AnyOf(
        (
            plan.Compare(left, "!=", right),
            plan.All((plan.IsNull(left), plan.Not(plan.IsNull(right)))),
            plan.All((plan.Not(plan.IsNull(left)), plan.IsNull(right))),
        )
    )

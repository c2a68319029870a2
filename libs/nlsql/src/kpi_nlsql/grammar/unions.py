"""Unions: "SKUs present in A or in B" — the values that one of two tables has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_nlsql.grammar.reconciling.row_filters import row_filters
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.pairing import pairings
from kpi_nlsql.sentence import Candidate, Sentence

_SURE = 0.6
_NAMED = 0.95
_JOINING = frozenset("or either in the from of a at on".split())  # noqa: SIM905
_EXCLUSIVE = (
    "but not both", "but not in both", "only one of", "exactly one of", "just one of",
    "only in one of", "not in both", "one but not the other", "not both", "one side only",
    "one of them only", "only in one", "in one only", "in just one", "in exactly one",
)  # fmt: skip
_EXCLUSIVE_WORDS = frozenset("only exactly just one two both but systems tables".split())  # noqa: SIM905
_USED = ("also", "all", "distinct", "count", "details", "both")


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the reading of a sentence about what is in one table or the other."""
    exclusive = is_exclusive(sentence)
    found = _tables(sentence.items, exclusive)
    if found is None:
        return
    (first, left), (second, right), *lacking = found
    columns = _columns(sentence, left, right)
    if columns is None:
        return
    names, used = columns
    used |= {first, second}
    held, other = _of_both(sentence, left, right, used)
    used |= {i for i, item in enumerate(sentence.items) if any(item.is_cue(k) for k in _USED)}
    counts = any(
        item.is_cue("count") and not item.text.startswith("numbers") for item in sentence.items
    )
    mine, theirs = [a for a, _ in names], [b for _, b in names]
    if exclusive:
        held.append(_absent(mine, left, right, theirs))
        other.append(_absent(theirs, right, left, mine))
    for position, third in lacking:  # "in A or in B but not in C"
        used |= set(range(second + 1, position + 1))
        for table, conditions in ((left, held), (right, other)):
            pairing = next(iter(pairings(sentence, table, third)), None)
            if pairing is None:
                return
            own, outer = zip(*pairing.columns(), strict=True)
            conditions.append(_absent(own, table, third, outer))
    union = plan.SetQuery(
        "union",
        _values(left, mine, held),
        _values(right, theirs, other),
    )
    if exclusive:
        used |= _said_exclusively(sentence.items)
    told = f"{', '.join(mine)} of {'only one of ' if exclusive else ''}{left} or {right}"
    yield Candidate(
        plan=_counted(union, left) if counts else union,
        kind="reconcile",
        operation="IN",
        explanation=f"{'The number of' if counts else 'The'} different {told}",
        source_table=left,
        target_table=right,
        joined_columns=tuple(names),
        used=frozenset(used),
        features={"pairing": 0.95},
    )


def _of_both(
    sentence: Sentence, left: str, right: str, used: set[int]
) -> tuple[list[plan.Condition], list[plan.Condition]]:
    """Return what values say of the rows of each table: "active in A or in B".

    What only one of them can say is left unread.
    """
    mine, theirs = set(used), set(used)
    held, _ = row_filters(sentence, left, left, mine)
    other, _ = row_filters(sentence, right, right, theirs)
    if mine != theirs:
        return [], []
    used |= mine
    return held, other


def is_exclusive(sentence: Sentence) -> bool:
    """Tell whether the rows are to be in one table and not in the other, whichever it is."""
    words = " ".join(token.lower for token in sentence.tokens)
    if any(phrase in words for phrase in _EXCLUSIVE):
        return True
    only = [at for at, item in enumerate(sentence.items) if item.is_cue("only")]
    between = sentence.items[only[0] : only[-1]] if len(only) == 2 else ()
    return any(item.last_word in {"or", "and"} for item in between)


def _said_exclusively(items: Sequence[Item]) -> set[int]:
    return {
        position
        for position, item in enumerate(items)
        if set(item.text.split()) & _EXCLUSIVE_WORDS or item.is_cue("not") or item.is_cue("missing")
    }


def _tables(items: Sequence[Item], exclusive: bool) -> list[tuple[int, str]] | None:
    """Return the positions and names of the two tables with nothing but "or" between them.

    A third one is a table that they must not be in.
    """
    named = [
        (position, item.table_hits()[0].table)
        for position, item in enumerate(items)
        if item.best_table() >= _SURE and item.best_table() >= item.best_column() - 0.15
    ]
    if len(named) > 2 and named[0][1] in {table for _, table in named[1:]}:
        named = named[1:]  # "how many different accounts are in the account master or in CRM"
    if len({table for _, table in named}) != len(named) or len(named) not in {2, 3}:
        return None
    if named[2:] and not _is_lacking(items, named[1][0], named[2][0]):
        return None
    between = items[named[0][0] + 1 : named[1][0]]
    told = any(item.text == "or" for item in between)
    told = told or (exclusive and any(item.last_word == "and" for item in between))
    plain = all(
        item.text in _JOINING or item.is_cue("also") or (exclusive and _sets_apart(item))
        for item in between
    )
    return named if told and plain else None


def _is_lacking(items: Sequence[Item], second: int, third: int) -> bool:
    """Tell whether the rows are not to be in a third table: "… but do not exist in C"."""
    between = items[second + 1 : third]
    denied = any(item.is_cue("not") or item.is_cue("missing") for item in between)
    return denied and not any(item.kind == "mention" for item in between)


def _sets_apart(item: Item) -> bool:
    return item.text == "and" or item.is_cue("only")


def _columns(
    sentence: Sentence, left: str, right: str
) -> tuple[list[tuple[str, str]], set[int]] | None:
    """Return the columns that are named in both tables, else those that pair their rows."""
    found: dict[tuple[str, str], None] = {}
    used: set[int] = set()
    spoken: set[tuple[str, str | None]] = set()
    for position, item in enumerate(sentence.items):
        mine = [hit for hit in item.column_hits() if hit.table == left]
        theirs = [hit for hit in item.column_hits() if hit.table == right]
        following = sentence.items[position + 1 : position + 2]
        named = {hit.column for hit in mine}
        tested = any(hit.column in named for told in following for hit in told.values)
        if item.kind == "mention" and not item.values and not tested and (mine or theirs):
            used.add(position)
            spoken |= {(h.table, h.column) for h in (*mine, *theirs) if h.score >= _NAMED}
            if mine and theirs and min(mine[0].score, theirs[0].score) >= _SURE:
                found[str(mine[0].column), str(theirs[0].column)] = None
    if found:
        return list(found), used
    options = [pairing.columns() for pairing in pairings(sentence, left, right)]
    if spoken:
        options = list(_holding(sentence, left, right, spoken))
    return (list(options[0]), used) if options else None


def _holding(
    sentence: Sentence, left: str, right: str, spoken: set[tuple[str, str | None]]
) -> Iterator[tuple[tuple[str, str], ...]]:
    """Yield the pairs with a column spoken of: "customer codes in A or in B".

    One of the two may call it otherwise, and by what else their rows meet is not asked for.
    """
    for join in sentence.graph.joins_between(left, right):
        pairs = tuple(zip(join.left_columns, join.right_columns, strict=True))
        if any((left, mine) in spoken or (right, theirs) in spoken for mine, theirs in pairs):
            yield pairs


def _absent(
    columns: Sequence[str], table: str, other: str, others: Sequence[str]
) -> plan.Condition:
    """Return that the columns have no match in the other table."""
    matches = [
        plan.Match(plan.ColumnRef(table, mine), plan.ColumnRef(f"{other}_2", theirs))
        for mine, theirs in zip(columns, others, strict=True)
    ]
    shown = (plan.Output(plan.Constant(1)),)
    return plan.Not(
        plan.Exists(
            plan.Query(shown, plan.Source(other, f"{other}_2"), where=plan.all_of([*matches]))
        )
    )


def _values(table: str, columns: Sequence[str], conditions: Sequence[plan.Condition]) -> plan.Query:
    refs = [plan.ColumnRef(table, column) for column in columns]
    known: list[plan.Condition] = [plan.Not(plan.IsNull(ref)) for ref in refs]
    outputs = tuple(plan.Output(ref) for ref in refs)
    return plan.Query(outputs, plan.Source(table, table), where=plan.all_of([*known, *conditions]))


def _counted(union: plan.SetQuery, name: str) -> plan.Query:
    total = plan.Output(plan.Aggregate("count", plan.Star()), "count")
    return plan.Query((total,), plan.Source(name, "u", union))

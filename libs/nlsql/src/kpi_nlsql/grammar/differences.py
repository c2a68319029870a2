"""Differences: rows of two tables that pair up and differ, or agree, in the value of a column."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql import plan
from kpi_nlsql.pairing import Pairing
from kpi_nlsql.sentence import Candidate, Sentence

_SURE = 0.6
_USED_CUES = (
    "mismatch", "compare_tables", "agree", "between", "compare", "distinct", "both", "not", "all",
    "relative", "details",
)  # fmt: skip


def read(
    sentence: Sentence, operation: str, positions: tuple[int, int, int], pairing: Pairing
) -> Iterator[Candidate]:
    """Yield the reading; ``positions`` are those of the source, the target and the cue."""
    source, target = (sentence.items[at].table_hits()[0].table for at in positions[:2])
    used = set(positions) | {
        position
        for position, item in enumerate(sentence.items)
        if any(item.is_cue(kind) for kind in _USED_CUES) or item.best_table() >= _SURE
    }
    counts = {i for i, item in enumerate(sentence.items) if item.is_cue("count")}
    columns = _columns(sentence, source, target, pairing, used)
    if not columns:
        return
    yield Candidate(
        plan=_query(source, target, pairing, columns, operation == "EQUALS", bool(counts)),
        kind="reconcile",
        operation=operation,
        explanation=_explanation(source, target, pairing, columns, operation),
        source_table=source,
        target_table=target,
        joined_columns=pairing.columns(),
        used=frozenset(used | counts),
        features={"pairing": pairing.score},
    )


def _columns(
    sentence: Sentence, source: str, target: str, pairing: Pairing, used: set[int]
) -> list[tuple[str, str]]:
    """Return the columns to compare: those named, else all that both tables have but the key."""
    left, right = sentence.graph.table(source), sentence.graph.table(target)
    keys = {column.lower() for pair in pairing.columns() for column in pair}
    columns: dict[tuple[str, str], None] = {}
    for position, item in enumerate(sentence.items):
        mine = [hit for hit in item.column_hits() if hit.table == source]
        theirs = [hit for hit in item.column_hits() if hit.table == target]
        if item.kind != "mention" or not mine or not theirs:
            continue
        used.add(position)
        named = min(mine[0].score, theirs[0].score) >= _SURE
        if named and str(mine[0].column).lower() not in keys:
            columns[str(mine[0].column), str(theirs[0].column)] = None
    if columns:
        return list(columns)
    return [
        (column.name, right.column(column.name).name)
        for column in left.columns
        if right.has(column.name) and column.name.lower() not in keys
    ]


def _query(
    source: str,
    target: str,
    pairing: Pairing,
    columns: list[tuple[str, str]],
    equal: bool,
    count: bool,
) -> plan.Query:
    pairs = [(plan.ColumnRef("s", a), plan.ColumnRef("t", b)) for a, b in columns]
    outputs = [plan.Output(plan.ColumnRef("s", pair.left)) for pair in pairing.pairs]
    for left, right in pairs:
        outputs.append(plan.Output(left, f"source_{left.column}"))
        outputs.append(plan.Output(right, f"target_{right.column}"))
    if count:
        outputs = [plan.Output(plan.Aggregate("count", plan.Star()), "count")]
    differs = tuple(_differs(left, right) for left, right in pairs)
    where: plan.Condition = plan.AnyOf(differs) if len(differs) > 1 else differs[0]
    return plan.Query(
        outputs=tuple(outputs),
        source=plan.Source(source, "s"),
        joins=(plan.JoinStep(plan.Source(target, "t"), pairing.conditions("s", "t")),),
        where=plan.Not(where) if equal else where,
    )


def _explanation(
    source: str, target: str, pairing: Pairing, columns: list[tuple[str, str]], operation: str
) -> str:
    keys = ", ".join(pair.left for pair in pairing.pairs)
    names = ", ".join(a for a, _ in columns)
    verb = "agree" if operation == "EQUALS" else "differ"
    return f"Rows of {source} and {target} with the same {keys} whose {names} {verb}"


def _differs(left: plan.ColumnRef, right: plan.ColumnRef) -> plan.Condition:
    """``IS DISTINCT FROM``, spelt out: a value against NULL differs, NULL against NULL does not."""
    return plan.AnyOf(
        (
            plan.Compare(left, "!=", right),
            plan.All((plan.IsNull(left), plan.Not(plan.IsNull(right)))),
            plan.All((plan.Not(plan.IsNull(left)), plan.IsNull(right))),
        )
    )

"""Together: "the total differs from the sum of its lines", a value against one of many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.comparator import mirrored
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.evoked import SUMMING
from kpi_nlsql.grammar.contrast.operand import Word, naming, table_told
from kpi_nlsql.grammar.contrast.wording import column_names, is_key
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans.plan import AggregateFunction
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.sentence import Sentence

_FUNCTIONS: dict[tuple[str, str], AggregateFunction] = {
    ("aggregate", "sum"): "sum",
    ("aggregate", "avg"): "avg",
    ("aggregate", "min"): "min",
    ("aggregate", "max"): "max",
    ("superlative", "high"): "max",
    ("superlative", "low"): "min",
}


def summed_up(items: Sequence[Item], clause: Clause) -> Clause:
    """Tell apart what is added up, or the lowest of what, and put it on the right."""
    for side, turned in ((clause.right, False), (clause.left, True)):
        at = next((at for at in side if _function(items[at])), None)
        if at is None and not (turned and clause.adds_up):
            continue
        function: AggregateFunction = "sum" if at is None else _function(items[at]) or "sum"
        rest = tuple(position for position in side if position != at)
        told = clause.told if at is None else clause.told | {at}
        clause = replace(clause, told=told, together=function)
        if turned:
            operator = mirrored(clause.operator)
            return replace(clause, operator=operator, left=clause.right, right=rest)
        return replace(clause, right=rest)
    return clause


def of_all_rows(
    items: Sequence[Item], clause: Clause, graph: Graph, choice: Choice
) -> Clause | None:
    """Return the clause with all rows of a side taken together: "whose open orders exceed X"."""
    words, table = choice.left.words, graph.table(choice.left.table)
    named = len(naming(words, table)) < len(words)
    if named or clause.together is not None or clause.in_time is not False:
        return None
    if not clause.before or items[clause.before[-1]].text != "whose" or choice.link:
        return None
    if not comes_together(graph, choice.turned(), "sum", ()):
        return None
    left, right, operator = clause.right, clause.left, mirrored(clause.operator)
    return replace(clause, left=left, right=right, operator=operator, together="sum")


def names_total(sentence: Sentence, items: Sequence[Item], clause: Clause, choice: Choice) -> bool:
    """Tell whether a word for a sum is part of a column's name: "the order total"."""
    sums = [at for at in (*clause.left, *clause.right) if _function(items[at]) is not None]
    names = [
        name
        for side in (choice.left, choice.right)
        for name in column_names(side.meant(sentence.graph))
    ]
    whole = not (choice.left.lost | choice.right.lost)
    return whole and all(
        "total" in items[at].text.split() and any("total" in name for name in names) for at in sums
    )


def _function(item: Item) -> AggregateFunction | None:
    """Return how the rows are taken together that are spoken of next, if they are."""
    if item.hits:
        return None
    if item.text in SUMMING:
        return "sum"
    for cue in item.cues:
        found = _FUNCTIONS.get((cue.kind, cue.argument))
        if found is not None:
            return found
    return None


def comes_together(
    graph: Graph, choice: Choice, function: AggregateFunction, words: Sequence[Word]
) -> bool:
    """Tell whether values of several rows of the right side can belong to one of the left."""
    table = graph.table(choice.right.table)
    column = table.column(str(choice.right.column))
    keys = [table.column(pair.right) for pair in choice.pairing.pairs]
    ranked = function in {"min", "max"} and column.dated
    amounts = column.measures and not is_key(column)
    # "results above the average result" are set against those of their own table
    own = function != "sum" and table_told(words, graph.table(choice.left.table)) is not None
    return (amounts or ranked) and not own and not any(key.unique for key in keys)

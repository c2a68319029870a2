"""Lists and counts of the rows of one table, with conditions on its columns."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql import plan
from kpi_nlsql.grammar.row_filters import row_filters
from kpi_nlsql.sentence import Candidate, Sentence


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield readings of the sentence over each table it may mean."""
    for table, score in _tables(sentence)[:4]:
        used = {
            position
            for position, item in enumerate(sentence.items)
            if any(hit.table == table for hit in item.table_hits())
        }
        filters, told = row_filters(sentence, table, table, used)
        for position, item in enumerate(sentence.items):
            if any(hit.table == table for hit in item.column_hits()):
                used.add(position)
        counts = {i for i, item in enumerate(sentence.items) if item.is_cue("count")}
        count = bool(counts)
        used |= counts
        rows = plan.Aggregate("count", plan.Star())
        output = plan.Output(rows, "count") if count else plan.Output(plan.Star())
        yield Candidate(
            plan=plan.Query((output,), plan.Source(table, table), where=plan.all_of(filters)),
            kind="listing",
            operation="AGGREGATE" if count else "FILTER" if filters else "LIST",
            explanation=f"{'The number of' if count else 'All'} rows of {table}{told}",
            source_table=table,
            used=frozenset(used),
            features={"pairing": min(score, 1.0)},
        )


def _tables(sentence: Sentence) -> list[tuple[str, float]]:
    scores: dict[str, float] = {}
    for item in sentence.items:
        for hit in item.hits:
            weight = hit.score if hit.column is None else hit.score * 0.6
            scores[hit.table] = scores.get(hit.table, 0.0) + weight
        for table in {value.table for value in item.values}:
            scores[table] = scores.get(table, 0.0) + 0.5
    return sorted(
        ((t, s - 0.3 * (len(scores) > 1)) for t, s in scores.items()), key=lambda p: -p[1]
    )

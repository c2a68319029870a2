"""Differences: rows of two tables that pair up and differ, or agree, in the value of a column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.english.words import stems
from kpi_nlsql.grammar.reconciling.compared import Sides, clause_start, compared_columns
from kpi_nlsql.grammar.reconciling.row_filters import row_filters
from kpi_nlsql.grammar.reconciling.several_compared import Comparison, each_of, several
from kpi_nlsql.grammar.reconciling.side_conditions import side_conditions
from kpi_nlsql.mentions.homes import names_rows
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.sentence import Candidate, Sentence

_SURE = 0.6
_PERHAPS = 0.45
_MIXED = 0.1
"""What is left of how well rows pair where one column is to be alike, and all are set apart."""
_USED_CUES = (
    "mismatch", "compare_tables", "agree", "between", "compare", "distinct", "both", "not", "all",
    "relative", "details",
)  # fmt: skip
_SAID_WITHOUT = frozenset({"two", "both", "each", "other", "values", "value"})


def read(sentence: Sentence, operation: str, sides: Sides) -> Iterator[Candidate]:
    """Yield the reading of a sentence that compares columns of two tables."""
    items = sentence.items
    used = {sides.cue} | {
        position
        for position, item in enumerate(items)
        if any(item.is_cue(kind) for kind in _USED_CUES)
        or item.best_table() >= _SURE
        or item.text in _SAID_WITHOUT
    }
    aliases = {sides.source: "s", sides.target: "t"}
    of_sides, said = side_conditions(items, aliases, set())
    sentence = _without(sentence, said)
    used |= said
    items = sentence.items
    compared = several(items, sides, used)
    if not compared:
        columns = compared_columns(sentence, sides, used)
        found = Comparison(tuple(columns), operation == "EQUALS")
        compared = each_of(items, sides, found) if columns else []
    if not compared:
        return
    columns = [pair for comparison in compared for pair in comparison.columns]
    used |= _said_again(sentence, sides, columns)
    filters, told = row_filters(sentence, sides.source, "s", used)
    counts = {i for i, item in enumerate(items) if item.is_cue("count")}
    query = _query(sentence, sides, compared, [*of_sides, *filters], used)
    yield Candidate(
        plan=query,
        kind="reconcile",
        operation="EQUALS" if all(each.equal for each in compared) else "NOT_EQUALS",
        explanation=_explanation(sides, compared) + told,
        source_table=sides.source,
        target_table=sides.target,
        joined_columns=sides.pairing.columns(),
        used=frozenset(used | counts),
        features={"pairing": sides.pairing.score * (_MIXED if _mixed(items, compared) else 1.0)},
    )


def _mixed(items: Sequence[Item], compared: list[Comparison]) -> bool:
    """Tell whether one of several columns is to be alike: "the same price but another unit"."""
    alone = len(compared) == 1 and not compared[0].equal and len(compared[0].columns) > 1
    return alone and any(item.is_cue("agree") and not item.is_cue("mismatch") for item in items)


def _without(sentence: Sentence, positions: set[int]) -> Sentence:
    """Return the sentence with nothing at the positions of what is understood."""
    kept = (
        replace(item, kind="word", hits=(), values=(), cues=()) if at in positions else item
        for at, item in enumerate(sentence.items)
    )
    return replace(sentence, items=tuple(kept))


def _said_again(sentence: Sentence, sides: Sides, columns: list[tuple[str, str]]) -> set[int]:
    """Return where the compared columns, the keys or the rows themselves are named once more."""
    known = {(sides.source, left) for left, _ in [*columns, *sides.pairing.columns()]}
    known |= {(sides.target, right) for _, right in [*columns, *sides.pairing.columns()]}
    return {
        position
        for position, item in enumerate(sentence.items)
        if any((hit.table, hit.column) in known for hit in item.column_hits())
        and not any(hit.table == sides.source for hit in item.values)
    }


def _query(
    sentence: Sentence,
    sides: Sides,
    compared: list[Comparison],
    filters: list[plan.Condition],
    used: set[int],
) -> plan.Query:
    source, target = plan.Source(sides.source, "s"), plan.Source(sides.target, "t")
    where = _condition(compared)
    named = _named(sentence, sides, used)
    rows = _asks_for_rows(sentence, sides) and not named
    counts = _asks_for_count(sentence, sides)
    if rows:
        terms = [*sides.pairing.conditions("s", "t"), where]
        terms += [term for term in filters if _is_of(term, "t")]
        filters = [term for term in filters if not _is_of(term, "t")]
        inner = plan.Query((plan.Output(plan.Constant(1)),), target, where=plan.all_of(terms))
        shown = _COUNT if counts else plan.Output(plan.Star("s"))
        return plan.Query((shown,), source, where=plan.all_of([*filters, plan.Exists(inner)]))
    outputs = [_COUNT] if counts else named or _both_values(sides, compared)
    tables = (sides.source, sides.target)
    return plan.Query(
        outputs=tuple(outputs),
        source=source,
        joins=(plan.JoinStep(target, sides.pairing.conditions("s", "t")),),
        where=plan.all_of([*filters, where]),
        distinct=not counts and (bool(named) or may_repeat(sentence.graph, tables, sides.pairing)),
    )


def _is_of(term: plan.Condition, alias: str) -> bool:
    return (
        isinstance(term, plan.Compare)
        and isinstance(term.left, plan.ColumnRef)
        and term.left.source == alias
    )


def may_repeat(graph: Graph, tables: tuple[str, str], pairing: Pairing) -> bool:
    """Tell whether a table is known to hold a key more than once: each pair of values once."""
    keys = zip(*pairing.columns(), strict=True)
    return any(graph.table(name).may_repeat(key) for name, key in zip(tables, keys, strict=True))


_COUNT = plan.Output(plan.Aggregate("count", plan.Star()), "count")


def _condition(compared: list[Comparison]) -> plan.Condition:
    """Return that the columns differ, or agree, as each comparison says."""
    found: list[plan.Condition] = []
    for comparison in compared:
        refs = _refs(comparison)
        if comparison.equal:
            found += [plan.Compare(left, "=", right) for left, right in refs]
        else:
            terms = tuple(differs(left, right) for left, right in refs)
            found.append(plan.AnyOf(terms) if len(terms) > 1 else terms[0])
    if any(comparison.either for comparison in compared):
        return plan.AnyOf(tuple(found))
    return plan.All(tuple(found)) if len(found) > 1 else found[0]


def _refs(comparison: Comparison) -> list[tuple[plan.ColumnRef, plan.ColumnRef]]:
    return [(plan.ColumnRef("s", a), plan.ColumnRef("t", b)) for a, b in comparison.columns]


def _both_values(sides: Sides, compared: list[Comparison]) -> list[plan.Output]:
    shown = [each for each in compared if not each.equal] or compared
    pairs = [pair for comparison in shown for pair in _refs(comparison)]
    outputs = [plan.Output(plan.ColumnRef("s", pair.left)) for pair in sides.pairing.pairs]
    for left, right in pairs:
        outputs.append(plan.Output(left, f"source_{left.column}"))
        outputs.append(plan.Output(right, f"target_{right.column}"))
    return outputs


def _asks_for_count(sentence: Sentence, sides: Sides) -> bool:
    # "where the number of seats differs", "a differing number of seats": a stored number.
    items = sentence.items
    asks = range(clause_start(items, sides.cue) or len(items))
    return any(items[at].is_cue("count") and at - 1 != sides.cue for at in asks)


def _asks_for_rows(sentence: Sentence, sides: Sides) -> bool:
    """Tell whether rows of the source are asked for: "invoices where the amount differs …"."""
    start = clause_start(sentence.items, sides.cue)
    return any(
        item.best_table() >= _SURE and item.table_hits()[0].table == sides.source
        for item in sentence.items[: start or 0]
    )


def _named(sentence: Sentence, sides: Sides, used: set[int]) -> list[plan.Output]:
    """Return the columns asked for before the clause that compares, each of the side it names."""
    items = sentence.items
    found: list[plan.Output] = []
    clause = clause_start(items, sides.cue)
    for position in range(_listed_first(items, sides) if clause is None else clause):
        item = items[position]
        if item.kind != "mention" or item.values or item.best_table() >= item.best_column():
            continue
        for table, alias in _sides_of(sentence, sides, position):
            hits = [hit for hit in item.column_hits() if hit.table == table]
            hits = [hit for hit in hits if _says(item, sentence.graph, hit)]
            rows = item.text.endswith("s") and names_rows(
                stems(item.text), sentence.graph.table(table)
            )
            if hits and hits[0].score >= (_SURE if rows else _PERHAPS):
                found.append(plan.Output(plan.ColumnRef(alias, str(hits[0].column))))
                used.add(position)
                break
    return list(dict.fromkeys(found))


def _says(item: Item, graph: Graph, hit: NameHit) -> bool:
    """Tell whether a word of the column's own names is said, not only one that may stand for it."""
    column = graph.table(hit.table).column(str(hit.column))
    words = {word for name in (column.name, *column.display_names) for word in stems(name)}
    return bool(words & set(stems(item.text)))


def _listed_first(items: Sequence[Item], sides: Sides) -> int:
    """Return where the columns end that are listed before "of" the first table."""
    tables = [at for at, item in enumerate(items[: sides.cue]) if item.best_table() >= _SURE]
    listed = bool(tables) and tables[0] > 1 and items[tables[0] - 1].text == "of"
    return tables[0] if listed and items[0].is_cue("show") else 0


def _sides_of(sentence: Sentence, sides: Sides, position: int) -> list[tuple[str, str]]:
    """Return the tables with their aliases, the one named beside the mention first."""
    both = [(sides.source, "s"), (sides.target, "t")]
    beside = [sentence.items[position - 1]] if position else []
    following = sentence.items[position + 1 : position + 4]
    if following and following[0].text in {"in", "of", "from"}:
        beside += following[1:]
    near = {item.table_hits()[0].table for item in beside if item.best_table() >= _SURE}
    return sorted(both, key=lambda side: side[0] not in near)


def _explanation(sides: Sides, compared: list[Comparison]) -> str:
    keys = ", ".join(pair.left for pair in sides.pairing.pairs)
    either = any(comparison.either for comparison in compared)
    told = (" or " if either else " and ").join(map(_told, compared))
    return f"Rows of {sides.source} and {sides.target} with the same {keys} whose {told}"


def _told(comparison: Comparison) -> str:
    names = ", ".join(a if a == b else f"{a} and {b}" for a, b in comparison.columns)
    return f"{names} {'agree' if comparison.equal else 'differ'}"


def differs(left: plan.ColumnRef, right: plan.ColumnRef) -> plan.Condition:
    """``IS DISTINCT FROM``, spelt out: a value against NULL differs, NULL against NULL does not."""
    return plan.AnyOf(
        (
            plan.Compare(left, "!=", right),
            plan.All((plan.IsNull(left), plan.Not(plan.IsNull(right)))),
            plan.All((plan.Not(plan.IsNull(left)), plan.IsNull(right))),
        )
    )

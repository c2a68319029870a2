"""Doubts about negations, contrasts and counted groups: marks of those that are often misread."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql.english.function_words import COPULAS
from kpi_nlsql.mentions.had_rows import rows_had
from kpi_nlsql.mentions.walking import text_at
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import related, sources
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.naming_columns import key_columns
from kpi_nlsql.sentence import Sentence

NAMES = (
    "contrast", "denied", "denied_values", "denied_outer", "denied_to_one", "denied_far",
    "denied_on_the_way", "negation_unread", "comparison_unread", "contrast_unread",
    "both_unread",
    "having_ungrouped", "having_to_one", "having_far", "having_values", "having_filtered",
    "several_outputs_denied",
)  # fmt: skip
"""Every doubt, in a fixed order."""

_DENYING = ("not", "missing", "only")
_COMPARING = ("compare", "often", "between")
_BOUNDS = ("compare", "before", "after", "older", "younger")
_NEAR = 2
"""How many words behind a denial its bound may stand: "not hired after"."""
_SET_AGAINST = frozenset({"than", "higher", "lower"})
_DEFINITE = frozenset({"the", "their", "its"})
_CONTRASTING = frozenset({"but", "except", "excluding", "besides"})


def doubts(sentence: Sentence, query: plan.Plan) -> dict[str, float]:
    """Return the doubts about a query, by name; 0 where there is none."""
    if isinstance(query, plan.SetQuery):
        return {}
    conditions = list(_signed(query.where, True))
    denied = [
        term.query
        for term, holds in conditions
        if not holds and isinstance(term, plan.Exists | plan.InQuery)
        if isinstance(term.query, plan.Query)
    ]
    found = _unread(sentence, query, conditions)
    if denied:
        found |= _denied(sentence.graph, query, denied)
        found["contrast"] = float(any(holds for _, holds in conditions))
    if query.having is not None:
        found |= _counted(sentence.graph, query)
    return {name: float(amount) for name, amount in found.items()}


def _unread(
    sentence: Sentence, query: plan.Query, conditions: list[tuple[plan.Condition, bool]]
) -> dict[str, float]:
    """Negations, contrasts and comparisons that the sentence speaks of and the query does not."""
    denying = any(item.is_cue(kind) for item in sentence.items for kind in _DENYING)
    denies = any(_denies(term, holds) for term, holds in conditions)
    denies = denies or (_denies_bound(sentence) and any(_is_turned(term) for term, _ in conditions))
    denies = denies or (_denies_had(sentence) and any(map(_tells_others, conditions)))
    contrasts = any(item.text.split()[0] in _CONTRASTING for item in sentence.items if item.text)
    compares = any(item.is_cue(kind) for item in sentence.items for kind in _COMPARING)
    compares |= any(item.text in _SET_AGAINST for item in sentence.items)
    apart = any(_sets_apart(sentence, at) for at in range(len(sentence.items)))
    return {
        "negation_unread": denying and not denies,
        "contrast_unread": contrasts and not denies,
        "comparison_unread": (compares and not _compares(query, conditions))
        or (apart and not _compares(query, conditions, apart=True)),
        "both_unread": _sets_two(sentence) and len(conditions) + (query.having is not None) < 2,
    }


def _denies(term: plan.Condition, holds: bool) -> bool:
    """Tell whether a condition denies something, of the rows or of what they are set against."""
    if not holds or isinstance(term, plan.IsNull):
        return True
    if isinstance(term, plan.Compare):
        none = isinstance(term.right, plan.Constant) and term.right.value == 0
        return term.operator == "!=" or (term.operator == "=" and none)  # "with zero stock"
    # "payments whose amount in A is not the amount in B": B's row has another one
    inner = (part for query in related(term) for part, so in _signed(query.where, True) if so)
    return any(isinstance(part, plan.Compare) and _sets_columns_apart(part) for part in inner)


def _denies_had(sentence: Sentence) -> bool:
    return any(rows_had(sentence.items, at) for at in range(3, len(sentence.items)))


def _tells_others(condition: tuple[plan.Condition, bool]) -> bool:
    """Tell whether others must be there that are not so: "with invoices that are not paid"."""
    term, holds = condition
    inner = (part for query in related(term) for part, _ in _signed(query.where, True))
    others = (isinstance(part, plan.Compare) and part.operator == "!=" for part in inner)
    return holds and any(others)


def _denies_bound(sentence: Sentence) -> bool:
    """Tell whether a bound is denied: "not hired after May", "is not less than 50"."""
    items = sentence.items
    return any(
        item.is_cue("not") and any(other.is_cue(kind) for kind in _BOUNDS)
        for at, item in enumerate(items)
        for other in items[at + 1 : at + 1 + _NEAR]
    )


def _is_turned(term: plan.Condition) -> bool:
    return isinstance(term, plan.Compare) and term.operator in {">=", "<="}


def _sets_columns_apart(term: plan.Compare) -> bool:
    return term.operator == "!=" and isinstance(term.right, plan.ColumnRef)


def _sets_apart(sentence: Sentence, position: int) -> bool:
    # "orders invoiced with a different amount", but not "how many different amounts"
    items = sentence.items
    one = items[position].text == "different" and position > 0 and items[position - 1].text == "a"
    being, _, denied = items[position].text.partition(" ")  # "whose total is not the sum of"
    said = being in COPULAS and denied == "not"
    other = said and text_at(items, position + 1).partition(" ")[0] in _DEFINITE
    return one or other or items[position].text == "another"


def _sets_two(sentence: Sentence) -> bool:
    """Tell whether the sentence says "both … and …"."""
    texts = [item.text for item in sentence.items]
    return any("both" in text.split() for text in texts) and "and" in texts


def _compares(
    query: plan.Query, conditions: list[tuple[plan.Condition, bool]], *, apart: bool = False
) -> bool:
    """Tell whether an amount is compared or rows are counted, here or in a nested query.

    ``apart``: whether something is told apart from what is no constant, or denied.
    """
    if query.having is not None or query.source.query is not None:
        return True
    for term, holds in conditions:
        told = isinstance(term, plan.Compare | plan.Between)
        if told and (not apart or not holds or _is_apart(term)):
            return True
        if any(
            _compares(inner, list(_signed(inner.where, True)), apart=apart)
            for inner in related(term)
        ):
            return True
    return False


def _is_apart(term: plan.Condition) -> bool:
    if not isinstance(term, plan.Compare):
        return False
    return term.operator == "!=" or not isinstance(term.right, plan.Constant)


def _denied(graph: Graph, query: plan.Query, denied: list[plan.Query]) -> dict[str, float]:
    shown = [o.expression for o in query.outputs if isinstance(o.expression, plan.ColumnRef)]
    return {
        "denied": 1.0,
        "denied_values": any(not _unique(graph, query, column) for column in shown),
        "denied_outer": any(_tests_outer_rows(inner) for inner in denied),
        "denied_to_one": any(_is_to_one(graph, inner) for inner in denied),
        "denied_far": any(len(inner.joins) > 1 for inner in denied),
        "denied_on_the_way": any(inner.joins and not _tests(inner) for inner in denied),
        "several_outputs_denied": len(query.outputs) > 1,
    }


def _counted(graph: Graph, query: plan.Query) -> dict[str, float]:
    keys = [key for key in query.group if isinstance(key, plan.ColumnRef)]
    by_row = any(_unique(graph, query, key) for key in keys)
    single = all(meets_one(graph, step) for step in query.joins)
    return {
        "having_ungrouped": not query.group,
        "having_to_one": by_row and single,
        "having_far": len(query.joins) > 1,
        "having_values": bool(query.joins) and bool(keys) and not by_row,
        "having_filtered": query.where is not None,
    }


def _signed(term: plan.Condition | None, holds: bool) -> Iterator[tuple[plan.Condition, bool]]:
    """Yield the parts of a condition, each with whether it is asked for or denied."""
    if isinstance(term, plan.All | plan.AnyOf):
        for part in term.terms:
            yield from _signed(part, holds)
    elif isinstance(term, plan.Not):
        yield from _signed(term.term, not holds)
    elif term is not None:
        yield term, holds


def _tests(inner: plan.Query) -> list[plan.Condition]:
    """Return what a nested query asks of its rows beyond being related."""
    parts: list[plan.Condition] = []
    for term, _ in _signed(inner.where, True):
        if not isinstance(term, plan.Match):
            parts.append(term)
    return parts if inner.having is None else [*parts, inner.having]


def _tests_outer_rows(inner: plan.Query) -> bool:
    # A condition on the rows asked for, inside the denial of others: "Biology" of the student.
    own = {inner.source.alias, *(step.source.alias for step in inner.joins)}
    subjects = (getattr(term, "subject", getattr(term, "left", None)) for term in _tests(inner))
    return any(
        isinstance(subject, plan.ColumnRef) and subject.source not in own for subject in subjects
    )


def _is_to_one(graph: Graph, inner: plan.Query) -> bool:
    # Nearly every row has its one row on the other side: to deny that says little.
    matches = [term for term, _ in _signed(inner.where, True) if isinstance(term, plan.Match)]
    columns = {match.right.column for match in matches if match.right.source == inner.source.alias}
    return bool(columns) and is_key(graph, inner.source.table, columns)


def meets_one(graph: Graph, step: plan.JoinStep) -> bool:
    """Tell whether a row meets one of the table joined at most."""
    if not graph.has_table(step.source.table):
        return False
    columns = {match.right.column for match in step.on if isinstance(match, plan.Match)}
    return is_key(graph, step.source.table, columns)


def is_key(graph: Graph, name: str, columns: set[str]) -> bool:
    """Tell whether some of the columns tell the rows of a table apart."""
    table = graph.table(name)
    unique = any(table.column(column).unique for column in columns)
    return unique or columns >= set(table.primary_key or ("",))


def _unique(graph: Graph, query: plan.Query, column: plan.ColumnRef) -> bool:
    tables = {source.alias: source.table for source in sources(query) if source.query is None}
    if column.source not in tables:
        return False
    table = graph.table(tables[column.source])
    return table.column(column.column).unique or key_columns(table) == (column.column,)

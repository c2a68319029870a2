"""Nested conditions: what holds for, or is denied of, related rows or others of the same table."""

from __future__ import annotations

from dataclasses import replace

from kpi_nlsql.assembly.contradictions import contradict
from kpi_nlsql.assembly.filters import having_condition, related_rows, row_conditions
from kpi_nlsql.assembly.frame import ROWS, Contradicted, Frame, Unreadable
from kpi_nlsql.assembly.joining import anchored, join_step
from kpi_nlsql.drafting.draft import MAIN, Term
from kpi_nlsql.mentions.had_rows import rows_had
from kpi_nlsql.mentions.walking import skip_words
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns

_NEAR_DENIAL = 5
_NOUN = 0.6
_INSIDE = -1
_APART = -1000
_LISTING = frozenset({"or", "nor", ","})
_CLAUSES = frozenset({"whose", "who", "which", "that", "have", "has", ","})
_TURNED: dict[plan.Operator, plan.Operator] = {
    ">": "<", "<": ">", ">=": "<=", "<=": ">=", "=": "=", "!=": "!=",
}  # fmt: skip


def split_terms(frame: Frame) -> tuple[list[plan.Condition], list[Term], dict[int, list[Term]]]:
    """Return the conditions on groups, the terms on rows, and the terms of each nested scope."""
    having: list[plan.Condition] = []
    rows: list[Term] = []
    nested: dict[int, list[Term]] = {}
    inside = frame.counts_inside()
    averaged = {term.among for term in frame.draft.terms if term.among is not None}
    for term in frame.draft.terms:
        if term.scope in averaged:
            continue
        if term.scope != MAIN:
            nested.setdefault(term.scope, []).append(term)
        elif _denies_related(frame, term):
            term.negated = False
            scope = -len(nested) - 2
            frame.draft.negative_scopes.add(scope)
            nested[scope] = [term]
        elif inside and frame.table_of(term) not in {frame.entity, None}:
            nested.setdefault(_INSIDE, []).append(term)
        elif term.kind == "count" or term.function:
            having.append(having_condition(term))
        else:
            rows.append(term)
    for scope in frame.draft.negative_scopes & nested.keys():
        own = _of_rows_asked(frame, nested[scope])
        nested[scope] = [term for term in nested[scope] if term not in own]
        rows += own
    rows = [term for term in rows if not _leads_to_denial(frame, term, nested)]
    _set_apart(frame, nested)
    return having, rows, nested


def _of_rows_asked(frame: Frame, terms: list[Term]) -> list[Term]:
    """Return what is told of the rows asked for behind the rows denied them.

    "Guides without a badge whose contract ends in May": it is the guide's contract that ends.
    """
    denied = [at for at, term in enumerate(terms) if frame.table_of(term) != frame.entity]
    if not denied:
        return []
    last, items = terms[denied[-1]].position, frame.sentence.items
    clause = next((at for at in range(last + 1, len(items)) if items[at].text in _CLAUSES), None)
    behind = terms[denied[-1] + 1 :] if clause is not None else []
    return [
        term
        for term in behind
        if term.ref and term.position > (clause or 0) and frame.table_of(term) == frame.entity
    ]


def _set_apart(frame: Frame, nested: dict[int, list[Term]]) -> None:
    """Count the rows of every table for themselves: "5 open orders and 2 unpaid invoices"."""
    terms = nested.get(_INSIDE, [])
    counted = [term for term in terms if term.kind == "count" or term.function]
    tables = list(dict.fromkeys(frame.table_of(term) for term in counted))
    for number, table in enumerate(tables[1:]):
        nested[_APART - number] = [t for t in terms if frame.table_of(t) == table]
        terms = [term for term in terms if frame.table_of(term) != table]
        nested[_INSIDE] = terms


def _leads_to_denial(frame: Frame, term: Term, nested: dict[int, list[Term]]) -> bool:
    # "whose picture is not taken by …" does not ask for a picture, it denies one.
    return term.kind == "exists" and any(
        scope in frame.draft.negative_scopes - frame.draft.contrasted
        and terms
        and 0 < terms[0].position - term.position <= _NEAR_DENIAL
        for scope, terms in nested.items()
    )


def _denies_related(frame: Frame, term: Term) -> bool:
    # "never had more than 5 …" denies every related row, not one.
    table = frame.table_of(term)
    if not term.negated or table in {None, frame.entity} or term.kind not in {"compare", "value"}:
        return False
    if _says_of_one(frame, term):
        return False
    tree = frame.paths.tree(frame.entity, [str(table)]) or ()
    return not all(frame.paths.to_one(join, frame.graph) for join in tree)


def _says_of_one(frame: Frame, term: Term) -> bool:
    """Tell whether it is denied of one related row: "with a badge whose zone is not Lab"."""
    items = frame.sentence.items
    denial = term.position - 1
    while denial > 0 and (items[denial].values or items[denial].text in _LISTING):
        denial -= 1  # "with orders that are not pending or cancelled"
    if rows_had(items, denial) == frame.table_of(term):
        return True
    for at in range(term.position - 1, max(term.position - _NEAR_DENIAL, 1), -1):
        if items[at].text == "whose":
            named, row = items[skip_words(items, at + 1, {"the"})], items[at - 1]
            column = named.best_column() > named.best_table()
            return column and row.best_table() >= row.best_column()
    return False


def nested_condition(
    frame: Frame, scope: int, terms: list[Term], outputs: list[plan.Output]
) -> plan.Condition:
    """Return what a nested scope asks for or denies. Raises Unreadable."""
    negative = scope in frame.draft.negative_scopes
    if scope in frame.parents:
        return _of_parent(frame, frame.parents[scope], terms)
    if (against := next((t for t in terms if _outnumbers(t)), None)) is not None:
        return _counted(frame, against, terms)
    tables = {table for term in terms if (table := frame.table_of(term))}
    if tables <= {frame.entity}:
        made = _own(frame, terms, outputs, negative)
    elif negative and (value := _value_shown(frame, outputs, terms)) is not None:
        made = _values_held(frame, value, terms) or _values_with(frame, value, terms)
    else:
        made = plan.Exists(related_rows(frame, terms))
    return plan.Not(made) if negative else made


def _of_parent(frame: Frame, parent: str, terms: list[Term]) -> plan.Condition:
    """Return that the parent has so many rows: "invoices of carriers with two shipments"."""
    first, *rest = frame.tree(frame.entity, [parent], inward=True)
    aliases = {join.right_table: frame.alias(join.right_table) for join in (first, *rest)}
    source, anchor = anchored(frame, first, aliases, frozenset())
    counted = plan.Exists(related_rows(frame, terms, aliases[parent], parent))
    return plan.Exists(
        plan.Query(
            outputs=(plan.Output(plan.Constant(1)),),
            source=source,
            joins=tuple(join_step(frame, join, aliases) for join in rest),
            where=plan.all_of([*anchor, counted]),
        )
    )


def _outnumbers(term: Term) -> bool:
    return term.kind == "exists" and term.against == "column" and term.other is not None


def _counted(frame: Frame, against: Term, terms: list[Term]) -> plan.Condition:
    """Return that a column of the row is outnumbered by the related rows. Raises Unreadable."""
    assert against.other is not None
    table, name = against.other.chosen
    if table != frame.entity:
        raise Unreadable("what is outnumbered is no column of the rows")
    related = replace(related_rows(frame, terms), outputs=(plan.Output(ROWS),))
    kept = plan.ColumnRef(frame.entity, name)
    return plan.Compare(kept, _TURNED[against.operator], related)


def _value_shown(
    frame: Frame, outputs: list[plan.Output], terms: list[Term]
) -> plan.ColumnRef | None:
    """Return the column whose values are asked for rather than the rows they stand in.

    "Cities without a customer" are values that no such row has; "names of the shops
    without a customer" are those of rows.
    """
    column = outputs[0].expression if len(outputs) == 1 else None
    if not isinstance(column, plan.ColumnRef):
        return None
    table = frame.graph.table(frame.entity)
    refers = (column.source, column.column) in frame.graph.references
    if column.source == frame.entity and refers and not table.column(column.column).unique:
        return column
    if frame.draft.entities:
        return None
    names = {*key_columns(table), *naming_columns(table)}
    owned = any(wanted.ref and wanted.ref.near for wanted in frame.draft.wanted)
    if owned or column.source != frame.entity or column.column in names:
        return None
    if _are_named(frame, min(term.position for term in terms)):
        return None
    return None if table.column(column.column).unique else column


def _are_named(frame: Frame, end: int) -> bool:
    # "the town with the fewest patients without a visit": no visit of these patients
    return any(
        item.best_table() >= max(_NOUN, item.best_column())
        and item.table_hits()[0].table == frame.entity
        for item in frame.sentence.items[:end]
    )


def _values_held(frame: Frame, value: plan.ColumnRef, terms: list[Term]) -> plan.Condition | None:
    """Return that rows of another table have the value, where nothing else ties them.

    "Countries with customers but no employees" are no employee's country.
    """
    tables = {frame.table_of(term) for term in terms}
    name = tables.pop() if len(tables) == 1 else None
    if name is None or name == frame.entity:
        return None
    columns = (column.name for column in frame.graph.table(name).columns)
    same = next((column for column in columns if column.lower() == value.column.lower()), None)
    joins = frame.graph.joins_between(frame.entity, name)
    if same is None or any(join.kind == "foreign_key" for join in joins):
        return None
    alias = frame.alias(name)
    column = plan.ColumnRef(alias, same)
    rows = row_conditions(frame, [t for t in terms if t.kind != "exists"], {name: alias})
    where = plan.all_of([*rows, plan.Not(plan.IsNull(column))])
    frame.shared = True
    source = plan.Source(name, alias)
    return plan.InQuery(value, plan.Query((plan.Output(column),), source, where=where))


def _values_with(frame: Frame, value: plan.ColumnRef, terms: list[Term]) -> plan.Condition:
    frame.shared = True
    alias = frame.alias(frame.entity)
    column = plan.ColumnRef(alias, value.column)
    related = plan.Exists(related_rows(frame, terms, alias))
    known = plan.Not(plan.IsNull(column))
    where = plan.All((related, known))
    source = plan.Source(frame.entity, alias)
    return plan.InQuery(value, plan.Query((plan.Output(column),), source, where=where))


def _own(
    frame: Frame, terms: list[Term], outputs: list[plan.Output], negative: bool
) -> plan.Condition:
    """Conditions on further rows of the entity's own table: rows that share the outputs."""
    columns = [o.expression for o in outputs if isinstance(o.expression, plan.ColumnRef)]
    row_terms = [term for term in terms if term.kind != "exists"]
    same = [c for c in columns if c.source == frame.entity]
    if not same and not negative:
        _refuse_contradictions(frame, row_terms)
    if not same or (negative and not _contrasts(frame, terms)):
        conditions = row_conditions(frame, row_terms, {})
        if not conditions:
            raise Unreadable("nothing is denied")
        made = plan.all_of(conditions)
        assert made is not None
        return made
    frame.shared = True
    alias = frame.alias(frame.entity)
    where = row_conditions(frame, row_terms, {frame.entity: alias})
    if negative and not where:
        raise Unreadable("nothing is denied")  # no row is none of its own table's
    column = plan.ColumnRef(alias, same[0].column)
    inner = plan.Query(
        (plan.Output(column),),
        plan.Source(frame.entity, alias),
        where=plan.all_of([*where, plan.Not(plan.IsNull(column))]),
    )
    return plan.InQuery(same[0], inner)


def _refuse_contradictions(frame: Frame, terms: list[Term]) -> None:
    # "cancelled orders that are invoiced": one order has no two statuses. Raises Contradicted.
    main = [term for term in frame.draft.terms if term.scope == MAIN and term.ref is not None]
    for term in terms:
        if term.kind == "value" and any(contradict(other, term) for other in main):
            raise Contradicted(term.position)


def _contrasts(frame: Frame, terms: list[Term]) -> bool:
    # "… in 1999 but not in 2000" speaks of several rows of the table, "not in 2000" of one.
    if frame.draft.notes.get("never") or any(term.kind == "exists" for term in terms):
        return True
    columns = {term.ref.choice for term in terms if term.ref}
    main = [t for t in frame.draft.terms if t.scope == MAIN and t.ref and t.kind != "exists"]
    return any(term.ref and term.ref.choice in columns for term in main)

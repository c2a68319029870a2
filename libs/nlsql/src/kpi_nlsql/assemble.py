"""Assembly: a resolved draft becomes a query — tables joined, rows filtered, grouped and sorted."""

from __future__ import annotations

from kpi_nlsql import plan
from kpi_nlsql.conditions import column_of, condition
from kpi_nlsql.draft import MAIN, Draft, Group, Ref, Sorting, Term, Wanted
from kpi_nlsql.graph import Graph, Join
from kpi_nlsql.naming import column_names
from kpi_nlsql.naming_columns import key_columns, naming_columns
from kpi_nlsql.paths import JoinPaths
from kpi_nlsql.resolve import Resolution
from kpi_nlsql.words import stems

_NEAR_DENIAL = 5
_LONE = -1
ROWS = plan.Aggregate("count", plan.Star())


class Unreadable(Exception):
    """The draft makes no query: nothing is asked for, or no join path connects the tables."""


class Assembly:
    """Makes one query of one draft."""

    def __init__(
        self, draft: Draft, graph: Graph, paths: JoinPaths, spoken: frozenset[str] = frozenset()
    ) -> None:
        self._stems = spoken
        self.draft = draft
        self.graph = graph
        self.paths = paths
        self.entity = self._entity()
        self._aliases = 1
        self._shared = False

    def query(self) -> plan.Query:
        """Return the query. Raises Unreadable."""
        groups = self.draft.groups
        outputs, distinct = self._outputs(groups)
        order = tuple(self._order(sorting) for sorting in self.draft.sorting)
        keys = self._group_keys(groups, outputs)
        having, row_terms, nested = self._split_terms()
        tables = self._outer_tables(groups)
        joins = self._tree(self.entity, tables)
        inside = {self.entity, *(join.right_table for join in joins)}
        where, more = self._where(row_terms, inside)
        where += [self._nested(scope, terms, outputs) for scope, terms in nested.items()]
        joins = (*joins, *more)
        if having and keys == () and self._counts_values():
            return self._counted(outputs, joins, where, having)
        return plan.Query(
            outputs=tuple(outputs),
            source=plan.Source(self.entity, self.entity),
            joins=tuple(self._step(join) for join in joins),
            where=plan.all_of(where),
            group=keys,
            having=plan.all_of(having),
            order=order,
            limit=self.draft.limit,
            distinct=(distinct or self._shared or self._lists_values(outputs, where)) and not keys,
        )

    def features(self, state: Resolution) -> dict[str, float]:
        """Return what the choices made here say about how sure the reading is."""
        refs = [ref for ref in self.draft.refs() if ref.choice]
        named = {table for _, table in self.draft.entities}
        used = {ref.chosen[0] for ref in refs} | {self.entity}
        return {
            "named_output": float(not any(w.ref or w.function for w in self.draft.wanted)),
            "weak_ref": float(sum(_score(ref) < 0.8 for ref in refs)),
            "implied_ref": float(sum(_score(ref) < 0.6 for ref in refs)),
            "idle_tables": float(len(named - used)),
            "far_near": float(
                sum(ref.near is not None and ref.near != ref.chosen[0] for ref in refs)
            ),
            "negative": float(len(self.draft.negative_scopes)),
            "close_value": float(sum(margin < 0.15 for margin in state.margins)),
            "group_named": float(any(group.table for group in self.draft.groups)),
        }

    # What the question is about

    def _entity(self) -> str:
        counted = [w.table for w in self.draft.wanted if w.function == "count" and w.table]
        if counted:
            return counted[0]
        for wanted in self.draft.wanted:
            if wanted.ref is not None and wanted.ref.choice:
                return wanted.ref.choice[0]
        if self.draft.entities:
            return self.draft.entities[0][1]
        for ref in self.draft.refs():
            if ref.choice:
                return ref.choice[0]
        raise Unreadable("nothing is asked for")

    # Outputs

    def _outputs(self, groups: list[Group]) -> tuple[list[plan.Output], bool]:
        outputs: list[plan.Output] = []
        for wanted in self.draft.wanted:
            if not self._repeats(wanted):
                outputs += self._output(wanted)
        plain = [o for o in outputs if not isinstance(o.expression, plan.Aggregate)]
        if outputs and not plain:
            outputs = [*self._group_outputs(groups), *outputs]
        elif groups and not self._aggregated():
            outputs = [*self._group_outputs(self._not_shown(groups, outputs)), *outputs]
        if not outputs:
            outputs = self._group_outputs(groups) or self._entity_outputs()
        unique = list(dict.fromkeys(outputs))
        return unique, self.draft.distinct and not self._aggregated()

    def _repeats(self, wanted: Wanted) -> bool:
        # "maximum length in metres": two mentions of one column are one output.
        return wanted.function is None and any(
            other.function is not None
            and other.ref is not None
            and wanted.ref is not None
            and other.ref.choice == wanted.ref.choice
            and abs(other.position - wanted.position) <= 2
            for other in self.draft.wanted
        )

    def _lists_values(self, outputs: list[plan.Output], where: list[plan.Condition]) -> bool:
        # "show all majors" wants each once, unless the rows they stand in are spoken of.
        if len(outputs) != 1 or where or self.draft.sorting or self.draft.entities:
            return False
        column = outputs[0].expression
        if not isinstance(column, plan.ColumnRef):
            return False
        near = any(wanted.ref and wanted.ref.near for wanted in self.draft.wanted)
        return not near and not self.graph.table(column.source).column(column.column).unique

    def _not_shown(self, groups: list[Group], outputs: list[plan.Output]) -> list[Group]:
        # "the name of each department" asks for nothing more than the name.
        shown = {o.expression.source for o in outputs if isinstance(o.expression, plan.ColumnRef)}
        return [group for group in groups if group.ref is not None or group.table not in shown]

    def _output(self, wanted: Wanted) -> list[plan.Output]:
        if wanted.function == "count" and wanted.ref is None:
            return [plan.Output(ROWS, "count")]
        if wanted.ref is None and wanted.table:
            return self._named(wanted.table)
        if wanted.ref is None or wanted.ref.choice is None:
            return []
        column = plan.ColumnRef(*wanted.ref.chosen)
        if wanted.function is None:
            return [plan.Output(column)]
        function = _function(wanted.function)
        name = f"{wanted.function}_{column.column}"
        return [plan.Output(plan.Aggregate(function, column, wanted.distinct), name)]

    def _entity_outputs(self) -> list[plan.Output]:
        if self.draft.notes.get("asks_rows") and not self._aggregated():
            return [plan.Output(plan.Star(self.entity))]
        if self.draft.whole_rows:
            detail = [
                column.name
                for column in self.graph.table(self.entity).columns
                if any(name.split()[-1:] == ["details"] for name in column.display_names)
            ]
            if detail and self.draft.notes.get("details"):
                return [plan.Output(plan.ColumnRef(self.entity, detail[0]))]
            return [plan.Output(plan.Star(self.entity))]
        return self._named(self.entity)

    def _named(self, table: str) -> list[plan.Output]:
        columns = naming_columns(self.graph.table(table))
        return [plan.Output(plan.ColumnRef(table, column)) for column in columns]

    def _group_outputs(self, groups: list[Group]) -> list[plan.Output]:
        outputs: list[plan.Output] = []
        for group in groups:
            if group.ref is not None and group.ref.choice:
                outputs.append(plan.Output(plan.ColumnRef(*group.ref.chosen)))
            elif group.table:
                outputs += self._named(group.table)
        return outputs

    def _aggregated(self) -> bool:
        functions = [w.function for w in self.draft.wanted] + [
            s.function for s in self.draft.sorting
        ]
        counted = any(
            (t.kind == "count" or t.function) and t.scope == MAIN for t in self.draft.terms
        )
        return counted or any(functions)

    # Groups

    def _group_keys(
        self, groups: list[Group], outputs: list[plan.Output]
    ) -> tuple[plan.Expression, ...]:
        if not self._aggregated():
            return ()
        plain = [o.expression for o in outputs if isinstance(o.expression, plan.ColumnRef)]
        whole = any(isinstance(output.expression, plan.Star) for output in outputs)
        if not groups and not plain and not whole:
            return ()
        keys: list[plan.Expression] = []
        for group in groups:
            if group.ref is not None and group.ref.choice:
                keys.append(plan.ColumnRef(*group.ref.chosen))
            elif group.table:
                keys += [
                    plan.ColumnRef(group.table, column)
                    for column in key_columns(self.graph.table(group.table))
                ]
        if not keys:
            keys = self._implied_keys(plain)
        return tuple(dict.fromkeys([*keys, *plain]))

    def _implied_keys(self, plain: list[plan.ColumnRef]) -> list[plan.Expression]:
        """Group by the rows of the entity when something else is counted for each of them."""
        counted = {s.table for s in self.draft.sorting} | {
            t.table for t in self.draft.terms if t.kind == "count"
        }
        counted |= {w.table for w in self.draft.wanted if w.function == "count"}
        owners = {column.source for column in plain} or {self.entity}
        of_rows = {table for table in counted if table} - owners
        if of_rows and len(owners) == 1:
            owner = next(iter(owners))
            if not self._asks_for_rows_of(owner, plain):
                return []
            if not self._shows_names(owner, plain) and self._has_one_each(owner, of_rows):
                return []
            keys = key_columns(self.graph.table(owner))
            return [plan.ColumnRef(owner, column) for column in keys]
        return []

    def _has_one_each(self, owner: str, counted: set[str]) -> bool:
        # "policy types used by more than two customers": a policy has one customer, so the
        # rows that share the type are counted, not the customers of each row.
        tree = self.paths.tree(owner, sorted(counted))
        return bool(tree) and all(self.paths.to_one(join, self.graph) for join in tree or ())

    def _asks_for_rows_of(self, owner: str, plain: list[plan.ColumnRef]) -> bool:
        mentioned = owner in {entity for _, entity in self.draft.entities}
        mentioned = mentioned or any(w.ref and w.ref.near == owner for w in self.draft.wanted)
        table = self.graph.table(owner)
        names = {*key_columns(table), *naming_columns(table)}
        return not plain or mentioned or any(column.column in names for column in plain)

    def _shows_names(self, owner: str, shown: list[plan.ColumnRef]) -> bool:
        table = self.graph.table(owner)
        key = key_columns(table)
        # One part of a composite key names no row.
        names = {*key, *naming_columns(table)} - set(key if len(key) > 1 else ())
        return any(column.column in names for column in shown)

    # Order

    def _order(self, sorting: Sorting) -> plan.Order:
        if sorting.ref is None:
            return plan.Order(ROWS, sorting.descending)
        column = plan.ColumnRef(*sorting.ref.chosen)
        if sorting.function is None:
            return plan.Order(column, sorting.descending)
        if sorting.function == "count":
            return plan.Order(plan.Aggregate("count", column), sorting.descending)
        return plan.Order(plan.Aggregate(_function(sorting.function), column), sorting.descending)

    # Tables and joins

    def _outer_tables(self, groups: list[Group]) -> list[str]:
        tables = [w.ref.choice[0] for w in self.draft.wanted if w.ref and w.ref.choice]
        tables += [w.table for w in self.draft.wanted if w.table]
        tables += self._owners()
        if self._aggregated() and not self._counts_entities():
            tables += [
                term.table
                for term in self.draft.terms
                if term.kind == "exists"
                and term.scope == MAIN
                and term.table
                and self._related_counts()
            ]
        tables += [s.ref.choice[0] for s in self.draft.sorting if s.ref and s.ref.choice]
        tables += [s.table for s in self.draft.sorting if s.table]
        for group in groups:
            if group.ref is not None and group.ref.choice:
                tables.append(group.ref.choice[0])
            elif group.table:
                tables.append(group.table)
        for term in self.draft.terms:
            if self._counts_entities():
                break
            if term.scope == MAIN and (term.kind == "count" or term.function):
                if term.table:
                    tables.append(term.table)
                elif term.ref and term.ref.choice:
                    tables.append(term.ref.choice[0])
        return tables

    def _related_counts(self) -> bool:
        """Tell whether rows of another table are counted for each row or value shown."""
        counted = [s.function for s in self.draft.sorting]
        return "count" in counted or any(t.kind == "count" for t in self.draft.terms)

    def _owners(self) -> list[str]:
        # Tables whose rows are asked for though the outputs lie in another ("names of
        # perpetrators" in a table of people).
        return [
            wanted.ref.near
            for wanted in self.draft.wanted
            if wanted.ref and wanted.ref.near and wanted.ref.choice
            if self.paths.distance(wanted.ref.near, wanted.ref.choice[0]) <= 2.5
        ]

    def _tree(self, root: str, tables: list[str]) -> tuple[Join, ...]:
        joins = self.paths.tree(root, tables)
        if joins is None:
            raise Unreadable("no join path connects the tables")
        return joins

    def _told(self, join: Join) -> Join:
        """Of several joins of two tables, take the one whose columns the sentence speaks of."""
        options = [
            other
            for other in self.graph.joins_between(join.left_table, join.right_table)
            if other.kind == "foreign_key"
        ]
        if len(options) < 2:
            return join
        spoken = [len(self._stems & _column_stems(other)) for other in options]
        return options[spoken.index(max(spoken))] if max(spoken) > min(spoken) else join

    def _step(self, join: Join, aliases: dict[str, str] | None = None) -> plan.JoinStep:
        join = self._told(join)
        names = aliases or {}
        left = names.get(join.left_table, join.left_table)
        right = names.get(join.right_table, join.right_table)
        on = tuple(
            plan.Match(plan.ColumnRef(left, a), plan.ColumnRef(right, b))
            for a, b in zip(join.left_columns, join.right_columns, strict=True)
        )
        return plan.JoinStep(plan.Source(join.right_table, right), on)

    # Conditions

    def _split_terms(self) -> tuple[list[plan.Condition], list[Term], dict[int, list[Term]]]:
        having: list[plan.Condition] = []
        rows: list[Term] = []
        nested: dict[int, list[Term]] = {}
        lone = self._counts_entities()
        for term in self.draft.terms:
            if term.scope != MAIN:
                nested.setdefault(term.scope, []).append(term)
            elif self._denies_related(term):
                term.negated = False
                scope = -len(nested) - 2
                self.draft.negative_scopes.add(scope)
                nested[scope] = [term]
            elif lone and self._table_of(term) not in {self.entity, None}:
                nested.setdefault(_LONE, []).append(term)
            elif term.kind == "count" or term.function:
                having.append(self._having(term))
            else:
                rows.append(term)
        rows = [term for term in rows if not self._leads_to_denial(term, nested)]
        return having, rows, nested

    def _leads_to_denial(self, term: Term, nested: dict[int, list[Term]]) -> bool:
        # "whose picture is not taken by …" does not ask for a picture, it denies one.
        return term.kind == "exists" and any(
            scope in self.draft.negative_scopes
            and terms
            and 0 < terms[0].position - term.position <= _NEAR_DENIAL
            for scope, terms in nested.items()
        )

    def _denies_related(self, term: Term) -> bool:
        # "never had more than 5 …" denies every related row, not one.
        table = self._table_of(term)
        if (
            not term.negated
            or table in {None, self.entity}
            or term.kind not in {"compare", "value"}
        ):
            return False
        tree = self.paths.tree(self.entity, [str(table)]) or ()
        return not all(self.paths.to_one(join, self.graph) for join in tree)

    def _counts_values(self) -> bool:
        # "the number of cities with more than three airports": groups are counted.
        wanted = self.draft.wanted
        return len(wanted) == 1 and wanted[0].function == "count" and wanted[0].ref is not None

    def _counted(
        self,
        outputs: list[plan.Output],
        joins: tuple[Join, ...],
        where: list[plan.Condition],
        having: list[plan.Condition],
    ) -> plan.Query:
        total = outputs[0].expression
        assert isinstance(total, plan.Aggregate)
        inner = plan.Query(
            outputs=(plan.Output(total.argument),),
            source=plan.Source(self.entity, self.entity),
            joins=tuple(self._step(join) for join in joins),
            where=plan.all_of(where),
            group=(total.argument,),
            having=plan.all_of(having),
        )
        return plan.Query((plan.Output(ROWS, "count"),), plan.Source(self.entity, "g", inner))

    def _counts_entities(self) -> bool:
        # "how many customers have at least two orders": the orders are counted inside.
        plain = [wanted for wanted in self.draft.wanted if not wanted.function]
        counted = any(t.kind == "count" and t.scope == MAIN for t in self.draft.terms)
        rows = counted and not plain and not self.draft.groups and bool(self.draft.wanted)
        return rows and not self._counts_values()

    def _having(self, term: Term, aliases: dict[str, str] | None = None) -> plan.Condition:
        if term.ref is not None and term.ref.choice:
            table, name = term.ref.chosen
            column = plan.ColumnRef((aliases or {}).get(table, table), name)
            if term.kind == "count":
                subject = plan.Aggregate("count", column, distinct=True)
            else:
                subject = plan.Aggregate(_function(str(term.function)), column)
        else:
            subject = ROWS
        if term.kind == "between":
            low, high = term.values
            return plan.Between(subject, plan.Constant(low), plan.Constant(high))
        return plan.Compare(subject, term.operator, plan.Constant(term.values[0]))

    def _table_of(self, term: Term) -> str | None:
        if term.table:
            return term.table
        return term.ref.choice[0] if term.ref and term.ref.choice else None

    def _where(
        self, terms: list[Term], inside: set[str]
    ) -> tuple[list[plan.Condition], tuple[Join, ...]]:
        """Conditions on joined tables hold directly; those on related rows ask for one such row."""
        direct = [
            term for term in terms if self._table_of(term) in inside and term.kind != "exists"
        ]
        outside = [term for term in terms if self._table_of(term) not in inside]
        tables = [table for term in outside if (table := self._table_of(term))]
        joins: tuple[Join, ...] = ()
        where: list[plan.Condition] = []
        if tables:
            tree = self._tree(self.entity, [*inside - {self.entity}, *tables])
            extra = tuple(join for join in tree if join.right_table not in inside)
            if self._multiplies(extra):
                where.append(plan.Exists(self._related(outside)))
            else:
                joins = extra
                direct += [term for term in outside if term.kind != "exists"]
        return self._joined(direct, {}) + where, joins

    def _multiplies(self, joins: tuple[Join, ...]) -> bool:
        return not all(self.paths.to_one(join, self.graph) for join in joins)

    def _joined(self, terms: list[Term], aliases: dict[str, str]) -> list[plan.Condition]:
        """Put row conditions together: those joined by "or" form one alternative."""
        found: list[list[plan.Condition]] = []
        for term in terms:
            if term.ref is None or term.ref.choice is None:
                continue
            table, name = term.ref.chosen
            subject = plan.ColumnRef(aliases.get(table, table), name)
            made = condition(term, subject, column_of(self.graph, term.ref.chosen))
            if term.joined_by_or and found:
                found[-1].append(made)
            else:
                found.append([made])
        return [plan.AnyOf(tuple(group)) if len(group) > 1 else group[0] for group in found]

    def _related(self, terms: list[Term], root: str | None = None) -> plan.Query:
        # A query for rows related to the entity (under the alias ``root``) that meet the terms.
        tables = [table for term in terms if (table := self._table_of(term))]
        tables = [table for table in dict.fromkeys(tables) if table != self.entity]
        tree = self._tree(self.entity, tables)
        if not tree:
            raise Unreadable("the rows are related to themselves only")
        first, rest = tree[0], tree[1:]
        aliases = {join.right_table: self._alias(join.right_table) for join in tree}
        if root is not None or any(join.left_table == self.entity for join in rest):
            aliases[self.entity] = root or self.entity
        anchor = self._step(first, aliases)
        row_terms = [
            term for term in terms if term.kind not in {"exists", "count"} and not term.function
        ]
        where = [*anchor.on, *self._joined(row_terms, aliases)]
        counts = [term for term in terms if term.kind == "count"]
        having = plan.all_of([self._having(term, aliases) for term in counts])
        return plan.Query(
            outputs=(plan.Output(plan.Constant(1)),),
            source=anchor.source,
            joins=tuple(self._step(join, aliases) for join in rest),
            where=plan.all_of(where),
            having=having,
            group=tuple(m.right for m in anchor.on if isinstance(m, plan.Match)) if counts else (),
        )

    def _alias(self, table: str) -> str:
        self._aliases += 1
        return f"{table}_{self._aliases}"

    def _nested(self, scope: int, terms: list[Term], outputs: list[plan.Output]) -> plan.Condition:
        negative = scope in self.draft.negative_scopes
        tables = {table for term in terms if (table := self._table_of(term))}
        if tables <= {self.entity}:
            made = self._own(terms, outputs, negative)
        elif negative and (value := self._value_shown(outputs)) is not None:
            made = self._values_with(value, terms)
        else:
            made = plan.Exists(self._related(terms))
        return plan.Not(made) if negative else made

    def _value_shown(self, outputs: list[plan.Output]) -> plan.ColumnRef | None:
        """Return the column whose values are asked for rather than the rows they stand in.

        "Cities without a customer" are values that no such row has; "names of the shops
        without a customer" are those of rows.
        """
        column = outputs[0].expression if len(outputs) == 1 else None
        if self.draft.entities or not isinstance(column, plan.ColumnRef):
            return None
        table = self.graph.table(self.entity)
        names = {*key_columns(table), *naming_columns(table)}
        owned = any(wanted.ref and wanted.ref.near for wanted in self.draft.wanted)
        if owned or column.source != self.entity or column.column in names:
            return None
        return None if table.column(column.column).unique else column

    def _values_with(self, value: plan.ColumnRef, terms: list[Term]) -> plan.Condition:
        self._shared = True
        alias = self._alias(self.entity)
        column = plan.ColumnRef(alias, value.column)
        related = plan.Exists(self._related(terms, alias))
        known = plan.Not(plan.IsNull(column))
        where = plan.All((related, known))
        source = plan.Source(self.entity, alias)
        return plan.InQuery(value, plan.Query((plan.Output(column),), source, where=where))

    def _own(self, terms: list[Term], outputs: list[plan.Output], negative: bool) -> plan.Condition:
        """Conditions on further rows of the entity's own table: rows that share the outputs."""
        columns = [o.expression for o in outputs if isinstance(o.expression, plan.ColumnRef)]
        row_terms = [term for term in terms if term.kind != "exists"]
        same = [c for c in columns if c.source == self.entity]
        if not same or (negative and not self._contrasts(terms)):
            conditions = self._joined(row_terms, {})
            if not conditions:
                raise Unreadable("nothing is denied")
            made = plan.all_of(conditions)
            assert made is not None
            return made
        self._shared = True
        alias = self._alias(self.entity)
        where = self._joined(row_terms, {self.entity: alias})
        column = plan.ColumnRef(alias, same[0].column)
        inner = plan.Query(
            (plan.Output(column),),
            plan.Source(self.entity, alias),
            where=plan.all_of([*where, plan.Not(plan.IsNull(column))]),
        )
        return plan.InQuery(same[0], inner)

    def _contrasts(self, terms: list[Term]) -> bool:
        # "… in 1999 but not in 2000" speaks of several rows of the table, "not in 2000" of one.
        if self.draft.notes.get("never") or any(term.kind == "exists" for term in terms):
            return True
        columns = {term.ref.choice for term in terms if term.ref}
        main = [t for t in self.draft.terms if t.scope == MAIN and t.ref and t.kind != "exists"]
        return any(term.ref and term.ref.choice in columns for term in main)


def _column_stems(join: Join) -> set[str]:
    columns = (*join.left_columns, *join.right_columns)
    return {word for column in columns for name in column_names(column, "") for word in stems(name)}


def _score(ref: Ref) -> float:
    """Return how well the mention names the column chosen; 1 for those chosen otherwise."""
    return max(
        (hit.score for hit in ref.hits if (hit.table, hit.column) == ref.choice), default=1.0
    )


def _function(name: str) -> plan.AggregateFunction:
    functions: dict[str, plan.AggregateFunction] = {
        "count": "count", "sum": "sum", "avg": "avg", "min": "min", "max": "max",
    }  # fmt: skip
    return functions[name]

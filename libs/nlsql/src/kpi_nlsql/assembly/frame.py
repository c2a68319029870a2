"""The frame of an assembly: the draft, what it is read against, and what it is about."""

from __future__ import annotations

from kpi_nlsql.assembly.parents_counted import set_apart
from kpi_nlsql.drafting.draft import MAIN, Draft, Term, Wanted
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Join
from kpi_nlsql.schema.naming_columns import key_columns, naming_columns
from kpi_nlsql.schema.paths import JoinPaths
from kpi_nlsql.sentence import Sentence

ROWS = plan.Aggregate("count", plan.Star())


class Unreadable(Exception):
    """The draft makes no query: nothing is asked for, or no join path connects the tables."""


class Contradicted(Unreadable):
    """The word at ``position`` was read as a value that the same row cannot have, too."""

    def __init__(self, position: int) -> None:
        super().__init__("no row can meet both conditions")
        self.position = position


class Frame:
    """A resolved draft of a sentence while it becomes a query.

    ``spoken`` are the stems of the sentence. Raises Unreadable if the draft asks for nothing.
    """

    def __init__(self, draft: Draft, sentence: Sentence, paths: JoinPaths) -> None:
        self.draft = draft
        self.sentence = sentence
        self.graph = sentence.graph
        self.paths = paths
        self.spoken = sentence.naming_stems()
        self.entity = self._entity()
        self.parents = set_apart(draft, self.graph, paths, self.entity)
        self.shared = False
        self._aliases = 1

    def _entity(self) -> str:
        counted = [w.table for w in self.draft.wanted if w.function == "count" and w.table]
        if counted:
            return counted[0]
        if (told := self._rows_told()) is not None:
            return told
        for wanted in self.draft.wanted:
            if wanted.ref is not None and wanted.ref.choice:
                return wanted.ref.choice[0]
        if self.draft.entities:
            return self.draft.entities[0][1]
        for ref in self.draft.refs():
            if ref.choice:
                return ref.choice[0]
        raise Unreadable("nothing is asked for")

    def _rows_told(self) -> str | None:
        """Return the rows that the columns shown are told to be of, where each row has one.

        "The customer's name and the date of all orders with …" are those of orders.
        """
        draft = self.draft
        tables = {w.ref.choice[0] for w in draft.wanted if w.ref is not None and w.ref.choice}
        summed = [*(w.function for w in draft.wanted), *(s.function for s in draft.sorting)]
        plain = not (draft.groups or any(summed) or self.compared())
        if not plain or not tables or not draft.entities:
            return None
        position, rows = draft.entities[0]
        behind = all(wanted.position < position for wanted in draft.wanted)
        found = [self.paths.path(rows, table) for table in tables]
        met = all(path is not None and not self.multiplies(path[1]) for path in found)
        return rows if behind and met else None

    def aggregated(self) -> bool:
        """Tell whether an aggregate is shown, sorted by or compared."""
        functions = [w.function for w in self.draft.wanted] + [
            s.function for s in self.draft.sorting
        ]
        return bool(self.compared() and not self.asks_rows()) or any(functions)

    def asks_rows(self) -> bool:
        """Tell whether whole rows are asked for: "list all customers with two orders or more".

        Landed tables seldom name a row by one column, so "which customers" asks for rows, too.
        """
        draft = self.draft
        told = draft.wanted or draft.groups or any(s.function for s in draft.sorting)
        if told or not (draft.notes.get("asks_rows") or self.graph.landed):
            return False
        return not any(self.table_of(term) in {None, self.entity} for term in self.compared())

    def compared(self) -> list[Term]:
        """Return the conditions on how many rows there are, or on what they come to."""
        terms = self.draft.terms
        return [t for t in terms if t.scope == MAIN and (t.kind == "count" or t.function)]

    def counts_values(self) -> bool:
        """Tell whether values are counted: "the number of cities with more than three …"."""
        wanted = self.draft.wanted
        return len(wanted) == 1 and wanted[0].function == "count" and wanted[0].ref is not None

    def counts_inside(self) -> bool:
        """Tell whether related rows are counted in a condition on the rows asked for.

        "How many customers have at least two orders", "list all customers with two orders",
        "number of customers with two orders per city".
        """
        if self.asks_rows():
            return bool(self.compared())
        if not self.draft.wanted and len({self.table_of(term) for term in self.compared()}) > 1:
            return not self.draft.groups
        plain = [wanted for wanted in self.draft.wanted if not wanted.function]
        counted = any(
            term.kind == "count" or self.table_of(term) != self.entity for term in self.compared()
        )
        rows = counted and (not plain or self._counts_by(plain)) and bool(self.draft.wanted)
        return rows and not self.counts_values() and not self._told_of_groups()

    def _counts_by(self, plain: list[Wanted]) -> bool:
        """Tell whether rows are counted by columns of theirs that are shown beside the count.

        "The mode and the number of shipments with two invoices" counts the shipments of each mode.
        """
        if not any(w.function == "count" and w.table == self.entity for w in self.draft.wanted):
            return False
        table = self.graph.table(self.entity)
        names = {*key_columns(table), *naming_columns(table)}
        shown = [wanted.ref.chosen for wanted in plain if wanted.ref and wanted.ref.choice]
        own = all(name == self.entity and column not in names for name, column in shown)
        others = all(self.table_of(term) not in {self.entity, None} for term in self.compared())
        return len(shown) == len(plain) and own and others

    def _told_of_groups(self) -> bool:
        """Tell whether a count is told of groups: "orders per city with more than two shops".

        It is told of the rows where these are named behind the groups, or nearer than them.
        """
        groups = [group.position for group in self.draft.groups]
        rows = [at for at, table in self.draft.entities if table == self.entity]
        rows += [w.position for w in self.draft.wanted if self._shows(w)]
        for term in self.compared() if groups else ():
            before = [at for at in rows if at < term.position]
            if not before or any(max(before) < at < term.position for at in groups):
                return True
            if self.table_of(term) in {self.entity, None}:
                return True
        return False

    def _shows(self, wanted: Wanted) -> bool:
        """Tell whether the rows asked for are counted here, or a column of theirs is shown."""
        shown = wanted.ref.choice if wanted.ref is not None else None
        return self.entity in {wanted.table, shown[0] if shown else None}

    def counts_related(self) -> bool:
        """Tell whether rows of another table are counted for each row or value shown."""
        counted = [s.function for s in self.draft.sorting]
        return "count" in counted or any(t.kind == "count" for t in self.draft.terms)

    def table_of(self, term: Term) -> str | None:
        """Return the table that a condition is about."""
        if term.table:
            return term.table
        return term.ref.choice[0] if term.ref and term.ref.choice else None

    def alias(self, table: str) -> str:
        """Return a new alias, unique in the plan."""
        self._aliases += 1
        return f"{table}_{self._aliases}"

    def tree(self, root: str, tables: list[str], *, inward: bool = False) -> tuple[Join, ...]:
        """Return the joins from the root to the tables. Raises Unreadable."""
        begun = self._begun(root, tables)
        joins = self.paths.tree(root, tables, begun, inward=inward, told=self._told())
        if joins is None:
            raise Unreadable("no join path connects the tables")
        return joins

    def _told(self) -> frozenset[str]:
        """Return the tables that the sentence names, or tells values of, for the rows asked for."""
        named = {table for _, table in self.draft.entities}
        main = [term for term in self.draft.terms if term.scope == MAIN]
        return frozenset(named | {table for term in main if (table := self.table_of(term))})

    def _begun(self, root: str, tables: list[str]) -> tuple[Join, ...]:
        # What a row has one of is neither counted nor missed: a linking table may relate more.
        for table in self._numerous() & set(tables) - {root}:
            direct = self.paths.path(root, table)
            if (
                direct is None
                or self.multiplies(direct[1])
                or self._refers_to_root(direct[1])
                or self._may_be_missed(table, direct[1])
            ):
                continue
            if linked := self.paths.linked(root, table, self.graph):
                return linked
        return ()

    def _refers_to_root(self, direct: tuple[Join, ...]) -> bool:
        # Stays have their patient, whatever else has both.
        last = direct[-1]
        references = self.graph.references
        return len(direct) == 1 and (last.right_table, last.right_columns[0]) in references

    def _may_be_missed(self, table: str, direct: tuple[Join, ...]) -> bool:
        # No key is declared: "orders whose customer is not in CRM" may well have none there.
        undeclared = any(join.kind == "candidate" for join in direct)
        return undeclared and table not in self._counted()

    def _counted(self) -> set[str | None]:
        return {term.table for term in self.draft.terms if term.kind == "count"}

    def _numerous(self) -> set[str]:
        """Return the tables whose rows are counted, or denied with nothing said of them."""
        counted = {
            term.table
            for term in self.draft.terms
            if term.kind == "count" or term.scope in self.draft.negative_scopes
            if term.kind in {"count", "exists"} and not term.ref
        }
        return {table for table in counted if table}

    def multiplies(self, joins: tuple[Join, ...]) -> bool:
        """Tell whether a row may meet several others over these joins."""
        return not all(self.paths.to_one(join, self.graph) for join in joins)


def aggregate_function(name: str) -> plan.AggregateFunction:
    """Return the aggregate function of a name. Raises KeyError."""
    functions: dict[str, plan.AggregateFunction] = {
        "count": "count", "sum": "sum", "avg": "avg", "min": "min", "max": "max",
    }  # fmt: skip
    return functions[name]

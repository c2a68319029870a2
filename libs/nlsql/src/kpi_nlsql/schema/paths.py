"""Join paths: the shortest sensible tree of joins that connects a set of tables."""

from __future__ import annotations

import heapq
from collections import defaultdict

from kpi_nlsql.schema.graph import Graph, Join

_CANDIDATE_COST = 1.6
_SURE_CANDIDATE = 0.7
_MOST_HOPS = 5
_INWARD = 0.5
_OWN_PARENT = 2.0
_SIBLINGS = 0.5
_VAGUE = 1.5
_LEAST_VAGUE = 0.6
_SEVERAL = 2


def _candidate_cost(join: Join, graph: Graph) -> float:
    """Return what an undeclared join costs; two foreign keys rather meet at what they point to."""
    sides = [(join.left_table, join.left_columns), (join.right_table, join.right_columns)]
    if all((table, column) in graph.references for table, columns in sides for column in columns):
        return 2.0 + _SIBLINGS
    vague = 0.0 if graph.tells(join) else _VAGUE
    return _CANDIDATE_COST + vague + (1 - join.score)


def _is_doubtful(join: Join, graph: Graph, declared: bool) -> bool:
    """Tell whether a candidate joins nothing: where keys are declared, or by what tells no row.

    Residents and parking zones share their districts, but no resident has one of the zones.
    """
    if declared and join.score < _SURE_CANDIDATE:
        return True
    return join.score < _LEAST_VAGUE and not graph.tells(join)


def _is_sure(join: Join) -> bool:
    return join.kind == "foreign_key" or join.score >= _SURE_CANDIDATE


class JoinPaths:
    """Finds join trees over a graph. Excluded columns join nothing."""

    def __init__(self, graph: Graph, excluded: frozenset[str] = frozenset()) -> None:
        self._edges: dict[str, list[tuple[float, Join]]] = defaultdict(list)
        declared = not graph.landed and any(j.kind == "foreign_key" for j in graph.joins)
        for join in graph.joins:
            if join.kind == "candidate" and _is_doubtful(join, graph, declared):
                continue
            columns = {column.lower() for column in (*join.left_columns, *join.right_columns)}
            if columns & excluded or join.left_table == join.right_table:
                continue
            cost = 1.0 if join.kind == "foreign_key" else _candidate_cost(join, graph)
            self._edges[join.left_table].append((cost, join))
            self._edges[join.right_table].append((cost, join.reversed()))
        self._graph = graph
        self._known: dict[tuple[str, str], tuple[float, tuple[Join, ...]] | None] = {}

    def distance(self, start: str, end: str) -> float:
        """Return the cost of the cheapest path; infinity if there is none."""
        found = self.path(start, end)
        return float("inf") if found is None else found[0]

    def path(self, start: str, end: str) -> tuple[float, tuple[Join, ...]] | None:
        """Return the cheapest path between two tables as its cost and joins, from ``start`` on."""
        if start == end:
            return 0.0, ()
        key = (start, end)
        if key not in self._known:
            self._known[key] = self._search(start, end)
        return self._known[key]

    def _search(self, start: str, end: str) -> tuple[float, tuple[Join, ...]] | None:
        queue: list[tuple[float, int, str, tuple[Join, ...]]] = [(0.0, 0, start, ())]
        done: set[str] = set()
        counter = 0
        while queue:
            cost, _, table, joins = heapq.heappop(queue)
            if table == end:
                return cost, joins
            if table in done or len(joins) >= _MOST_HOPS:
                continue
            done.add(table)
            for step, join in self._edges[table]:
                if join.right_table not in done:
                    counter += 1
                    total = cost + step + (_SIBLINGS if self._turns(joins, join) else 0.0)
                    heapq.heappush(queue, (total, counter, join.right_table, (*joins, join)))
        return None

    def _turns(self, joins: tuple[Join, ...], join: Join) -> bool:
        # Rows that share a parent (students and teachers of a department) are hardly related.
        up = bool(joins) and self.to_one(joins[-1], self._graph)
        return up and not self.to_one(join, self._graph)

    def linked(self, start: str, end: str, graph: Graph) -> tuple[Join, ...]:
        """Return the joins over a linking table, if one relates rows of both to many of the other.

        Employees have a job (``employees.job_id``) and had several (``job_history``).
        """
        found = [
            (cost + step, first, second)
            for cost, first in self._edges[start]
            if _is_sure(first) and first.right_table != end and not self.to_one(first, graph)
            for step, second in self._edges[first.right_table]
            if _is_sure(second) and second.right_table == end and self.to_one(second, graph)
            if not {*first.right_columns} & {*second.left_columns}
        ]
        if not found:
            return ()
        _, first, second = min(found, key=lambda entry: entry[0])
        return first, second

    def tree(
        self,
        root: str,
        tables: list[str],
        begun: tuple[Join, ...] = (),
        *,
        inward: bool = False,
        told: frozenset[str] = frozenset(),
    ) -> tuple[Join, ...] | None:
        """Return joins that connect ``tables`` to ``root``, each from a table already joined.

        ``begun`` are joins from the root that are already settled. ``inward`` ties tables rather
        to those joined before than to the root once more: all of it is said of one related row.
        Of ways as short, the one over tables that the sentence has ``told`` of is taken.
        """
        joined = [root, *(join.right_table for join in begun)]
        result: list[Join] = list(begun)
        waiting = [table for table in dict.fromkeys(tables) if table not in joined]
        while waiting:
            options = [
                (
                    found[0]
                    + (self._outward(found[1], bool(result)) if inward and index == 0 else 0),
                    index,
                    found[1],
                    table,
                )
                for table in waiting
                for index, start in enumerate(joined)
                if (found := self._over(start, table, told)) is not None
            ]
            if not options:
                return None
            _, _, joins, _ = min(options, key=lambda option: option[:2])
            for join in joins:
                if join.right_table not in joined:
                    result.append(join)
                    joined.append(join.right_table)
            waiting = [other for other in waiting if other not in joined]
        return tuple(result)

    def _outward(self, joins: tuple[Join, ...], begun: bool) -> float:
        # "who took no course of the Biology department": the course's, not the student's own.
        own = bool(joins) and self.to_one(joins[0], self._graph)
        return _INWARD * begun + _OWN_PARENT * own

    def _over(
        self, start: str, end: str, told: frozenset[str]
    ) -> tuple[float, tuple[Join, ...]] | None:
        # "quantity per supplier on received orders": over the order, not over the article.
        found = self.path(start, end)
        if found is None or len(found[1]) < _SEVERAL:
            return found
        if told & {join.right_table for join in found[1][:-1]}:
            return found
        for table in sorted(told - {start, end}):
            first, second = self.path(start, table), self.path(table, end)
            if first is None or second is None or self._turns(first[1], second[1][0]):
                continue
            if first[0] + second[0] <= found[0]:
                return first[0] + second[0], (*first[1], *second[1])
        return found

    def to_one(self, join: Join, graph: Graph) -> bool:
        """Tell whether a row on the left meets at most one on the right."""
        right = graph.table(join.right_table)
        columns = tuple(column.lower() for column in join.right_columns)
        if tuple(key.lower() for key in right.primary_key) == columns:
            return True
        if len(columns) > 1:
            return right.identifies(join.right_columns)
        return len(columns) == 1 and right.column(columns[0]).unique

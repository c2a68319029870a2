"""Resolution: choosing, for every mention of a column or value, the one column that is meant."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isinf

from kpi_nlsql.drafting.draft import MAIN, Draft, Ref, Term
from kpi_nlsql.drafting.fitting import compared_with, literals_of, unfit, unlike
from kpi_nlsql.english.words import all_stems
from kpi_nlsql.grammar.conditions.directions import leads
from kpi_nlsql.mentions.lexicon import NameHit
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.schema.paths import JoinPaths

_NEAR = 0.6
_DENIED = 0.6
_BESIDE = 0.3
_TOWARD = 0.9
_ADJACENT = 0.9
_NAMED = 0.3
_CHOSEN = 0.2
_OF_ROWS = 0.25
_OF_SEVERAL = 0.4
_STRAYED = 8.0
_KEY = 0.05
_HOP = 0.08
_FARTHEST = 5.0
_APART = 1.0
"""What speaks against a table that nothing ties to those told of: no query could reach it."""
_UNFIT = 0.7


@dataclass(slots=True)
class Resolution:
    """The tables in play and how narrowly each choice was made."""

    named: set[str]
    denied: set[str] = field(default_factory=set)
    limited: set[str] = field(default_factory=set)
    shown: set[int] = field(default_factory=set)
    chosen: set[str] = field(default_factory=set)
    holding: set[str] = field(default_factory=set)
    """The tables of which alone a value told is."""
    grouped: set[int] = field(default_factory=set)
    counted: str | None = None
    """The rows that are counted: "by region" tells their own, where they have one."""
    related: dict[int, set[str]] = field(default_factory=dict)
    margins: list[float] = field(default_factory=list)
    runners_up: list[tuple[float, Ref, tuple[str, str]]] = field(default_factory=list)


def resolve(
    draft: Draft, graph: Graph, paths: JoinPaths, forced: dict[int, tuple[str, str]]
) -> Resolution:
    """Set the choice of every reference of the draft; ``forced`` fixes some by position."""
    state = Resolution(_named(draft))
    absent, limited = _denied(draft)
    state.denied, state.limited = absent - state.named, limited - state.named
    state.related = {scope: _related(draft, scope) for scope in draft.negative_scopes}
    state.shown = {wanted.ref.position for wanted in draft.wanted if wanted.ref}
    state.grouped = {group.position for group in draft.groups}
    state.counted = _rows_counted(draft)
    state.holding = _holding(draft)
    apart = {id(t.ref) for t in draft.terms if t.scope in draft.negative_scopes}
    refs = sorted(draft.refs(), key=lambda ref: (id(ref) in apart, _ambiguity(ref)))
    for ref in refs:
        if ref.choice is not None:
            state.chosen.add(ref.choice[0])
            continue
        if ref.position in forced:
            ref.choice = forced[ref.position]
            state.chosen.add(ref.choice[0])
            continue
        _choose(ref, draft, state, graph, paths)
    for term in draft.terms:
        if term.kind == "value" and term.ref is None:
            _choose_value(term, draft, state, graph, paths)
    return state


def _named(draft: Draft) -> set[str]:
    tables = {table for _, table in draft.entities}
    tables |= {
        term.table for term in draft.terms if term.table and term.scope not in draft.negative_scopes
    }
    tables |= {wanted.table for wanted in draft.wanted if wanted.table}
    tables |= {sorting.table for sorting in draft.sorting if sorting.table}
    tables |= {group.table for group in draft.groups if group.table}
    return tables | {ref.near for ref in draft.refs() if ref.near}


def _holding(draft: Draft) -> set[str]:
    """Return the tables of which alone a value told is: "the most valuable gifts" are objects."""
    held = [{hit.table for hit in term.hits} for term in draft.terms if term.scope == MAIN]
    return {tables.pop() for tables in held if len(tables) == 1}


def _denied(draft: Draft) -> tuple[set[str], set[str]]:
    """Return the tables of which no row is meant to be there, and of which no row of some kind.

    "Countries without a customer" are no customers' countries; "countries without a customer
    above 60" may be.
    """
    absent: set[str] = set()
    limited: set[str] = set()
    for scope in draft.negative_scopes:
        terms = [term for term in draft.terms if term.scope == scope]
        tables = {term.table for term in terms if term.table}
        bare = all(term.kind == "exists" for term in terms)
        (absent if bare else limited).update(tables)
    return absent, limited


def _related(draft: Draft, scope: int) -> set[str]:
    """Return the tables whose rows a denial is about: what it says is said of those."""
    asked = {table for _, table in draft.entities[:1]}
    terms = [term for term in draft.terms if term.scope == scope]
    related = {term.table for term in terms if term.table} - asked
    return related | {term.near for term in terms if term.near} if related else related


def _ambiguity(ref: Ref) -> tuple[int, int]:
    best = ref.hits[0].score if ref.hits else 0.0
    rivals = sum(hit.score > best - 0.1 for hit in ref.hits)
    return (0 if ref.near else rivals, ref.position)


def _value_columns(draft: Draft, ref: Ref) -> set[tuple[str, str]]:
    """Return the columns that hold a value which the sentence compares this column with."""
    return {
        (hit.table, hit.column)
        for term in draft.terms
        if term.ref is ref and term.kind == "value"
        for hit in term.hits
    }


def _choose(
    ref: Ref,
    draft: Draft,
    state: Resolution,
    graph: Graph,
    paths: JoinPaths,
) -> None:
    scored = []
    holders, compared = _value_columns(draft, ref), literals_of(draft, ref)
    against = compared_with(draft, ref)
    for hit in ref.hits:
        score = hit.score + _fit(hit.table, ref.near, state, paths)
        key = (hit.table, str(hit.column))
        if ref.position in state.shown:
            score += _shown(key, state, graph)
        if ref.position in state.grouped and ref.near is None:
            score += _of_rows(hit, ref, state, graph, paths)
        if key in holders:
            score += 0.5
        column = graph.table(hit.table).column(str(hit.column))
        score -= _UNFIT * (unfit(column, compared) or unlike(column, against, graph))
        if graph.table(hit.table).primary_key[:1] == (hit.column,):
            score += _KEY
        scored.append((score, key))
    if not scored:
        return
    scored.sort(key=lambda pair: -pair[0])
    ref.choice = scored[0][1]
    state.chosen.add(ref.choice[0])
    rivals = [pair for pair in scored[1:] if pair[1][1].lower() != ref.choice[1].lower()]
    rivals = rivals or scored[1:]
    margin = scored[0][0] - rivals[0][0] if rivals else 1.0
    state.margins.append(min(margin, 1.0))
    if rivals:
        state.runners_up.append((margin, ref, rivals[0][1]))


def _rows_counted(draft: Draft) -> str | None:
    """Return the rows that are counted or of which an amount is added up."""
    for wanted in draft.wanted:
        if wanted.function is not None and (wanted.table or wanted.ref):
            hits = wanted.ref.hits[:1] if wanted.ref is not None else ()
            return wanted.table or (wanted.ref and wanted.ref.near) or hits[0].table
    return None


def _of_rows(hit: NameHit, ref: Ref, state: Resolution, graph: Graph, paths: JoinPaths) -> float:
    """Return what speaks for grouping rows by a column: by their own, not by one of several."""
    counted = state.counted
    if counted is None or all(other.table != counted for other in ref.hits):
        return 0.0
    if hit.table == counted:
        return _OF_ROWS
    path = paths.path(counted, hit.table)
    one = path is not None and all(paths.to_one(join, graph) for join in path[1])
    return 0.0 if one else -_OF_SEVERAL


def _shown(key: tuple[str, str], state: Resolution, graph: Graph) -> float:
    """Return what speaks for showing a column of a table of which rows are denied."""
    table, _ = key
    if table in state.denied or (table in state.limited and key in graph.references):
        return -_DENIED
    return _NAMED if table in state.limited else 0.0


def _fit(table: str, near: str | None, state: Resolution, paths: JoinPaths) -> float:
    score = 0.0
    if near is not None:
        if table == near:
            score += _NEAR
        else:
            score -= _HOP * min(paths.distance(near, table), _FARTHEST)
    if table in state.named:
        score += _NAMED
    if table in state.chosen:
        score += _CHOSEN
    anchors = state.named | state.chosen | state.holding
    if anchors and table not in anchors:
        nearest = min(paths.distance(anchor, table) for anchor in anchors)
        score -= _HOP * min(_FARTHEST, nearest) + _APART * isinf(nearest)
    return score


def _own(term: Term, draft: Draft) -> tuple[ValueHit, ...]:
    """Return the columns that hold a value: those of the rows asked for, where it is theirs.

    A table named beside the value, or told to be related in its scope, may hold it instead.
    """
    asked = draft.entities[0][1] if draft.entities else None
    named = {table for _, table in draft.entities} | {term.near}
    named |= {other.table for other in draft.terms if other.table}
    own = tuple(hit for hit in term.hits if hit.table == asked)
    return own if own and named <= {asked, None} else term.hits


def _choose_value(
    term: Term, draft: Draft, state: Resolution, graph: Graph, paths: JoinPaths
) -> None:
    if not term.hits:
        return
    scored, beside = [], _held_beside(term, draft)
    for hit in _own(term, draft):
        score = hit.score + _fit(hit.table, None, state, paths)
        if hit.table == term.near:
            score += _ADJACENT if term.adjacent and not _is_copied(graph, hit, term) else _BESIDE
        score += _TOWARD * (term.toward is not None and leads(term.toward, hit.column))
        score += _NEAR * (hit.table in state.related.get(term.scope, ()))
        score += _CHOSEN * (hit.table in beside)
        column = graph.table(hit.table).column(hit.column)
        if any(name.split()[-1:] == ["name"] or name == "title" for name in column.display_names):
            score += _KEY
        if _references(graph, hit.table, hit.column) and hit.table not in state.named:
            score -= _KEY
        scored.append((score, hit))
    scored.sort(key=lambda pair: -pair[0])
    best = scored[0][1]
    margin = min(1.0, scored[0][0] - scored[1][0]) if len(scored) > 1 else 1.0
    state.margins.append(margin)
    state.chosen.add(best.table)
    ref = Ref(
        term.position,
        tuple(NameHit(hit.table, hit.column, score) for score, hit in scored),
        None,
        (best.table, best.column),
    )
    if len(scored) > 1:
        rival = scored[1][1]
        state.runners_up.append((margin, ref, (rival.table, rival.column)))
    term.ref = ref
    term.values = (best.value,)
    if _strays(draft, graph, term, best):
        draft.note("dangling", _STRAYED)


def _held_beside(term: Term, draft: Draft) -> set[str]:
    """Return the tables that hold the value beside, too: "active dogs", of owners and of dogs."""
    others = [o for o in draft.terms if o.hits and abs(o.position - term.position) == 1]
    return {hit.table for other in others for hit in other.hits} if not draft.entities else set()


def _strays(draft: Draft, graph: Graph, term: Term, best: ValueHit) -> bool:
    """Tell whether a value was said of other rows than those it was found in.

    "Employees with an active contract", where employees have a status and contracts have none.
    """
    asked = draft.entities[0][1] if draft.entities else None
    near = term.near if term.adjacent else None
    if near is None or near == asked or best.table != asked:
        return False
    named = all_stems(graph.table(near).display_names)
    told = all_stems(graph.table(best.table).column(best.column).display_names)
    refers = any(
        (join.left_table, join.right_table) == (best.table, near)
        and best.column in join.left_columns
        for join in graph.joins
    )
    return not refers and not named & told


def _is_copied(graph: Graph, hit: ValueHit, term: Term) -> bool:
    """Tell whether a foreign key that holds the value, too, points to this column."""
    return any(
        join.right_table == hit.table
        and hit.column in join.right_columns
        and any(h.table == join.left_table and h.column in join.left_columns for h in term.hits)
        for join in graph.joins
    )


def _references(graph: Graph, table: str, column: str) -> bool:
    return any(
        join.left_table == table and column in join.left_columns and join.kind == "foreign_key"
        for join in graph.joins
    )

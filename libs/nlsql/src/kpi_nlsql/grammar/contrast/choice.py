"""Choice: the two tables and columns that a comparison most likely speaks of, chosen together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.grammar.contrast.between import Link, linked_rows, turned
from kpi_nlsql.grammar.contrast.operand import (
    SURE,
    Operand,
    Operands,
    Word,
    naming,
    operands_in,
    table_told,
)
from kpi_nlsql.grammar.contrast.paired_rows import paired_rows
from kpi_nlsql.grammar.contrast.sides import side
from kpi_nlsql.grammar.contrast.sought import Sought
from kpi_nlsql.grammar.contrast.told_key import told_key
from kpi_nlsql.grammar.contrast.wording import (
    column_names,
    counts_years,
    covered,
    fit_name,
    is_key,
    kind_of,
    table_words,
)
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.graph import Column, Graph, Table
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.sentence import Sentence

_UNLIKE_KINDS = 1.5
_HEADED = 0.8
_PAIRED = 1.5
_NAMED_IN_BOTH = 0.4
_MENTIONED = 0.6
_SHOWN = 0.5
_WHOLE = 0.9
_KEYLESS = 1.0
_BY_COLUMN = 0.6
_LINKED = 0.4
_ASKED = 0.5
_NO_KEY = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Two operands, how the rows of their tables pair up, and how good that is."""

    left: Operand
    right: Operand
    pairing: Pairing
    score: float
    link: Link | None = None

    @property
    def same_row(self) -> bool:
        """Whether two columns of one row are compared."""
        return self.left.table == self.right.table

    def steps(self) -> tuple[plan.JoinStep, ...]:
        """Return the joins from the rows of the first side (``s``) to the second (``t``)."""
        if self.same_row:
            return ()
        if self.link is not None:
            return self.link.steps(self.pairing, self.right.table)
        on = self.pairing.conditions("s", "t")
        return (plan.JoinStep(plan.Source(self.right.table, "t"), on),)

    @property
    def columns(self) -> tuple[str | None, str | None]:
        """The two columns compared."""
        return self.left.column, self.right.column

    def meant(self, graph: Graph) -> tuple[Column, Column]:
        """Return the two columns compared as the graph has them."""
        return self.left.meant(graph), self.right.meant(graph)

    def turned(self) -> Choice:
        """Return the same choice with its sides exchanged."""
        if self.link is not None:
            pairing, link = turned(self.pairing, self.link, self.left.table)
            return Choice(self.right, self.left, pairing, self.score, link)
        pairs = tuple(pair.reversed() for pair in self.pairing.pairs)
        return Choice(self.right, self.left, replace(self.pairing, pairs=pairs), self.score)


def choices(sentence: Sentence, sought: Sought) -> list[Choice]:
    """Return the possible choices, best first."""
    found = list(_pairs(sentence, sought))
    return sorted(found, key=lambda choice: -choice.score)


def _pairs(sentence: Sentence, sought: Sought) -> Iterator[Choice]:
    graph, found = sentence.graph, operands_in(sentence.graph)
    # "payments that do not match the charge" do so by their amount
    bare = [bool(sought.in_time) if alone else None for alone in sought.bare]
    sides = (
        side(graph, sought.left, sought.right, sought.common, sought.refers[0], bare[0], found),
        side(graph, sought.right, sought.left, sought.common, sought.refers[1], bare[1], found),
    )
    lefts, rights = (
        [
            (each, _is_shown(graph, sought, each))
            for each in side
            if _has_order(graph, sought, each) and not _is_key_told(sought, each, found)
        ]
        for side in sides
    )
    head = {table.name: _head(sought.head, table) for table in graph.tables}
    spoken = {table.name: _spoken(sought.others, table) for table in graph.tables}
    rows = max(head, key=lambda name: head[name])
    asked = rows if head[rows] >= _ASKED else None
    links: dict[tuple[str, str], tuple[Pairing, Link] | None] = {}
    joined = {(join.left_table, join.right_table) for join in graph.joins}
    for left, left_shown in lefts:
        for right, right_shown in rights:
            pair = (left.table, right.table)
            if not _comparable(graph, sought, left, right):
                continue
            if left.table == right.table:
                if (one := _same_row(graph, sought, left, right, head, spoken)) is not None:
                    yield one
                continue
            if not _told_apart(sought, (left, right), spoken, found):
                continue
            score = left.score + right.score + _likeness(graph, left, right)
            score += _HEADED * max(head[left.table], head[right.table])
            score += _MENTIONED * sum(spoken[name] for name in pair)
            left, right = _seen(left, left_shown), _seen(right, right_shown)
            score += _SHOWN * (left_shown + right_shown)
            score -= _KEYLESS * _lacks_key(sought, pair, found)
            avoided = (str(left.column), str(right.column))
            pairing = paired_rows(sentence, *pair, avoided) if _meet(joined, pair) else None
            pairing = pairing or _by_told_key(graph, left, right, sought.keys)
            if pairing is not None:
                yield Choice(left, right, pairing, score + _PAIRED * pairing.score)
                continue
            if pair not in links:
                links[pair] = linked_rows(sentence, *pair, asked)
            if (linked := links[pair]) is not None:
                score += _worth_of_link(linked, head, pair)
                yield Choice(left, right, linked[0], score, linked[1])


def _worth_of_link(
    linked: tuple[Pairing, Link], head: dict[str, float], pair: tuple[str, str]
) -> float:
    pairing, link = linked
    further = head[link.table] - max(head[name] for name in pair) if link.asked else 0.0
    return _PAIRED * pairing.score - _LINKED + _HEADED * further


def _has_order(graph: Graph, sought: Sought, operand: Operand) -> bool:
    """Tell whether a column has the order that is asked for, if one is: of dates or of amounts."""
    column = operand.meant(graph)
    wanted = "date" if sought.in_time else "number"
    return sought.in_time is None or (kind_of(column) == wanted and not is_key(column))


def _comparable(graph: Graph, sought: Sought, left: Operand, right: Operand) -> bool:
    """Tell whether both columns hold years, or neither does; and whether one of them is named."""
    if sought.in_time is None:  # "orders that differ from the invoices" do not say in what
        return bool(left.words or right.words)
    return counts_years(left.meant(graph)) == counts_years(right.meant(graph))


def _same_row(
    graph: Graph,
    sought: Sought,
    left: Operand,
    right: Operand,
    head: dict[str, float],
    spoken: dict[str, float],
) -> Choice | None:
    """Return two columns of one table as a choice: "paid later than due"."""
    table = graph.table(left.table)
    columns = [side.meant(graph) for side in (left, right)]
    alike = len({kind_of(column) for column in columns}) == 1 and not any(map(is_key, columns))
    said = min(left.said, right.said) >= SURE and not (left.lost | right.lost)
    if left.column == right.column or sought.common or not (said and alike):
        return None
    score = left.score + right.score + _HEADED * head[table.name] + _MENTIONED * spoken[table.name]
    return Choice(left, right, Pairing((), 1.0, "the same row"), score + _PAIRED)


def _by_told_key(
    graph: Graph, left: Operand, right: Operand, keys: Sequence[Sequence[Word]]
) -> Pairing | None:
    """Return how rows pair up where only the sentence says so: "(same entity and period)"."""
    pairs = told_key(graph, left, right, keys).pairs if keys else ()
    whole = bool(pairs) and len(pairs) == len(keys)
    return Pairing(pairs, _WHOLE, "the columns that are named") if whole else None


def _meet(joined: set[tuple[str, str]], pair: tuple[str, str]) -> bool:
    return bool({pair, pair[::-1]} & joined)


def _likeness(graph: Graph, left: Operand, right: Operand) -> float:
    """Return how alike two columns are: by their names, and by the kind of their values."""
    first, second = left.meant(graph), right.meant(graph)
    alike = _NAMED_IN_BOTH if set(first.display_names) & set(second.display_names) else 0.0
    unlike = _UNLIKE_KINDS if kind_of(first) != kind_of(second) else 0.0
    # "an IBAN other than that of the restaurant" is not set against the number of a restaurant
    return alike - unlike - (_NO_KEY if is_key(first) != is_key(second) else 0.0)


def _is_shown(graph: Graph, sought: Sought, operand: Operand) -> bool:
    """Tell whether the column is, by its full name, among those to show."""
    table = graph.table(operand.table)
    names = column_names(operand.meant(graph))
    for part in sought.shown:
        # the time sheets that hours are "from" say nothing of the hours that are over time
        place = naming(part, table)
        texts = [word.text for word in part if word not in place] or [w.text for w in part]
        if any(all(covered(texts, (each,)) >= _WHOLE for each in name) for name in names):
            return True
    return False


def _seen(operand: Operand, shown: bool) -> Operand:
    """Return the operand, sure of what it leaves out where the column is among those to show."""
    return replace(operand, said=SURE) if shown and operand.said < SURE else operand


def _is_key_told(sought: Sought, operand: Operand, found: Operands) -> bool:
    """Tell whether the rows are to be paired by the column: "for the same batch"."""
    return any(
        best.column == operand.column and not best.lost
        for part in sought.keys
        for best in found(part, operand.table)[:1]
    )


def _lacks_key(sought: Sought, tables: Sequence[str], found: Operands) -> int:
    """Count the parts of the key told that one of the tables has no column for."""
    return sum(
        not any(not best.lost for best in found(part, table)[:1])
        for part in sought.keys
        for table in tables
    )


def _told_apart(
    sought: Sought, pair: tuple[Operand, Operand], spoken: dict[str, float], found: Operands
) -> bool:
    """Tell whether the sentence has two tables in mind, not two columns of one."""
    told = [operand.placed or spoken[operand.table] > 0 for operand in pair]
    if sought.common:
        # "orders invoiced with a different amount": what was invoiced is of the invoice
        sides = zip(pair, (sought.left, sought.right), told, strict=True)
        told = [so or bool({*words} & {*operand.words}) for operand, words, so in sides]
    if all(told) or not (sought.left and sought.right):
        return all(told)
    left, right = pair
    within = {left.table: sought.right, right.table: sought.left}
    return not any(
        (other.said, other.score) >= (own.said, own.score) and len(other.lost) <= len(own.lost)
        for (table, words), own in zip(within.items(), (right, left), strict=True)
        for other in found(words, table)[:1]
    )


def _head(words: Sequence[Word], table: Table) -> float:
    """Return how well the words for the rows asked for speak of the rows of a table, 0..1."""
    if not words:
        return 0.0
    texts = tuple(word.text for word in words)
    fit = fit_name(texts, table_words(table))
    for column in table.columns:
        for name in column_names(column):
            own = fit_name(texts, name)
            fit = tuple(max(best, _BY_COLUMN * mine) for best, mine in zip(fit, own, strict=True))
    return sum(fit) / len(fit)


def _spoken(words: Sequence[Word], table: Table) -> float:
    """Return 1 if some of the words name the table."""
    told = table_told(words, table)
    return 0.0 if told is None else min(1.0, (told.score + len(told.lost)) / 2)

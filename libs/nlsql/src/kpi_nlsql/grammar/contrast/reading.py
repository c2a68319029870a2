"""A reading of a comparison: from the choice of its columns to a plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from kpi_nlsql.english.words import parts
from kpi_nlsql.grammar.contrast.account import Account
from kpi_nlsql.grammar.contrast.beside import said_beside
from kpi_nlsql.grammar.contrast.blanks import turned
from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.comparator import mirrored
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.layout import Layout, lists_beside, words_of
from kpi_nlsql.grammar.contrast.listed_rows import Positions
from kpi_nlsql.grammar.contrast.margin import Margin, within_rounding
from kpi_nlsql.grammar.contrast.operand import naming, operands, table_told
from kpi_nlsql.grammar.contrast.order import can_sort, ordered
from kpi_nlsql.grammar.contrast.outputs import both_compared, both_listed, shown_column, shown_total
from kpi_nlsql.grammar.contrast.plainness import clearness
from kpi_nlsql.grammar.contrast.row_phrases import RowPhrase
from kpi_nlsql.grammar.contrast.rows_said import RowsSaid
from kpi_nlsql.grammar.contrast.sought import Sought, own_side
from kpi_nlsql.grammar.contrast.states import States, conditions
from kpi_nlsql.grammar.contrast.told_key import completed, told_key
from kpi_nlsql.grammar.contrast.wording import covered
from kpi_nlsql.grammar.contrast.written import (
    Wish,
    compared,
    of_one_side,
    of_other,
    summed,
    written,
)
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.plan_walk import moved
from kpi_nlsql.schema.graph import Table
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.sentence import Candidate, Sentence

_WHOLE = 0.8
_SURELY = 0.85
_KEYED = 0.95
_SAID = 0.8
_DESCRIBED = 0.3
"""What is left of the certainty where a word is not understood that tells which rows are meant."""
_SUMMED = 0.5
"""What is left of the certainty where sums must be equal to the last cent."""

Total = Callable[[Sequence[plan.Condition]], plan.Condition]
"""Makes the comparison with what the rows come to of which the conditions hold."""


class Reading:
    """A choice on its way to a plan, with an account of the words it has understood."""

    def __init__(
        self,
        sentence: Sentence,
        items: Sequence[Item],
        layout: Layout,
        sought: Sought,
        account: Account,
        phrases: Sequence[RowPhrase] = (),
    ) -> None:
        self.sentence, self.items, self.layout = sentence, items, layout
        self.sought, self.account, self.phrases = sought, account, phrases
        self.operator: plan.Operator = "!="
        self.keyed = False
        """Whether it is told by which columns rows are paired, "for the same flight"."""
        self.stretches: tuple[Positions, Positions] = ((), ())
        """What is said on either side where columns are compared, not values."""

    def of(
        self, ranked: Sequence[Choice], clause: Clause, margin: Margin | None
    ) -> Candidate | None:
        """Return the reading of the best choice."""
        choice, operator, blank = ranked[0], clause.operator, clause.blank
        self.operator, self.stretches = operator, (clause.left, clause.right)
        if clause.together is None and self._turned(choice):
            choice, operator = choice.turned(), mirrored(operator)
            margin = margin.turned() if margin is not None else None
            blank = turned(blank)
        choice = replace(choice, pairing=self._keyed(choice))
        self._tell_sides(choice)
        rows = self._asks_rows(choice, bool(clause.common))
        said = min(choice.left.said, choice.right.said)
        sure = choice.pairing.score * clearness(ranked) * min(1.0, 0.4 + said)
        told = f"{choice.left.column} {operator} {choice.right.column}"
        if (function := clause.together) is not None:
            if function == "sum" and margin is None:
                margin = within_rounding(operator, choice.right.meant(self.sentence.graph))
            unlike = _SUMMED if operator == "!=" and margin is None else 1.0
            total = partial(summed, choice, operator, function, margin)
            return self._candidate(choice, [], rows, sure * unlike, told, total)
        terms = [compared(choice, operator, self.sentence.graph, margin, blank)]
        return self._candidate(choice, terms, rows, sure, told)

    def of_states(self, choice: Choice, found: States) -> Candidate | None:
        """Return the reading of a value on either side."""
        if self._turned(choice):
            choice = choice.turned()
            found = replace(found, first=found.second, second=found.first)
        said = conditions(self.items, found, choice)
        lost = choice.left.lost | choice.right.lost
        self._tell_sides(choice)
        self.account.add({word.token for word in self.sought.common} - lost)
        for position in found.subject:
            hits = self.items[position].column_hits()
            if any(
                (hit.table, hit.column) == (choice.left.table, choice.left.column) for hit in hits
            ):
                self.account.add_item(position)
        columns = " and ".join(
            f"{side.table}.{side.column}" for side in (choice.left, choice.right)
        )
        rows = bool(self.sought.head)
        sure = choice.pairing.score
        return self._candidate(choice, said, rows, sure, f"{columns} are so")

    def _candidate(
        self,
        choice: Choice,
        said: list[plan.Condition],
        rows: bool,
        sure: float,
        told: str,
        total: Total | None = None,
    ) -> Candidate | None:
        named = self._named(choice, total is not None)
        said_of = RowsSaid(self.sentence, self.items, self.account, choice)
        filters = [*said_of.phrased(self.phrases), *said_of.headed(self.layout.head)]
        filters += said_of.described(self.stretches)
        filters += said_of.said_after(self.layout.loose)
        behind = set(self.stretches[1])
        filters += said_beside(self.items, self.layout, self.account, choice, behind)
        if said_of.leaves_words([self.layout.head, *self.stretches]):
            sure *= _DESCRIBED
        counts = self.layout.counts
        if counts and any(self.items[at].is_cue("group") for at in self.layout.head):
            return None  # "the number of vehicles per dealer" is counted apart
        if counts and self.layout.keys and not self.keyed:
            return None  # "number of products whose price differs, by category"
        wish = Wish(counts, counts or rows, () if counts else named)
        terms = dict.fromkeys([*filters, *said])
        query = self._query(choice, list(terms), wish, total)
        if query is None:
            return None
        query = self._ordered(query, choice)
        if choice.same_row and not self.account.all_told():
            return None  # of one table the general reader reads more than what is compared
        tables = choice.left.table
        if choice.link is not None and choice.link.asked:
            tables = f"{choice.link.table} with {tables} and {choice.right.table}"
        elif not choice.same_row:
            keys = ", ".join(pair.left for pair in choice.pairing.pairs)
            tables += f" and {choice.right.table} with the same {keys}"
        return Candidate(
            plan=query,
            kind="reconcile",
            operation="EQUALS" if self.operator == "=" else "NOT_EQUALS",
            explanation=f"Rows of {tables} where {told}",
            source_table=choice.left.table,
            target_table=None if choice.same_row else choice.right.table,
            joined_columns=choice.pairing.columns(),
            used=self.account.used(),
            features={"pairing": sure, "requested": float(bool(named and self.layout.shown))},
        )

    def _query(
        self, choice: Choice, terms: Sequence[plan.Condition], wish: Wish, total: Total | None
    ) -> plan.Query | None:
        if total is not None:
            among = [term for term in terms if of_other(term)]
            own = [term for term in terms if term not in among]
            return of_one_side(choice, [*own, total(among)], wish, among)
        if choice.same_row:
            return moved(of_one_side(choice, terms, wish), "s", choice.left.table)
        return written(choice, terms, wish, self.sentence.graph)

    def _ordered(self, query: plan.Query, choice: Choice) -> plan.Query:
        keys: list[plan.Order] = []
        for part, descending in self.layout.order:
            words = words_of(self.items, part, self.sentence.tokens)
            found = shown_column(words, choice, self.sentence.graph, ())
            if found is not None and can_sort(query, found[0]):
                keys.append(plan.Order(found[0], descending))
                self.account.add({word.token for word in words} - found[1])
        return ordered(query, keys) if keys else query

    def _turned(self, choice: Choice) -> bool:
        """Tell whether the rows asked for are those of the second side, as their noun says."""
        if (own := own_side(self.items, self.sought, self.stretches[1])) is not None:
            return own == 1
        told_there = [self.items[at] for at in self.layout.head if self.items[at].placed]
        if told_there:  # "parts that are active in A but not in B" are those of A
            return told_there[0].table_hits()[0].table == choice.right.table
        standing = []
        for side, words in ((choice.left, self.sought.left), (choice.right, self.sought.right)):
            table = self.sentence.graph.table(side.table)
            told = table_told(self.sought.head, table)
            sure = told is not None and told.said >= _SURELY
            score = told.score if told is not None and sure else 0.0
            place = [word for word in words if word not in side.words]
            texts = [word.text for word in (*self.sought.head, *place)]
            # of two that are called so, the one whose whole name is told: IRT's ``irt_kit``
            names = [name.split() for name in table.display_names] or [[*parts(table.name)]]
            whole = max(covered(texts, name) for name in names) if sure else 0.0
            standing.append((sure, self._valued(table.name), score, whole))
        return standing[1] > standing[0]

    def _valued(self, table: str) -> bool:
        """Tell whether a word for the rows asked for is a value that a table has: "nurses"."""
        values = [v for at in self.layout.head for v in self.items[at].values if v.score >= _SAID]
        return any(value.table == table for value in values)

    def _asks_rows(self, choice: Choice, common: bool) -> bool:
        """Tell whether the rows of a table are asked for, not what two tables describe each."""
        if not self.sought.head:
            return not common
        told = [table_told(self.sought.head, table) for table in self._tables(choice)]
        return any(each is not None and each.said >= _SURELY for each in told)

    def _tables(self, choice: Choice) -> list[Table]:
        """Return the tables whose rows may be asked for."""
        names = [choice.left.table, choice.right.table]
        if choice.link is not None and choice.link.asked:
            names.append(choice.link.table)
        return [self.sentence.graph.table(name) for name in names]

    def _tell_sides(self, choice: Choice) -> None:
        lost = choice.left.lost | choice.right.lost
        for words in (self.sought.left, self.sought.right, self.sought.common):
            self.account.add({word.token for word in words} - lost)
            if choice.link is not None:
                between = self.sentence.graph.table(choice.link.table)
                self.account.add(word.token for word in naming(words, between))
        for table in self._tables(choice):
            told = table_told(self.sought.head, table)
            if told is not None:
                self.account.add({word.token for word in self.sought.head} - told.lost)
            for operand in operands(self.sought.head, table):
                self.account.add(word.token for word in operand.words)

    def _keyed(self, choice: Choice) -> Pairing:
        """Return the pairing by the key that is told, "for the same flight and date"."""
        told = told_key(self.sentence.graph, choice.left, choice.right, self.sought.keys)
        for words in told.words:
            self.account.add(word.token for word in words)
        if not told.pairs or choice.link is not None:
            return choice.pairing
        left, right = (
            self.sentence.graph.table(side.table) for side in (choice.left, choice.right)
        )
        pairs = completed(left, right, choice.pairing, told.pairs)
        same = any("same" in item.text.split() for item in self.items)
        self.keyed = same or pairs == told.pairs  # "by category" tells no row
        return Pairing(pairs, _KEYED, "the columns that are named")

    def _named(self, choice: Choice, together: bool) -> list[plan.ColumnRef]:
        shown: list[plan.ColumnRef] = []
        pair = both_listed(self.sought.shown, choice, self.sentence.graph)
        for n, words in enumerate(self.sought.shown):
            if n in pair:
                self.account.add(word.token for word in words)
            shown += [pair[n]] if n in pair else self._shown(choice, n, together, shown)
        if shown and self._wants_keys(choice, shown):
            keys = [plan.ColumnRef("s", pair.left) for pair in choice.pairing.pairs]
            shown = [*keys, *shown]  # two values alone would say nothing
        return list(dict.fromkeys(shown)) or self._asked(choice)

    def _wants_keys(self, choice: Choice, shown: Sequence[plan.ColumnRef]) -> bool:
        """Tell whether the key belongs beside what is shown: of rows "with make and model"."""
        if set(shown) == set(both_compared(choice)) and not self.sought.head:
            return True
        table = self.sentence.graph.table(choice.left.table)
        told = any(ref.source == "s" and table.identifies((ref.column,)) for ref in shown)
        listed = [at for part in self.layout.shown for at in part]
        return bool(listed) and lists_beside(self.items, min(listed)) and not told

    def _shown(
        self, choice: Choice, n: int, together: bool, shown: Sequence[plan.ColumnRef]
    ) -> list[plan.ColumnRef]:
        """Return the columns that a part of the list asks for, beside those ``shown`` already."""
        part, words = self.layout.shown[n], self.sought.shown[n]
        if any(self.items[at].is_cue("both") for at in part):
            for position in part:
                self.account.add_item(position)
            return both_compared(choice)
        adds = [at for at in part if together and self.items[at].is_cue("aggregate")]
        found = shown_column(words, choice, self.sentence.graph, shown)
        if adds:
            rest = [at for at in part if at not in adds]
            plain = words_of(self.items, rest, self.sentence.tokens)
            found = shown_total(plain, choice, self.sentence.graph) or found
        if found is None:
            return []
        self.account.add({word.token for word in words} - found[1])
        for position in adds:
            self.account.add_item(position)
        return [found[0]]

    def _asked(self, choice: Choice) -> list[plan.ColumnRef]:
        """Return the one column that stands where the rows would: "settlement references …"."""
        table = self.sentence.graph.table(choice.left.table)
        told = table_told(self.sought.head, table)
        if told is not None and not told.lost:
            return []
        for operand in operands(self.sought.head, table)[:1]:
            if operand.said >= _WHOLE and len(operand.words) > 1:
                return [plan.ColumnRef("s", str(operand.column))]
        return []

"""The reader of contrasts: "aircraft whose seats in A differ from the capacity in B"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.grammar.contrast.account import Account, verbs
from kpi_nlsql.grammar.contrast.attributed import attributed
from kpi_nlsql.grammar.contrast.beside import said_beside
from kpi_nlsql.grammar.contrast.bounds import refers_back
from kpi_nlsql.grammar.contrast.choice import Choice, Sought, choices
from kpi_nlsql.grammar.contrast.clause import clauses, lists_several
from kpi_nlsql.grammar.contrast.comparator import mirrored
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.layout import Layout, laid_out, words_of
from kpi_nlsql.grammar.contrast.margin import Margin, with_margin
from kpi_nlsql.grammar.contrast.operand import naming, operands, table_told
from kpi_nlsql.grammar.contrast.order import can_sort, ordered
from kpi_nlsql.grammar.contrast.outputs import both_compared, shown_column, shown_total
from kpi_nlsql.grammar.contrast.plainness import clearness, is_plain
from kpi_nlsql.grammar.contrast.states import States, conditions, state_choice, states
from kpi_nlsql.grammar.contrast.together import comes_together, summed_up
from kpi_nlsql.grammar.contrast.told_key import told_key
from kpi_nlsql.grammar.contrast.written import Wish, compared, of_one_side, summed, written
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.row_nouns import merged
from kpi_nlsql.plans import plan
from kpi_nlsql.schema.pairing import Pairing
from kpi_nlsql.sentence import Candidate, Sentence

_WHOLE = 0.8
_SURELY = 0.85
_KEYED = 0.95
_SUMMED = 0.5
"""What is left of the certainty where sums must be equal to the last cent."""


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the readings of the sentence as one that sets a column against another table's."""
    items = merged(sentence.linked, sentence.graph)
    yield from _states(sentence, items)
    for form in clauses(items):
        if lists_several(items, form):
            continue
        measured = with_margin(items, summed_up(items, form))
        if measured is None:
            continue
        clause, margin = measured
        layout = laid_out(items, clause)
        sought = _sought(sentence, items, clause, layout)
        ranked = choices(sentence, sought)
        if (function := clause.together) is not None:
            plain = (choice for choice in ranked if choice.link is None)
            ranked = [c for c in plain if comes_together(sentence.graph, c, function, sought.right)]
        if ranked and is_plain(sentence, ranked[0], clause):
            told = Account(sentence, items, layout.told)
            found = _Reading(sentence, items, layout, sought, told).of(ranked, clause, margin)
            yield from () if found is None else (found,)


def _states(sentence: Sentence, items: Sequence[Item]) -> Iterator[Candidate]:
    for found in (*states(items), *attributed(items)):
        tokens = sentence.tokens
        clause = Clause("!=", (), (), (), found.before, found.after, found.told)
        owners = [words_of(items, each.owner, tokens) for each in (found.first, found.second)]
        choice = state_choice(sentence, items, found, owners)
        if choice is not None:
            layout = laid_out(items, clause)
            sought = replace(
                _sought(sentence, items, clause, layout), common=(*owners[0], *owners[1])
            )
            told = Account(sentence, items, layout.told)
            reading = _Reading(sentence, items, layout, sought, told).of_states(choice, found)
            yield from () if reading is None else (reading,)


def _sought(sentence: Sentence, items: Sequence[Item], clause: Clause, layout: Layout) -> Sought:
    tokens = sentence.tokens
    leading = verbs(tokens)
    others = (*layout.head, *(at for part in layout.shown for at in part), *layout.loose)
    return Sought(
        words_of(items, clause.left, tokens),
        words_of(items, clause.right, tokens),
        words_of(items, clause.common, tokens),
        tuple(w for w in words_of(items, layout.head, tokens) if w.token not in leading),
        words_of(items, others, tokens),
        tuple(words_of(items, part, tokens) for part in layout.shown),
        tuple(words_of(items, part, tokens) for part in layout.keys),
        (refers_back(items, clause.left), refers_back(items, clause.right)),
    )


class _Reading:
    """A choice on its way to a plan, with an account of the words it has understood."""

    def __init__(
        self,
        sentence: Sentence,
        items: Sequence[Item],
        layout: Layout,
        sought: Sought,
        account: Account,
    ) -> None:
        self.sentence, self.items, self.layout = sentence, items, layout
        self.sought, self.account = sought, account

    def of(
        self, ranked: Sequence[Choice], clause: Clause, margin: Margin | None
    ) -> Candidate | None:
        """Return the reading of the best choice."""
        choice, operator = ranked[0], clause.operator
        if clause.together is None and self._turned(choice):
            choice, operator = choice.turned(), mirrored(operator)
        choice = replace(choice, pairing=self._keyed(choice))
        self._tell_sides(choice)
        rows = self._asks_rows(choice, bool(clause.common))
        said = min(choice.left.said, choice.right.said)
        sure = choice.pairing.score * clearness(ranked) * min(1.0, 0.4 + said)
        told = f"{choice.left.column} {operator} {choice.right.column}"
        behind = set(clause.right)
        if clause.together is not None:
            terms = [summed(choice, operator, clause.together, margin)]
            unlike = _SUMMED if operator == "!=" and margin is None else 1.0
            return self._candidate(choice, terms, rows, sure * unlike, told, behind, together=True)
        terms = [compared(choice, operator, self.sentence.graph, margin)]
        return self._candidate(choice, terms, rows, sure, told, behind)

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
        return self._candidate(choice, said, rows, sure, f"{columns} are so", set())

    def _candidate(
        self,
        choice: Choice,
        said: list[plan.Condition],
        rows: bool,
        sure: float,
        told: str,
        behind: set[int],
        together: bool = False,
    ) -> Candidate | None:
        named = self._named(choice, together)
        filters = said_beside(self.items, self.layout, self.account, choice, behind)
        counts = self.layout.counts
        wish = Wish(counts, counts or rows, () if counts else named)
        keys = ", ".join(pair.left for pair in choice.pairing.pairs)
        terms, graph = [*filters, *said], self.sentence.graph
        if together:
            query = of_one_side(choice, terms, wish)
        else:
            query = written(choice, terms, wish, graph)
        if query is None:
            return None
        query = self._ordered(query, choice)
        return Candidate(
            plan=query,
            kind="reconcile",
            operation="NOT_EQUALS",
            explanation=(
                f"Rows of {choice.left.table} and {choice.right.table} with the same {keys} "
                f"where {told}"
            ),
            source_table=choice.left.table,
            target_table=choice.right.table,
            joined_columns=choice.pairing.columns(),
            used=self.account.used(),
            features={"pairing": sure, "requested": float(bool(named and self.layout.shown))},
        )

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
        standing = []
        for side in (choice.left, choice.right):
            told = table_told(self.sought.head, self.sentence.graph.table(side.table))
            sure = told is not None and told.said >= _SURELY
            standing.append((sure, told.score if told is not None and sure else 0.0))
        return standing[1] > standing[0]

    def _asks_rows(self, choice: Choice, common: bool) -> bool:
        """Tell whether the rows of a table are asked for, not what two tables describe each."""
        if not self.sought.head:
            return not common
        tables = [self.sentence.graph.table(side.table) for side in (choice.left, choice.right)]
        told = [table_told(self.sought.head, table) for table in tables]
        return any(each is not None and each.said >= _SURELY for each in told)

    def _tell_sides(self, choice: Choice) -> None:
        lost = choice.left.lost | choice.right.lost
        for words in (self.sought.left, self.sought.right, self.sought.common):
            self.account.add({word.token for word in words} - lost)
            if choice.link is not None:
                between = self.sentence.graph.table(choice.link.table)
                self.account.add(word.token for word in naming(words, between))
        for side in (choice.left, choice.right):
            table = self.sentence.graph.table(side.table)
            told = table_told(self.sought.head, table)
            if told is not None:
                self.account.add({word.token for word in self.sought.head} - told.lost)
            for operand in operands(self.sought.head, table):
                self.account.add(word.token for word in operand.words)

    def _keyed(self, choice: Choice) -> Pairing:
        """Return the pairing by the key that is told, "for the same flight and date"."""
        parts = [words_of(self.items, part, self.sentence.tokens) for part in self.layout.keys]
        told = told_key(self.sentence.graph, choice.left, choice.right, parts)
        for words in told.words:
            self.account.add(word.token for word in words)
        if not told.pairs or choice.link is not None:
            return choice.pairing
        return Pairing(told.pairs, _KEYED, "the columns that are named")

    def _named(self, choice: Choice, together: bool) -> list[plan.ColumnRef]:
        shown: list[plan.ColumnRef] = []
        for part in self.layout.shown:
            if any(self.items[at].is_cue("both") for at in part):
                shown += both_compared(choice)
                for position in part:
                    self.account.add_item(position)
                continue
            words = words_of(self.items, part, self.sentence.tokens)
            adds = [at for at in part if together and self.items[at].is_cue("aggregate")]
            found = shown_column(words, choice, self.sentence.graph, shown)
            if adds:
                rest = [at for at in part if at not in adds]
                plain = words_of(self.items, rest, self.sentence.tokens)
                found = shown_total(plain, choice, self.sentence.graph) or found
            if found is not None:
                shown.append(found[0])
                self.account.add({word.token for word in words} - found[1])
                for position in adds:
                    self.account.add_item(position)
        if shown and set(shown) == set(both_compared(choice)) and not self.sought.head:
            keys = [plan.ColumnRef("s", pair.left) for pair in choice.pairing.pairs]
            shown = [*keys, *shown]  # two values alone would say nothing
        return list(dict.fromkeys(shown)) or self._asked(choice)

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

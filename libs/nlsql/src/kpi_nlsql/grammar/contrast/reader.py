"""The reader of contrasts: "aircraft whose seats in A differ from the capacity in B"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql import plan
from kpi_nlsql.cues import FUNCTION_WORDS
from kpi_nlsql.grammar.contrast.choice import Choice, Sought, choices
from kpi_nlsql.grammar.contrast.clause import Clause, clauses
from kpi_nlsql.grammar.contrast.comparator import comparators, mirrored
from kpi_nlsql.grammar.contrast.layout import Layout, is_value, laid_out, words_of
from kpi_nlsql.grammar.contrast.operand import Word, operands, table_told
from kpi_nlsql.grammar.contrast.outputs import both_compared, shown_column
from kpi_nlsql.grammar.differences import differs
from kpi_nlsql.linking import Item, link
from kpi_nlsql.pairing import Pairing
from kpi_nlsql.row_nouns import merged
from kpi_nlsql.ruleset import ColumnPair
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.words import Token

_LEAST_SAID = 0.4
_WHOLE = 0.9
_CLOSE = 0.35
_RIVALLED = 0.15
_KEYED = 0.95
_BEING = frozenset({"is", "are", "was", "were", "been", "being"})
_HAVING = frozenset({"go", "goes", "carry", "carries", "run", "runs", "appear", "appears"})
_LED_TO = frozenset({"in", "at", "with", "on", "by", "to", "under", "for", "as"})
_SAYS_LITTLE = ("relative", "both", "show")
_COUNT = plan.Output(plan.Aggregate("count", plan.Star()), "count")


def read(sentence: Sentence) -> Iterator[Candidate]:
    """Yield the readings of the sentence as one that sets a column against another table's."""
    items = merged(link(sentence.tokens, sentence.lexicon), sentence.graph)
    if not any(True for _ in comparators(items)):
        return
    for clause in clauses(items):
        candidate = _read(sentence, items, clause)
        if candidate is not None:
            yield candidate


def _read(sentence: Sentence, items: Sequence[Item], clause: Clause) -> Candidate | None:
    layout = laid_out(items, clause)
    sought = _sought(sentence, items, clause, layout)
    ranked = choices(sentence, sought)
    if not ranked:
        return None
    best, clear = ranked[0], _clear(ranked)
    if min(best.left.said, best.right.said) < _LEAST_SAID:
        return None
    operator = clause.operator
    if _turned(sentence, sought, best):
        left, right = best.right, best.left
        pairs = tuple(
            ColumnPair(pair.right, pair.left, pair.normalisation) for pair in best.pairing.pairs
        )
        best = Choice(left, right, replace(best.pairing, pairs=pairs), best.score)
        operator = mirrored(operator)
    return _Writer(sentence, items, clause, layout, sought).candidate(best, operator, clear)


def _sought(
    sentence: Sentence, items: Sequence[Item], clause: Clause, layout: Layout
) -> Sought:
    tokens = sentence.tokens
    others = (*layout.head, *(at for part in layout.shown for at in part), *layout.loose)
    return Sought(
        words_of(items, clause.left, tokens),
        words_of(items, clause.right, tokens),
        words_of(items, clause.common, tokens),
        words_of(items, layout.head, tokens),
        words_of(items, others, tokens),
        tuple(words_of(items, part, tokens) for part in layout.shown),
    )


def _clear(ranked: Sequence[Choice]) -> float:
    """Return how clearly the first choice stands before those that compare something else."""
    best = ranked[0]
    for other in ranked[1:]:
        tables = {other.left.table, other.right.table}
        same = tables == {best.left.table, best.right.table}
        if same and set(other.columns) == set(best.columns):
            continue
        return 1.0 if best.score - other.score >= _CLOSE else _RIVALLED
    return 1.0


def _turned(sentence: Sentence, sought: Sought, choice: Choice) -> bool:
    """Tell whether the rows asked for are those of the second side."""
    graph = sentence.graph
    standing = []
    for table in (choice.left.table, choice.right.table):
        told = table_told(sought.head, graph.table(table)) if sought.head else None
        standing.append(told.score if told else 0.0)
    return standing[1] > standing[0] + 0.01


class _Writer:
    """Writes the plan of a choice and keeps account of the words it has understood."""

    def __init__(
        self,
        sentence: Sentence,
        items: Sequence[Item],
        clause: Clause,
        layout: Layout,
        sought: Sought,
    ) -> None:
        self.sentence, self.items, self.clause = sentence, items, clause
        self.layout, self.sought = layout, sought
        self.told = {at for item in layout.told for at in self._tokens(item)}

    def _tokens(self, position: int) -> range:
        return range(self.items[position].start, self.items[position].end)

    def candidate(self, choice: Choice, operator: plan.Operator, clear: float) -> Candidate:
        """Return the reading."""
        pairing = self._keyed(choice)
        choice = replace(choice, pairing=pairing)
        self._account(choice)
        named = self._named(choice)
        filters = self._filters(choice)
        query = self._query(choice, operator, named, filters)
        said = min(choice.left.said, choice.right.said)
        return Candidate(
            plan=query,
            kind="reconcile",
            operation="EQUALS" if operator == "=" else "NOT_EQUALS",
            explanation=_explanation(choice, operator),
            source_table=choice.left.table,
            target_table=choice.right.table,
            joined_columns=pairing.columns(),
            used=self._used(),
            features={"pairing": pairing.score * clear * min(1.0, 0.4 + said)},
        )

    def _account(self, choice: Choice) -> None:
        lost = choice.left.lost | choice.right.lost
        for words in (self.sought.left, self.sought.right, self.sought.common):
            self.told |= {word.token for word in words} - lost
        for table in (choice.left.table, choice.right.table):
            self._account_head(table)
        self.told |= _verbs(self.sentence.tokens)

    def _account_head(self, name: str) -> None:
        head, table = self.sought.head, self.sentence.graph.table(name)
        told = table_told(head, table)
        if told is not None:
            self.told |= {word.token for word in head} - told.lost
        for operand in operands(head, table)[:1]:
            self.told |= {word.token for word in operand.words}

    def _keyed(self, choice: Choice) -> Pairing:
        """Return the pairing by the key that is told, "for the same flight and date"."""
        graph = self.sentence.graph
        pairs = []
        for part in self.layout.keys:
            words = words_of(self.items, part, self.sentence.tokens)
            left = operands(words, graph.table(choice.left.table))[:1]
            right = operands(words, graph.table(choice.right.table))[:1]
            if not left or not right or left[0].lost or right[0].lost:
                continue
            pairs.append(ColumnPair(str(left[0].column), str(right[0].column)))
            self.told |= {word.token for word in words}
        if not pairs:
            return choice.pairing
        return Pairing(tuple(dict.fromkeys(pairs)), _KEYED, "the columns that are named")

    def _named(self, choice: Choice) -> list[plan.ColumnRef]:
        shown: list[plan.ColumnRef] = []
        for part in self.layout.shown:
            if any(self.items[at].is_cue("both") for at in part):
                shown += both_compared(choice)
                self.told |= {token for at in part for token in self._tokens(at)}
                continue
            words = words_of(self.items, part, self.sentence.tokens)
            found = shown_column(words, choice, self.sentence.graph, shown)
            if found is not None:
                shown.append(found[0])
                self.told |= {word.token for word in words} - found[1]
        return list(dict.fromkeys(shown)) or self._asked(choice)

    def _asked(self, choice: Choice) -> list[plan.ColumnRef]:
        """Return the one column that stands where the rows would: "settlement references …"."""
        if self.layout.counts or not self.sought.head:
            return []
        table = self.sentence.graph.table(choice.left.table)
        for operand in operands(self.sought.head, table)[:1]:
            if operand.said >= _WHOLE and len(operand.words) > 1:
                return [plan.ColumnRef("s", str(operand.column))]
        return []

    def _filters(self, choice: Choice) -> list[plan.Condition]:
        found: list[plan.Condition] = []
        sides = (("s", choice.left.table), ("t", choice.right.table))
        behind = set(self.clause.right)
        for position, item in enumerate(self.items):
            if not is_value(item) or set(self._tokens(position)) & self.told:
                continue
            order = sides[::-1] if position in behind else sides
            for alias, table in order:
                hits = [hit for hit in item.values if hit.table == table and hit.score >= 1.0]
                if hits:
                    denied = position > 0 and self.items[position - 1].is_cue("not")
                    subject = plan.ColumnRef(alias, hits[0].column)
                    found.append(
                        plan.Compare(subject, "!=" if denied else "=", plan.Constant(hits[0].value))
                    )
                    self.told |= set(self._tokens(position))
                    self._tell_column(table, hits[0].column)
                    break
        return found

    def _tell_column(self, table: str, column: str) -> None:
        for position in self.layout.loose:
            hits = self.items[position].column_hits()
            if any((hit.table, hit.column) == (table, column) for hit in hits):
                self.told |= set(self._tokens(position))

    def _query(
        self,
        choice: Choice,
        operator: plan.Operator,
        named: list[plan.ColumnRef],
        filters: list[plan.Condition],
    ) -> plan.Query:
        source, target = plan.Source(choice.left.table, "s"), plan.Source(choice.right.table, "t")
        left, right = both_compared(choice)
        terms = [*filters, _compared(left, operator, right)]
        matches = choice.pairing.conditions("s", "t")
        rows = self.layout.counts or (not named and self._asks_for_rows(choice))
        if rows and (self._asks_for_rows(choice) or not self.layout.counts):
            inner = plan.Query(
                (plan.Output(plan.Constant(1)),),
                target,
                where=plan.all_of([*matches, *(term for term in terms if not _of_source(term))]),
            )
            outer = [term for term in terms if _of_source(term)]
            shown = _COUNT if self.layout.counts else plan.Output(plan.Star("s"))
            return plan.Query((shown,), source, where=plan.all_of([*outer, plan.Exists(inner)]))
        keys = [plan.ColumnRef("s", pair.left) for pair in choice.pairing.pairs]
        outputs = [plan.Output(ref) for ref in named or keys]
        if not named:
            outputs.append(plan.Output(left, f"source_{left.column}"))
            outputs.append(plan.Output(right, f"target_{right.column}"))
        return plan.Query(
            (_COUNT,) if self.layout.counts else tuple(outputs),
            source,
            joins=(plan.JoinStep(target, matches),),
            where=plan.all_of(terms),
            distinct=bool(named) and not self.layout.counts,
        )

    def _asks_for_rows(self, choice: Choice) -> bool:
        del choice
        return bool(self.sought.head) or not self.clause.common

    def _used(self) -> frozenset[int]:
        tokens = self.sentence.tokens
        light = {at for at, token in enumerate(tokens) if token.lower in FUNCTION_WORDS}
        return frozenset(
            position
            for position, item in enumerate(self.sentence.items)
            if set(range(item.start, item.end)) <= self.told | light
            or any(item.is_cue(kind) for kind in _SAYS_LITTLE)
        )


def _verbs(tokens: Sequence[Token]) -> set[int]:
    """Return where verbs stand that only lead to a value: "were sold at a price", "go by a name"."""
    return {
        at
        for at in range(1, len(tokens) - 1)
        if tokens[at + 1].lower in _LED_TO
        and (tokens[at - 1].lower in _BEING or tokens[at].lower in _HAVING)
    }


def _compared(
    left: plan.ColumnRef, operator: plan.Operator, right: plan.ColumnRef
) -> plan.Condition:
    if operator == "!=":
        return differs(left, right)
    return plan.Compare(left, operator, right)


def _of_source(term: plan.Condition) -> bool:
    """Tell whether a condition is about the rows asked for alone."""
    return (
        isinstance(term, plan.Compare)
        and isinstance(term.right, plan.Constant)
        and isinstance(term.left, plan.ColumnRef)
        and term.left.source == "s"
    )


def _explanation(choice: Choice, operator: plan.Operator) -> str:
    keys = ", ".join(pair.left for pair in choice.pairing.pairs)
    return (
        f"Rows of {choice.left.table} and {choice.right.table} with the same {keys} "
        f"where {choice.left.column} {operator} {choice.right.column}"
    )

"""Rows said: what is said of the rows of either side, wherever it stands in the sentence."""

from __future__ import annotations

from collections.abc import Sequence, Set

from kpi_nlsql.english.function_words import FUNCTION_WORDS, STOP_WORDS
from kpi_nlsql.grammar.contrast.account import Account
from kpi_nlsql.grammar.contrast.bounds import CLAUSE_JOINTS, VERBS
from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.comparator import is_deed
from kpi_nlsql.grammar.contrast.row_phrases import RowPhrase, rows_told
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Sentence

_NAMED = 0.8
_TWO = 2


class RowsSaid:
    """Reads what is said of the rows of a choice; accounts for the words it understands."""

    def __init__(
        self, sentence: Sentence, items: Sequence[Item], account: Account, choice: Choice
    ) -> None:
        self.sentence, self.items, self.account, self.choice = sentence, items, account, choice

    def _sides(self) -> list[tuple[str, str, Set[int], str]]:
        """Return the tables with rows of their own: alias, name, words lost, the other table."""
        first, second = self.choice.left, self.choice.right
        told: list[tuple[str, str, Set[int], str]] = [("s", first.table, first.lost, second.table)]
        if not self.choice.same_row:
            told.append(("t", second.table, second.lost, first.table))
        if self.choice.link is not None and self.choice.link.asked:
            told.insert(0, ("m", self.choice.link.table, frozenset(), ""))
        return told

    def phrased(self, phrases: Sequence[RowPhrase]) -> list[plan.Condition]:
        """Return what the phrases taken out of the sentence say of the rows of either side."""
        found: list[plan.Condition] = []
        sides = self._sides()
        for phrase in phrases:
            told = [self.items[at] for at in phrase.positions]
            ways = [
                rows
                for alias, table, _, other in (sides[::-1] if phrase.behind else sides)
                if (rows := rows_told(self.sentence, told, table, alias, other)) is not None
            ]
            if ways:
                rows = min(ways, key=lambda way: way.joined)
                found.append(rows.term)
                self.account.add(rows.used)
                self.account.add_item(phrase.positions[0])
        return found

    def headed(self, positions: Sequence[int]) -> list[plan.Condition]:
        """Return what is said of the rows asked for where they are named: "unpaid invoices"."""
        head = [self.items[at] for at in positions]
        ends = (n for n, item in enumerate(head) if item.is_cue("relative") or item.text in VERBS)
        head = head[: next(ends, len(head))]
        first, second = self.choice.left.table, self.choice.right.table
        if len(head) < _TWO or any(item.is_cue("not") for item in head):
            return []  # "not active or blocked" is read beside the comparison
        named = {item.table_hits()[0].table for item in head if item.table_hits()}
        alias, link = "s", self.choice.link
        if link is not None and link.table in named:
            alias, first = "m", link.table  # the "active employee" between two cost centres
        rows = rows_told(self.sentence, head, first, alias, second)
        if rows is None or rows.joined:
            return []
        self.account.add(rows.used)
        return [rows.term]

    def described(self, stretches: Sequence[Sequence[int]]) -> list[plan.Condition]:
        """Return what is said of the rows of a side where it is named: "their unpaid invoices"."""
        found: list[plan.Condition] = []
        for stretch in () if self.choice.same_row else stretches:
            spans = {at: {*self.account.span(at)} for at in stretch}
            for alias, table, unheard, other in self._sides():
                lost = {at for at in stretch if spans[at] & (unheard - self.account.tokens)}
                if any(self.items[at].best_table() >= _NAMED for at in lost):
                    continue
                told = [
                    self.items[at] for at in stretch if at in lost or not is_deed(self.items[at])
                ]
                rows = rows_told(self.sentence, told, table, alias, other) if lost else None
                if rows is not None and all(spans[at] & rows.used for at in lost):
                    found.append(rows.term)
                    self.account.add(rows.used)
        return found

    def said_after(self, positions: Sequence[int]) -> list[plan.Condition]:
        """Return what clauses behind the comparison say: "… and the vendor is not blocked"."""
        if not positions or self.items[positions[0]].text not in CLAUSE_JOINTS:
            return []
        told = [self.items[at] for at in positions[1:] if not self.items[at].is_cue("relative")]
        for alias, table, _, other in self._sides():
            rows = rows_told(self.sentence, told, table, alias, other) if told else None
            if rows is not None:
                self.account.add(rows.used)
                return [rows.term]
        return []

    def leaves_words(self, stretches: Sequence[Sequence[int]]) -> bool:
        """Tell whether a word beside the rows of a side is not understood: "unpaid invoices"."""
        return any(
            self.items[at].kind == "word"
            and self.items[at + 1].kind == "mention"
            and self.items[at].text not in STOP_WORDS | FUNCTION_WORDS
            and not self.account.has(at)
            for stretch in stretches
            for at in stretch
            if at + 1 in stretch
        )

"""Joints: where two clauses about the same rows meet, and what each says if it stands alone.

"Cases that are open and have no owner" are "cases that are open" and "cases that have no owner":
the noun is said once, and so may be the words that lead to the second clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpi_nlsql.apart.parts import Part
from kpi_nlsql.apart.splits import (
    ARTICLES,
    AUXILIARIES,
    NAMES_HALF,
    NAMES_TABLE,
    PARTING,
    PREPOSITIONS,
    RELATIVES,
    Operator,
    Split,
    is_exception,
    opens_clause,
    splits,
    subject_of,
)
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, skip_words_back, text_at
from kpi_nlsql.sentence import Sentence
from kpi_nlsql.wording.phrases import said

_WITH, _IN, _NOT, _THAT, _ARE = -1, -2, -3, -4, -5
_ADDED_WORDS = {_WITH: "with", _IN: "in", _NOT: "not", _THAT: "that", _ARE: "are"}
"""The places of words that are put in."""

_EACH = frozenset({"either", "both", "neither"})
_THEM = frozenset({"them", "it"})
_DENIALS = frozenset({"no", "not", "never", "without", "any"})
_HAVING = frozenset({"have", "has", "had", "with", "having"})
_MEASURING = ("compare", "between", "after", "before", "older", "younger")
_ONCE_MORE = frozenset({"again", "also", "another", "one", "then", "still", "either"})


@dataclass(frozen=True, slots=True)
class Joint:
    """Two clauses that hold both, or of which one does; ``joining`` are the words between them.

    ``second`` are the ways to tell the second alone: with all that is said before both, or with
    the noun only. ``head`` is what is said before both.
    """

    operator: Operator
    head: Part
    first: Part
    second: tuple[Part, ...]
    joining: range


def joints(sentence: Sentence, tail: int) -> Iterator[Joint]:
    """Yield the joints of a sentence, those that bind loosest first.

    From the token ``tail`` on columns are listed; that belongs to the first clause.
    """
    items = [item for item in sentence.linked if item.start < tail]
    while items and items[-1].kind == "mark":
        items.pop()
    subject = subject_of(items)
    if subject is None:
        return
    found = splits(items, subject + 2)
    for split in found:
        joint = _Clauses(sentence, items, subject, split, tail).joint()
        if joint is not None and split.operator == found[0].operator:
            yield joint


@dataclass(frozen=True, slots=True)
class _Clauses:
    """The clauses on both sides of a joining word."""

    sentence: Sentence
    items: Sequence[Item]
    subject: int
    split: Split
    tail: int

    def joint(self) -> Joint | None:
        """Return the joint, if both clauses can be told alone."""
        split, items = self.split, self.items
        parallel = self._parallel()
        stop = items[split.at].start - (text_at(items, split.at - 1) == ",")
        first = self._places(range(stop), denied=parallel is not None and self._is_denied())
        if parallel is not None:
            shared, clause = parallel
            second = [[*shared, *clause]]
            before = items[self.subject].end
        else:
            start = self._opener()
            before = items[start if start < split.at else self.subject + 1].start
            second = self._second(start, before)
            if not second:
                return None
        first += [*self._told_of_both(), *range(self.tail, len(self.sentence.tokens))]
        parts = tuple(map(self._part, second))
        joining = range(stop, split.start)
        head = self._part(range(before))
        return Joint(split.operator, head, self._part(first), parts, joining)

    def _told_of_both(self) -> Sequence[int]:
        """Return the places of "of an order" in "neither sender nor payer of an order"."""
        items, split = self.items, self.split
        role = skip_words(items, split.behind, ARTICLES | {"as"})
        while role < len(items) and items[role].kind == "mention":
            role += 1
        noun = skip_words(items, role + 1, ARTICLES)
        if text_at(items, role) != "of" or noun >= len(items):
            return ()
        table, best = items[noun].table_hits()[:1], items[noun].best_table()
        told = [item.table_hits()[:1] for item in items[self.subject + 1 : split.at]]
        if best < NAMES_TABLE or table in told:
            return ()
        return range(items[role].start, items[-1].end)

    def _second(self, start: int, before: int) -> list[list[int]]:
        """Return the ways to tell the second clause alone."""
        there = self._shown_as() or self._there()
        if there:
            return there
        lead = self._lead(start)
        if lead is None:
            return []
        clause = range(self.split.start, self.items[-1].end)
        heads = dict.fromkeys((range(before), range(self.items[self.subject].end)))
        return [[*self._places(head), *lead, *clause] for head in heads]

    def _parallel(self) -> tuple[list[int], list[int]] | None:
        """Return what stands before "in A and in B", and what the second clause says instead."""
        items, split = self.items, self.split
        behind = skip_words(items, split.behind, _ONCE_MORE)
        lead = text_at(items, behind)
        if lead not in PREPOSITIONS:
            return None
        for at in range(split.at - 1, self.subject, -1):
            if items[at].text == lead:
                end = skip_words_back(items, at - 1, {",", *_EACH}) + 1
                shared = self._places(range(items[end - 1].end), denied=True)
                if items[split.at].text == "nor" and not self._is_denied():
                    shared.append(_NOT)
                return shared, list(range(items[behind].start, items[-1].end))
        return None

    def _is_denied(self) -> bool:
        """Tell whether rows are denied before "neither": "on no order, neither as …"."""
        return any(item.text == "no" for item in self.items[self.subject : self.split.at])

    def _places(self, places: Sequence[int], denied: bool = False) -> list[int]:
        """Return the places without "both"; "neither" is a denial unless one stands there."""
        told: list[int] = []
        for at in places:
            if not self._is(at, *_EACH):
                told.append(at)
                continue
            if told and self._is(told[-1], ","):
                told.pop()
            if not denied and self._is(at, "neither"):
                told.append(_NOT)
        return told

    def _there(self) -> list[list[int]]:
        """Tell "or whose status there is Ended" as "listings whose status is Ended".

        "Or blocked there" is told as "materials that are blocked in WMS", too: only the place of a
        noun may tell which table it is. Empty where the clause points to no place named before.
        """
        clause = list(range(self.split.start, self.items[-1].end))
        noun, behind = self._place(), self.items[self.split.behind :]
        if self.items[self.split.behind].is_cue("only") and noun:  # "or only as inactive"
            told = clause[1:]
            return [self._of(noun, told[1:] if told and self._is(told[0], "as") else told)]
        for at, place in enumerate(clause):
            if any(item.start == place and item.best_table() >= NAMES_TABLE for item in behind):
                return []  # "and either missing from the register or blocked there"
            led = at > 0 and self._is(place - 1, "in", "to")
            if noun and (self._is(place, "there") or (led and self._is(place, "it"))):
                words = led + (led and self._is(place - 2, "according"))
                before, after = clause[: at - words], clause[at + 1 :]
                before = [told for told in before if not self._is(told, "only")]
                return [self._of(noun, [*before, *after]), self._in_place(noun, before, after)]
        return []

    def _in_place(self, noun: Sequence[int], before: list[int], after: list[int]) -> list[int]:
        """Return the rows asked for with what is said of them in a place."""
        subject = self.items[self.subject]
        rows, told = range(subject.start, subject.end), [*before, _IN, *noun, *after]
        finite = bool(before) and self._is(before[0], *AUXILIARIES, *RELATIVES, "whose", "with")
        return self._of(rows, told if finite else [_ARE, *told])

    def _shown_as(self) -> list[list[int]]:
        """Tell "although the register shows them as sold" as "register that are sold"."""
        items = self.items
        noun = skip_words(items, self.split.behind, ARTICLES)
        verb = noun
        while verb < len(items) and items[verb].kind == "mention":
            verb += 1
        if text_at(items, verb + 1) not in _THEM or text_at(items, verb + 2) != "as":
            return []
        if verb == noun or items[verb - 1].best_table() < NAMES_HALF or verb + 3 >= len(items):
            return []
        told = range(items[verb + 3].start, items[-1].end)
        return [self._of(range(items[noun].start, items[verb].start), told)]

    def _of(self, noun: Sequence[int], told: Sequence[int]) -> list[int]:
        opens = bool(told) and self._is(told[0], *RELATIVES, "whose", "with")
        return [*noun, *([] if opens else [_THAT]), *told]

    def _place(self) -> list[int]:
        """Return the places of the noun for the table named last before the joint."""
        items = self.items
        placed = {item.start for item in self.sentence.items if item.best_table() >= NAMES_TABLE}
        for at in range(self.split.at - 1, self.subject, -1):
            if items[at].kind == "mention" and items[at].start in placed:
                start = at
                while (
                    items[start - 1].kind == "mention"
                    and items[start - 1].best_table() > NAMES_HALF
                ):
                    start -= 1
                return list(range(items[start].start, items[at].end))
        return []

    def _opener(self) -> int:
        """Return the item with which the first clause begins; the joining one if none opens it."""
        items, stop = self.items, self.split.at
        opened = [at for at in range(self.subject + 1, stop) if opens_clause(items[at])]
        first = next(iter(opened), stop)
        # "Vans with status Free which are missing from A or …": both clauses are about such vans.
        for at in opened[1:] if items[first].text not in RELATIVES else ():
            if items[at].text in RELATIVES and items[at - 1].best_table() < NAMES_TABLE:
                return at
        return first

    def _lead(self, start: int) -> list[int] | None:
        """Return the places of the words that lead to what the second clause says."""
        items, split = self.items, self.split
        following = items[split.behind]
        if is_exception(items, split.behind):
            return []
        if any(map(following.is_cue, _MEASURING)):
            return None  # "above 10 and below 100" are of one column
        end = start
        while end < split.at and (opens_clause(items[end]) or items[end].text in _EACH):
            end += 1
        if end == split.at and end > start:
            return None
        lead = self._places(range(items[start].start, items[end].start))
        if following.is_cue("relative") and following.text not in PARTING:
            return []
        if following.text == "no":
            told = [at for at in lead if not self._is(at, *_DENIALS)]
            return told if any(self._is(at, *_HAVING) for at in told) else [*told, _WITH]
        opens = self._opens_itself()
        if opens:
            lead = [at for at in lead if at >= 0 and self._is(at, *RELATIVES)]
        if items[split.at].text == "nor":
            return [*(at for at in lead if at != _NOT), _NOT]
        if opens or not any(
            item.is_cue("not") or item.is_cue("missing") for item in items[start:end]
        ):
            return lead
        either = any(item.text == "either" for item in items[self.subject : split.behind])
        return [_WITH] if either else None

    def _opens_itself(self) -> bool:
        """Tell whether the second clause has words of its own that lead to it: "and are in A"."""
        items, behind = self.items, self.split.behind
        own = any(item.text in AUXILIARIES for item in items[behind : behind + 3])
        return own or opens_clause(items[behind]) or self.split.at == behind

    def _is(self, at: int, *words: str) -> bool:
        return at >= 0 and self.sentence.tokens[at].lower in words

    def _in_places(self, places: Sequence[int]) -> list[int]:
        """Tell "open according to the register" as "open in the register"."""
        told: list[int] = []
        for at in places:
            if self._is(at, "to") and at > 0 and self._is(at - 1, "according"):
                told[-1:] = [_IN]
            else:
                told.append(at)
        return told

    def _part(self, places: Sequence[int]) -> Part:
        tokens = self.sentence.tokens
        places = self._in_places(places)
        told = [tokens[at] if at >= 0 else said((_ADDED_WORDS[at],), tokens[0])[0] for at in places]
        return Part(tuple(told), tuple(places))

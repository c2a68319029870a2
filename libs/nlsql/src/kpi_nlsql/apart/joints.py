"""Joints: where two clauses about the same rows meet, and what each says if it stands alone.

"Cases that are open and have no owner" are "cases that are open" and "cases that have no owner":
the noun is said once, and so may be the words that lead to the second clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, skip_words_back, text_at
from kpi_nlsql.sentence import Sentence
from kpi_nlsql.wording.phrases import said

Operator = Literal["and", "or"]
_WITH, _IN, _NOT, _THAT = -1, -2, -3, -4
_ADDED_WORDS = {_WITH: "with", _IN: "in", _NOT: "not", _THAT: "that"}
"""The places of words that are put in."""

_PARTING = frozenset({"but", "although", "though", "even though", "while", "whereas"})
_AND = _PARTING | {"and", "nor"}
_OR = frozenset({"or"})
_EACH = frozenset({"either", "both", "neither"})
_RELATIVES = frozenset({"that", "which", "who", "where"})
_AUXILIARIES = frozenset(
    "is are was were be been have has had do does did can could will would may might".split()  # noqa: SIM905
)
_FINITE = frozenset({"is", "are", "was", "were", "have", "has"})
_PREPOSITIONS = frozenset("as in on from by at to under".split())  # noqa: SIM905
_ARTICLES = frozenset({"a", "an", "the", "any", "some", "our"})
_ONCE_MORE = frozenset({"again", "also", "another", "one", "then", "still", "either"})
_CLAUSE_CUES = ("not", "missing", "also", "relative", "only")
_NAMES_TABLE = 0.6
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens of a clause with the noun it is about, each with its place in the sentence."""

    tokens: tuple[Token, ...]
    places: tuple[int, ...]


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
    subject = _subject(items)
    if subject is None:
        return
    splits = [split for at in range(subject + 2, len(items)) for split in _split(items, at)]
    splits.sort(key=lambda split: _looseness(items, split))
    for split in splits:
        joint = _Clauses(sentence, items, subject, split, tail).joint()
        if joint is not None and split.operator == splits[0].operator:
            yield joint


def _subject(items: Sequence[Item]) -> int | None:
    """Return the item that names the rows asked for, if it stands before the first clause."""
    first = next((at for at, item in enumerate(items) if at and _opens_clause(item)), len(items))
    named = [at for at in range(len(items)) if items[at].kind == "mention" and items[at].hits]
    before = [at for at in named if at < first] or named
    vague = [at for at in before[:1] if items[at].best_column() < _NAMES_TABLE]
    rows = next((at for at in before if _names_rows(items[at])), next(iter(vague), None))
    while rows is not None and rows + 1 in named and _names_rows(items[rows + 1]):
        rows += 1
    return rows


def _names_rows(item: Item) -> bool:
    return item.best_table() >= _HALF


# Where clauses meet


@dataclass(frozen=True, slots=True)
class _Split:
    """A joining word at an item; the second clause begins with the item ``behind``.

    It begins with the token ``start``, which may be within a cue: "but not in".
    """

    operator: Operator
    at: int
    behind: int
    start: int


def _split(items: Sequence[Item], at: int) -> Iterator[_Split]:
    item, behind = items[at], skip_words(items, at + 1, {"either", "yet"})
    word = item.text.split()[0]
    if _goes_back(items, at):
        yield _Split("and", at, at, item.start)
    if word not in _AND | _OR or text_at(items, at - 2).startswith("between"):
        return
    operator: Operator = "or" if word in _OR else "and"
    if item.text not in _AND | _OR:
        if any(item.is_cue(kind) for kind in _CLAUSE_CUES) and word in {"and", "but"}:
            yield _Split(operator, at, at, item.start + 1)
    elif behind < len(items) and not _goes_on(items, at, behind):
        yield _Split(operator, at, behind, items[behind].start)


def _goes_back(items: Sequence[Item], at: int) -> bool:
    """Tell whether the main verb stands here: "which vans that we have not sold are due …"."""
    if items[0].text not in {"which", "what"} or items[at].text not in _FINITE:
        return False
    opened = next((i for i in range(1, at) if items[i].text in _RELATIVES), at)
    return opened < at - 2 and not any(items[i].text in _AND | _OR for i in range(opened, at))


def _goes_on(items: Sequence[Item], at: int, behind: int) -> bool:
    """Tell whether what follows is one more of a list: of values of a column, or of columns."""
    following = items[behind]
    if following.is_cue("show") or following.kind in {"number", "quoted"}:
        return True
    noun = behind
    while noun < len(items) and items[noun].kind == "word" and _leads_to_noun(items[noun]):
        noun += 1
    if noun == len(items):
        return False
    before = skip_words_back(items, at - 1, {","})
    held = {(value.table, value.column) for value in items[before].values}
    if any((value.table, value.column) in held for value in items[noun].values):
        there = text_at(items, noun + 1) == "there" or text_at(items, noun + 2) == "it"
        return not there  # "missing from the register, or blocked there"
    rest = items[behind:]
    told = any(item.cues or item.values or item.best_table() >= _NAMES_TABLE for item in rest)
    return not told and not any(item.text in _AUXILIARIES | _PREPOSITIONS for item in rest)


def _leads_to_noun(item: Item) -> bool:
    return item.text in _ARTICLES | _PREPOSITIONS


def _looseness(items: Sequence[Item], split: _Split) -> tuple[int, int]:
    word = items[split.at].text.split()[0]
    apart = text_at(items, split.at - 1) == "," or text_at(items, split.at + 1) == "either"
    if word in _FINITE:
        return 0, split.at
    loose = 0 if word in _PARTING else 1 if apart and word == "and" else 2 if word == "or" else 3
    return loose, split.at


# What the clauses say alone


@dataclass(frozen=True, slots=True)
class _Clauses:
    """The clauses on both sides of a joining word."""

    sentence: Sentence
    items: Sequence[Item]
    subject: int
    split: _Split
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
        behind = range(split.behind + 1, len(items))
        start = next((at for at in behind if items[at].text == "of"), None)
        first = items[self.subject + 1 : split.at]
        if start is None or any(item.best_table() >= _NAMES_TABLE for item in first):
            return ()
        return range(items[start].start, items[-1].end)

    def _second(self, start: int, before: int) -> list[list[int]]:
        """Return the ways to tell the second clause alone."""
        there = self._shown_as() or self._there()
        if there is not None:
            return [there]
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
        if lead not in _PREPOSITIONS:
            return None
        for at in range(split.at - 1, self.subject, -1):
            if items[at].text == lead:
                end = skip_words_back(items, at - 1, {",", *_EACH}) + 1
                shared = self._places(range(items[end - 1].end), self._is_denied())
                return shared, list(range(items[behind].start, items[-1].end))
        return None

    def _is_denied(self) -> bool:
        """Tell whether rows are denied before "neither": "on no order, neither as …"."""
        return any(item.text == "no" for item in self.items[self.subject : self.split.at])

    def _places(self, places: Sequence[int], denied: bool = False) -> list[int]:
        """Return the places without "both"; "neither" is a denial unless one stands there."""
        told: list[int] = []
        for at in places:
            if not self._is(at, _EACH):
                told.append(at)
                continue
            if told and self._is(told[-1], _COMMA):
                told.pop()
            if not denied and self._is(at, _NEITHER):
                told.append(_NOT)
        return told

    def _there(self) -> list[int] | None:
        """Tell "or whose status there is Ended" as "listings whose status is Ended".

        None where the second clause does not point to a place that the first names.
        """
        clause = list(range(self.split.start, self.items[-1].end))
        noun = self._place()
        if self.items[self.split.behind].is_cue("only") and noun:  # "or only as inactive"
            return self._of(noun, clause[1 + self._is(clause[min(1, len(clause) - 1)], _AS) :])
        for at, place in enumerate(clause):
            led = at > 0 and self._is(place - 1, _LEADS_TO_IT)
            if noun and (self._is(place, _THERE) or (led and self._is(place, _IT))):
                words = led + (led and self._is(place - 2, _ACCORDING))
                return self._of(noun, [*clause[: at - words], *clause[at + 1 :]])
        return None

    def _shown_as(self) -> list[int] | None:
        """Tell "although the register shows them as sold" as "register that are sold"."""
        items = self.items
        noun = skip_words(items, self.split.behind, _ARTICLES)
        verb = noun
        while verb < len(items) and items[verb].kind == "mention":
            verb += 1
        if text_at(items, verb + 1) not in _THEM or text_at(items, verb + 2) != "as":
            return None
        if verb == noun or items[verb - 1].best_table() < _HALF or verb + 3 >= len(items):
            return None
        told = range(items[verb + 3].start, items[-1].end)
        return self._of(range(items[noun].start, items[verb].start), told)

    def _of(self, noun: Sequence[int], told: Sequence[int]) -> list[int]:
        opens = bool(told) and self._is(told[0], _RELATIVES | {"whose", "with"})
        return [*noun, *([] if opens else [_THAT]), *told]

    def _place(self) -> list[int]:
        """Return the places of the noun for the table named last before the joint."""
        items = self.items
        for at in range(self.split.at - 1, self.subject, -1):
            if items[at].kind == "mention" and items[at].best_table() >= _NAMES_TABLE:
                start = at
                while items[start - 1].kind == "mention" and items[start - 1].best_table() > _HALF:
                    start -= 1
                return list(range(items[start].start, items[at].end))
        return []

    def _opener(self) -> int:
        """Return the item with which the first clause begins; the joining one if none opens it."""
        for at in range(self.subject + 1, self.split.at):
            if _opens_clause(self.items[at]):
                return at
        return self.split.at

    def _lead(self, start: int) -> list[int] | None:
        """Return the places of the words that lead to what the second clause says."""
        items, split = self.items, self.split
        following = items[split.behind]
        end = start
        while end < split.at and (_opens_clause(items[end]) or items[end].text in _EACH):
            end += 1
        if end == split.at and end > start:
            return None
        lead = self._places(range(items[start].start, items[end].start))
        if following.is_cue("relative") and following.text not in _PARTING:
            return []
        if following.text == "no":
            told = [at for at in lead if not self._is(at, _DENIALS)]
            return told if any(self._is(at, _HAVING) for at in told) else [*told, _WITH]
        own = any(item.text in _AUXILIARIES for item in items[split.behind : split.behind + 3])
        if own or _opens_clause(following) or split.at == split.behind:
            return [at for at in lead if at >= 0 and self._is(at, _RELATIVES)]
        if items[split.at].text == "nor":
            return [*(at for at in lead if at != _NOT), _NOT]
        if any(item.is_cue("not") or item.is_cue("missing") for item in items[start:end]):
            either = any(item.text == "either" for item in items[self.subject : split.behind])
            return [_WITH] if either else None
        return lead

    def _is(self, at: int, words: frozenset[str]) -> bool:
        return self.sentence.tokens[at].lower in words

    def _in_places(self, places: Sequence[int]) -> list[int]:
        """Tell "open according to the register" as "open in the register"."""
        told: list[int] = []
        for at in places:
            if self._is(at, frozenset({"to"})) and at > 0 and self._is(at - 1, _ACCORDING):
                told[-1:] = [_IN]
            else:
                told.append(at)
        return told

    def _part(self, places: Sequence[int]) -> Part:
        tokens = self.sentence.tokens
        places = self._in_places(places)
        told = [tokens[at] if at >= 0 else said((_ADDED_WORDS[at],), tokens[0])[0] for at in places]
        return Part(tuple(told), tuple(places))


_COMMA = frozenset({","})
_NEITHER = frozenset({"neither"})
_IT = frozenset({"it"})
_THERE = frozenset({"there"})
_THEM = frozenset({"them", "it"})
_AS = frozenset({"as"})
_DENIALS = frozenset({"no", "not", "never", "without", "any"})
_HAVING = frozenset({"have", "has", "had", "with", "having"})
_LEADS_TO_IT = frozenset({"in", "to"})
_ACCORDING = frozenset({"according"})


def _opens_clause(item: Item) -> bool:
    return item.text in _AUXILIARIES or any(item.is_cue(kind) for kind in _CLAUSE_CUES)

"""Share phrases: where a sentence asks for a share, of which rows, and of those that are what.

"What percentage of the orders in 2024 | are cancelled", "percentage of employees | with a licence",
"share of | cancelled | orders", "cancelled orders | as a percentage of | all orders".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kpi_nlsql.apart.parts import Part
from kpi_nlsql.apart.splits import ARTICLES, AUXILIARIES, NAMES_TABLE, RELATIVES
from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.sentence import Sentence
from kpi_nlsql.wording.phrases import lower_at, said

_PERCENT = frozenset({"percentage", "percent", "%", "pct"})
_SHARES = _PERCENT | {"share", "proportion"}
_QUESTIONS = frozenset({"what", "which"})
_COMMANDS = frozenset(
    "show me us give what is s the a calculate compute determine tell find report get list display "  # noqa: SIM905
    "please and how high large big return".split()
)
_LEADS = frozenset({"for", "in", "on", "at", "from"})
_WHOLE = frozenset({"the", "all", "our", "those"})
_AMONG = (("among",), ("amongst",), ("out", "of"), ("of", "all"))
_FINITE = AUXILIARIES - {"been", "be"}
_OPENING = RELATIVES | {"whose", "with", "without", "having", "not"}
_SAYING = ("compare", "between", "starts", "ends", "contains", "null", "not_null", "recent")
_THERE = frozenset("lack lacks appear appears occur occurs exist exists cannot never".split())  # noqa: SIM905
"""What a cue begins with that is the main verb: "invoices with status Open | lack a payment"."""
_NAMED = 0.95
_MANY, _COUNT = ("how", "many"), ("number", "of")
_PUT_IN = _ARE = -1
"""The places of words that are put in: what asks for them, and "are" before "in the register"."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A share asked for: the rows that are counted, and those that are set against them.

    ``asking`` are the places of the words that ask for it; ``grouped`` tells that there is one
    for each group of rows.
    """

    asking: frozenset[int]
    met: Part
    rows: Part
    grouped: bool


@dataclass(frozen=True, slots=True)
class _Phrase:
    """The places of a sentence that asks for a share: what stands ``before``, and of what it is.

    "Per region, | what share of | the orders is cancelled". ``question`` tells that a verb follows.
    """

    sentence: Sentence
    before: tuple[int, ...]
    told: tuple[int, ...]
    question: bool

    def asked(self, met: Sequence[int], rows: Sequence[int], grouped: bool = False) -> Asked:
        """Return the share of the rows at places of all the rows at others."""
        every = set(range(len(self.sentence.tokens)))
        asking = frozenset(every - {*self.before, *met, *rows})
        told = self._part((), met), self._part(self.before, rows)
        return Asked(asking, *told, grouped or bool(self.before))

    def _part(self, before: Sequence[int], places: Sequence[int]) -> Part:
        tokens = self.sentence.tokens
        lead = said(_MANY if self.question or _ARE in places else _COUNT, tokens[0])
        (are,) = said(("are",), tokens[0])
        told = [tokens[at] if at != _ARE else are for at in places]
        kept = (*before, *(_PUT_IN for _ in lead), *places)
        return Part((*(tokens[at] for at in before), *lead, *told), kept)


def asked(sentence: Sentence) -> list[Asked] | None:
    """Return the ways in which a sentence asks for a share, the likeliest first; None if not."""
    tokens = sentence.tokens
    for at, token in enumerate(tokens):
        if token.lower in _SHARES:
            if (against := _set_against(sentence, at)) is not None:
                return [against]
            if (phrase := _phrase(sentence, at)) is not None:
                return _ways(phrase)
    return None


def _set_against(sentence: Sentence, at: int) -> Asked | None:
    """Read "cancelled orders as a percentage of all orders"."""
    tokens = sentence.tokens
    start = at - 1 - (lower_at(tokens, at - 1) == "a")
    end = _skip_whole(tokens, at + 2)
    if start < 1 or lower_at(tokens, start) not in {"as", "in"} or lower_at(tokens, at + 1) != "of":
        return None
    begin = next((n for n in range(start) if tokens[n].lower not in _COMMANDS), start)
    phrase = _Phrase(sentence, (), (), question=False)
    rows = _until_mark(tokens, end)
    return phrase.asked(range(begin, start), rows) if begin < start and rows else None


def _phrase(sentence: Sentence, at: int) -> _Phrase | None:
    """Return what a share is asked of by the word at a place."""
    tokens = sentence.tokens
    start = at
    question = lower_at(tokens, at - 1) in _QUESTIONS
    if lower_at(tokens, at - 1) in {"many", "much"} and lower_at(tokens, at - 2) == "how":
        question, start = True, at - 1
    start -= question
    end = _unit_end(tokens, at + 1 + (lower_at(tokens, at + 1) == "share"))
    if lower_at(tokens, end) != "of" or (not question and _names_column(sentence, at)):
        return None
    before = _before(tokens, start)
    if before is None:
        return None
    told = _until_mark(tokens, _skip_whole(tokens, end + 1))
    unit = next((place for place in told if _unit_end(tokens, place) > place), None)
    if unit is not None:
        told = [place for place in told if not unit <= place < _unit_end(tokens, unit)]
    return _Phrase(sentence, tuple(before), tuple(told), question) if told else None


def _skip_whole(tokens: Sequence[Token], at: int) -> int:
    while lower_at(tokens, at) in _WHOLE:
        at += 1
    return at


def _until_mark(tokens: Sequence[Token], start: int) -> list[int]:
    stop = len(tokens)
    while stop > start and tokens[stop - 1].kind == "mark":
        stop -= 1
    return list(range(start, stop))


def _unit_end(tokens: Sequence[Token], at: int) -> int:
    """Return where "in percent", "(in %)" ends; the place itself where neither stands."""
    end = at + (lower_at(tokens, at) == "(")
    if lower_at(tokens, end) not in {"in", "as"}:
        return at
    end += 1 + (lower_at(tokens, end + 1) == "a")
    if lower_at(tokens, end) not in {*_PERCENT, "%)"}:
        return at
    return end + 1 + (lower_at(tokens, end + 1) == ")")


def _names_column(sentence: Sentence, at: int) -> bool:
    return any(
        item.start <= at < item.end and item.best_column() >= _NAMED for item in sentence.linked
    )


def _before(tokens: Sequence[Token], start: int) -> range | None:
    """Return what stands before and stays, a group; None if more than asking stands there."""
    comma = next((at + 1 for at in range(start - 1, 0, -1) if tokens[at].text == ","), 0)
    words = {token.lower for token in tokens[comma:start]}
    return range(comma) if words <= _COMMANDS | _LEADS else None


def _ways(phrase: _Phrase) -> list[Asked]:
    """Return what is asked of the rows in groups, where such are told, and of all of them."""
    items = [item for item in phrase.sentence.linked if item.start in phrase.told]
    ways = []
    for group in dict.fromkeys((_group(items, len(phrase.sentence.tokens)), range(0))):
        alone = replace(phrase, told=tuple(at for at in phrase.told if at not in group))
        kept = [item for item in items if item.start not in group]
        ways.append(_of_rows(alone, kept, [at for at in phrase.told if at in group]))
    return [way for way in ways if way is not None]


def _group(items: Sequence[Item], end: int) -> range:
    """Return the places that tell by what the rows are put together; none where nothing does."""
    for at in range(len(items) - 1, 0, -1):
        if items[at].is_cue("group") or items[at].text == "by":
            behind = (item.start for item in items[at + 1 :] if _opens(item))
            return range(items[at].start, next(behind, end))
    return range(0)


def _of_rows(phrase: _Phrase, items: Sequence[Item], group: Sequence[int]) -> Asked | None:
    """Return what is asked of the rows told, which a group puts together."""
    tokens, told = phrase.sentence.tokens, phrase.told
    among = next((at for at in told[1:] if _opens_rows(tokens, at)), None)
    if among is not None:
        rows = _skip_whole(tokens, among + 1 + (tokens[among].lower == "out"))
        every = [at for at in told if at >= rows]
        return phrase.asked([at for at in told if at < among], [*every, *group], bool(group))
    split, noun = _split(items, phrase.question), _rows(items)
    if split is not None:
        first, rest = [at for at in told if at < split], [at for at in told if at >= split]
        verb = [_ARE] if tokens[split].lower in _LEADS else []
        return phrase.asked([*first, *verb, *rest], [*first, *group], bool(group))
    if noun and not phrase.question:
        rows = items[noun].start
        return phrase.asked(told, [*(at for at in told if at >= rows), *group], bool(group))
    return None


def _opens_rows(tokens: Sequence[Token], at: int) -> bool:
    return any(
        tuple(token.lower for token in tokens[at : at + len(words)]) == words for words in _AMONG
    )


def _split(items: Sequence[Item], question: bool) -> int | None:
    """Return the place where what is said of the rows begins, if it stands behind them."""
    verb = _main_verb(items) if question else None
    if verb is not None:
        return verb
    if not question and (last := _last_clause(items)) is not None:
        return last
    for at, item in enumerate(items[1:], 1):
        placed = item.text in _LEADS and _leads_to_table(items[at + 1 :])
        if placed or item.is_cue("relative") or _first_word(item) in _OPENING:
            return item.start
    noun = _rows(items)
    if noun is None or (noun > 0 and not question) or not items[noun + 1 :]:
        return None
    return items[noun + 1].start  # "percentage of orders | cancelled"


def _last_clause(items: Sequence[Item]) -> int | None:
    """Return where the last clause begins, if one before it only says of which rows is spoken.

    "Percentage of orders with priority High | that are late"; not "… that are open and late".
    """
    opened = [at for at in range(1, len(items)) if _opens(items[at])]
    told = [
        at
        for at in opened
        if _first_word(items[at]) in RELATIVES - {"where"} and items[at + 1 : at + 2]
    ]
    if not told or told[-1] == opened[0] or items[told[-1] - 1].text in {"and", "or", ",", "but"}:
        return None
    finite = _first_word(items[told[-1] + 1]) in _FINITE
    return items[told[-1]].start if finite and _is_whole(items[opened[0] : told[-1]]) else None


def _opens(item: Item) -> bool:
    return item.is_cue("relative") or _first_word(item) in _OPENING | _FINITE


def _first_word(item: Item) -> str:
    return item.text.split()[0]


def _leads_to_table(items: Sequence[Item]) -> bool:
    noun = next((item for item in items if item.text not in ARTICLES), None)
    return noun is not None and noun.best_table() >= NAMES_TABLE and not noun.values


def _main_verb(items: Sequence[Item]) -> int | None:
    """Return where the main verb stands: the clauses before it have said all that they say.

    "Orders whose status is Open | are late", "orders where the note contains rush | have a date".
    """
    relative = None
    for at, item in enumerate(items):
        word = _first_word(item)
        if word in RELATIVES | {"whose", "whom"}:
            relative = at
        elif (word in _FINITE or (word in _THERE and item.cues)) and (
            relative is None or _is_whole(items[relative + 1 : at])
        ):
            return item.start
    return None


def _is_whole(clause: Sequence[Item]) -> bool:
    """Tell whether a clause says something of what it is about, by a verb or a value."""
    return any(
        item.values
        or item.kind in {"number", "quoted"}
        or _first_word(item) in _FINITE
        or any(item.is_cue(kind) for kind in _SAYING)
        for item in clause
    )


def _rows(items: Sequence[Item]) -> int | None:
    """Return the item of the noun that names the rows: "cancelled | orders"."""
    named = (item.best_table() >= NAMES_TABLE and not item.values for item in items)
    return next((at for at, names in enumerate(named) if names), None)

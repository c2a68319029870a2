"""Linking: the tokens of a sentence become items — cues, mentions of names or values, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import simplemma

from kpi_nlsql.english.cues import CUES, LONGEST_CUE, NUMBER_WORDS, Cue
from kpi_nlsql.english.function_words import FUNCTION_WORDS, STOP_WORDS
from kpi_nlsql.english.row_words import ROW_STEMS
from kpi_nlsql.english.words import Token, lemma, parts, stem
from kpi_nlsql.mentions.cue_worth import cue_worth
from kpi_nlsql.mentions.held_values import held
from kpi_nlsql.mentions.lexicon import LONGEST_NAME, Lexicon, NameHit
from kpi_nlsql.mentions.turned_names import Around, turned
from kpi_nlsql.mentions.values import LONGEST_VALUE, ValueHit, value_words

ItemKind = Literal["cue", "mention", "number", "quoted", "word", "mark"]

_MOST_HITS = 40
_INSIDE_VALUES = frozenset({"/", ",", ".", "(", ")", "-"})
_SUPERLATIVE_NAME = 0.3
_CALLED = 0.8
_WITH_SLASH = 3
_TOTAL_WORTH = 1.02
_WHOLE_NAME = 0.97
_NAMING = frozenset("number name address code numbers names addresses codes".split())  # noqa: SIM905
_PARTICLES = frozenset({"in", "out", "up", "off"})
_PRONOUNS = frozenset({"his", "it", "us", "who", "her"})
_LEADING = frozenset({"since", "until", "before", "after", "per"})
_DETERMINERS = frozenset({"a", "an", "the", "each", "every", "any", "all", "our", "some"})


@dataclass(frozen=True, slots=True)
class Item:
    """A run of tokens with one part in the sentence.

    A mention keeps everything it may mean; which of it is meant is decided by the grammar.
    """

    kind: ItemKind
    text: str
    start: int
    end: int
    cues: tuple[Cue, ...] = ()
    hits: tuple[NameHit, ...] = ()
    values: tuple[ValueHit, ...] = ()
    worth: float = 0.0
    placed: bool = False
    """Whether the place of its rows was told behind it: "products in RBP"."""

    def is_cue(self, kind: str, argument: str | None = None) -> bool:
        """Tell whether the item signals this."""
        return bool(self.cues) and any(  # most items signal nothing, and all are asked often
            cue.kind == kind and (argument is None or cue.argument == argument) for cue in self.cues
        )

    def argument(self, kind: str) -> str:
        """Return which of its kind the cue is; empty if the item is no such cue."""
        return next((cue.argument for cue in self.cues if cue.kind == kind), "")

    @property
    def number(self) -> float | int | None:
        """The number written here, if any."""
        if self.kind == "number":
            text = self.text.replace(",", "")
            return float(text) if "." in text else int(text)
        return NUMBER_WORDS.get(self.text)

    @property
    def last_word(self) -> str:
        """The last word of the text; empty if there is none."""
        return self.text.split()[-1] if self.text.strip() else ""

    def table_hits(self) -> list[NameHit]:
        """Return the tables this may name, best first."""
        return [hit for hit in self.hits if hit.column is None]

    def column_hits(self) -> list[NameHit]:
        """Return the columns this may name, best first."""
        return [hit for hit in self.hits if hit.column is not None]

    def best_table(self) -> float:
        """Return how well this names a table, 0..1."""
        return max((hit.score for hit in self.hits if hit.column is None), default=0.0)

    def best_column(self) -> float:
        """Return how well this names a column, 0..1."""
        return max((hit.score for hit in self.hits if hit.column is not None), default=0.0)


def link(tokens: Sequence[Token], lexicon: Lexicon) -> list[Item]:
    """Return the items that together explain the tokens best (dynamic programme over spans)."""
    count = len(tokens)
    known_stems = [_known_stem(token, lexicon) for token in tokens]
    best: list[tuple[float, Item | None]] = [(0.0, None), *((-1.0, None) for _ in range(count))]
    for start in range(count):
        base = best[start][0]
        for item in _items_at(start, tokens, known_stems, lexicon):
            worth = base + item.worth
            if worth > best[item.end][0]:
                best[item.end] = (worth, item)
    items: list[Item] = []
    position = count
    while position > 0:
        chosen = best[position][1]
        assert chosen is not None
        items.append(chosen)
        position = chosen.start
    return items[::-1]


def _known_stem(token: Token, lexicon: Lexicon) -> str:
    if token.kind != "word" or token.lower in STOP_WORDS:
        return token.stem
    if lexicon.values.find(value_words(token.text)):
        return token.stem
    if (token.lower,) in CUES:
        return token.stem
    correct = simplemma.is_known(token.lower, lang="en")
    return lexicon.closest(token.stem, correct=correct) or token.stem


def _items_at(
    start: int, tokens: Sequence[Token], known_stems: Sequence[str], lexicon: Lexicon
) -> Iterator[Item]:
    token = tokens[start]
    if token.kind == "mark":
        yield Item("mark", token.text, start, start + 1)
        return
    if token.kind == "quoted":
        yield _quoted(start, token, lexicon)
        return
    if token.kind == "number":
        values = lexicon.values.find((token.text,))[:_MOST_HITS]
        yield Item("number", token.text, start, start + 1, values=values)
    yield Item("word", token.lower, start, start + 1)
    stop = start + 1
    longest = max(LONGEST_CUE, LONGEST_NAME, LONGEST_VALUE)
    marked = False
    while stop <= len(tokens) and stop - start <= longest:
        if tokens[stop - 1].kind == "mark" and tokens[stop - 1].text in _INSIDE_VALUES:
            marked = True
        elif tokens[stop - 1].kind not in {"word", "number"}:
            break
        if marked:
            yield from _marked_values(start, stop, tokens, lexicon)
        else:
            yield from _spans(start, stop, tokens, known_stems, lexicon)
        stop += 1


def _marked_values(
    start: int, end: int, tokens: Sequence[Token], lexicon: Lexicon
) -> Iterator[Item]:
    # "Black/White", "Ann Lee (MP)": a value written with the marks it is stored with; and
    # "debit/credit" is the column ``debit_credit``
    text = " ".join(token.text for token in tokens[start:end])
    words = value_words(text)
    if len(words) < 2 or tokens[end - 1].text in _INSIDE_VALUES - {")"}:
        return
    exact = tuple(hit for hit in lexicon.values.find(words) if hit.score >= 1.0)[:_MOST_HITS]
    hits: tuple[NameHit, ...] = ()
    if end - start == _WITH_SLASH and tokens[start + 1].text == "/":
        named = lexicon.names((tokens[start].stem, tokens[end - 1].stem), "", words)
        hits = tuple(hit for hit in named if hit.column and hit.score >= _WHOLE_NAME)
    if exact or hits:
        worth = 1.1 * len(words)
        yield Item("mention", text.lower(), start, end, hits=hits, values=exact, worth=worth)


def _spans(
    start: int, end: int, tokens: Sequence[Token], known_stems: Sequence[str], lexicon: Lexicon
) -> Iterator[Item]:
    words = tuple(token.lower for token in tokens[start:end])
    length = end - start
    if length <= LONGEST_CUE and (cues := CUES.get(words)):
        worth = cue_worth(start, end, tokens, cues)
        if any(cue.kind == "details" for cue in cues) and _rows_called(
            known_stems[end - 1], lexicon
        ):
            worth = 0.0  # "all properties" are rows where a table is called so
        if words == ("total",) and lexicon.names(tuple(known_stems[end : end + 1]), ""):
            worth = _TOTAL_WORTH  # "by total paid amount", whatever is called total by itself
        yield Item("cue", " ".join(words), start, end, cues=tuple(cues), worth=worth)
    hits = _names(start, end, tokens, known_stems, lexicon)
    values = held(start, end, tokens, hits, lexicon)[:_MOST_HITS]
    if length == 1 and not values and all(hit.score < _WHOLE_NAME for hit in hits):
        hits = _best_first(hits, lexicon.done(tokens[start].stem))
    if hits or values:
        worth = _mention_worth(tokens[start:end], hits, values)
        if length > 1 and _begins_name(words[0], hits):
            worth += _SUPERLATIVE_NAME
        yield Item("mention", " ".join(words), start, end, hits=hits, values=values, worth=worth)


def _begins_name(word: str, hits: Sequence[NameHit]) -> bool:
    # "whose last review was": ``LAST_REVIEW_DATE`` is no last one of the reviews.
    cues = CUES.get((word,), ())
    if not any(cue.kind == "superlative" for cue in cues):
        return False
    return any(hit.column is not None and parts(hit.column)[:1] == [word] for hit in hits)


def _rows_called(noun: str, lexicon: Lexicon) -> bool:
    called = lexicon.names((noun,), noun)
    return any(hit.column is None and hit.score >= _CALLED for hit in called)


def _best_first(hits: Sequence[NameHit], others: Sequence[NameHit]) -> tuple[NameHit, ...]:
    known = {(hit.table, hit.column) for hit in hits}
    new = [hit for hit in others if (hit.table, hit.column) not in known]
    return tuple(sorted([*hits, *new], key=lambda hit: -hit.score))[:_MOST_HITS]


def _names(
    start: int, end: int, tokens: Sequence[Token], known_stems: Sequence[str], lexicon: Lexicon
) -> tuple[NameHit, ...]:
    """Return the tables and columns that a run of tokens may name."""
    words = tuple(token.lower for token in tokens[start:end])
    known = tuple(known_stems[start:end])
    length = end - start
    hits: tuple[NameHit, ...] = ()
    numeric = all(token.kind == "number" for token in tokens[start:end])
    if length <= LONGEST_NAME and _may_name(words) and not numeric:
        hits = lexicon.closer(words, lexicon.names(known, "".join(words), words))[:_MOST_HITS]
    elif 1 < length <= LONGEST_NAME and _may_end_name(words, tokens[end : end + 1]):
        # "opt in" and "returned on" are whole names, whatever their last word is elsewhere.
        hits = lexicon.names(known, "")
        hits = tuple(hit for hit in hits if hit.column and hit.score >= _WHOLE_NAME)
    elif length <= LONGEST_NAME and tokens[start].text.isupper() and words[0] in _PRONOUNS:
        # "in both HIS and LIS": in capitals no pronoun
        hits = lexicon.names(known, "")
        hits = tuple(hit for hit in hits if not hit.column and words[0] in parts(hit.table))
    if length == 2 and words[1] in _PARTICLES and words[0] not in FUNCTION_WORDS:
        # "never checked in", "a check-in": one word in names.
        glued = lexicon.names((stem(lemma(words[0]) + words[1]),), "")
        hits = (*hits, *(glued if any(hit.column is None for hit in glued) else ()))
    if length > 1 and words[-2].endswith("s") and words[-1].endswith(("ed", "ing")):
        # "claims billed above …" says what was done to the claims; ``hours_worked`` is a name.
        hits = tuple(hit for hit in hits if words[-1] in parts(hit.column or hit.table))
    if length > 2 and words[-1].endswith("s") and known[-1] in ROW_STEMS:
        hits = hits or _rows_of(known[:-1], words[:-1], lexicon)
    noun = any(_is_content(token) for token in tokens[end : end + 1])
    before = known_stems[start - 1] if start and tokens[start - 1].kind == "word" else ""
    behind = tokens[end].lower if end < len(tokens) else ""
    around = Around(before, behind, noun)
    return turned(words, known, lexicon, hits, around)[:_MOST_HITS]


def _rows_of(
    known: tuple[str, ...], words: tuple[str, ...], lexicon: Lexicon
) -> tuple[NameHit, ...]:
    # "supplier PO lines" are the rows of ``SUPPLIER_PO``, though each has its ``PO_LINE``.
    hits = lexicon.names(known, "".join(words), words)
    return tuple(hit for hit in hits if hit.column is None and hit.score >= _WHOLE_NAME)


def _mention_worth(
    tokens: Sequence[Token], hits: Sequence[NameHit], values: Sequence[ValueHit]
) -> float:
    length = len(tokens)
    name = max((hit.score for hit in hits), default=0.0) * length
    if length > 1 and hits:
        name += 0.1 * (length - 1)
    if length > 1 and hits and tokens[-1].lower in _NAMING and hits[0].column is not None:
        name += _SUPERLATIVE_NAME / 3  # "phone number" is no number by phone
    value = 0.0
    if values:
        proper = any(token.text[:1].isupper() for token in tokens) and tokens[0].start > 0
        value = length * (1.0 if proper or length > 1 else 0.75) * max(v.score for v in values)
        value += 0.15 * (length - 1)
    return max(name, value)


def _may_name(words: tuple[str, ...]) -> bool:
    if len(words) == 1 and words[0] in _LEADING:
        return False  # "audits since 2024-01-01", whatever is "listed since" a day
    return words[0] not in FUNCTION_WORDS and words[-1] not in FUNCTION_WORDS


def _is_content(token: Token) -> bool:
    # "booked on orders": what follows is a noun.
    plain = token.lower in FUNCTION_WORDS or (token.lower,) in CUES
    return token.kind == "word" and not plain


def _may_end_name(words: tuple[str, ...], following: Sequence[Token]) -> bool:
    """Tell whether a name may end here though its first or last word mostly leads on to another."""
    if len(words) > 2 and words[-1] not in FUNCTION_WORDS:
        return True  # "on air date"
    leads_on = any(token.lower in _DETERMINERS or _is_content(token) for token in following)
    return words[0] not in FUNCTION_WORDS and not leads_on


def _quoted(start: int, token: Token, lexicon: Lexicon) -> Item:
    values = lexicon.values.find(value_words(token.text))
    exact = tuple(hit for hit in values if hit.value == token.text)
    return Item(
        "quoted", token.text, start, start + 1, values=(exact or values)[:_MOST_HITS], worth=1.0
    )

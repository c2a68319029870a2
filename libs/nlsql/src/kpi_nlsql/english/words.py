"""Words: cutting a sentence into tokens, and finding the stem under which two words are alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

import simplemma
import snowballstemmer  # type: ignore[import-untyped]

from kpi_nlsql.english.dates_read import DATE, iso
from kpi_nlsql.english.segments import segments

MAX_TOKENS = 400

_STEMMER = snowballstemmer.stemmer("english")
_TOKEN = re.compile(
    r"""
    (?P<quoted>"[^"]+" | “[^”]+” | `[^`]+` | ‘[^’]+’
      | (?<![A-Za-z0-9])'[^']*(?:'(?=[a-z])[^']*)?'(?![A-Za-z]))
  | (?P<date>"""  # noqa: RUF001
    + DATE
    + r""")
  | (?P<address>(?<![\w.@/])(?:[\w.+-]*@[\w-]+(?:\.[\w-]+)+ | (?:[a-z0-9-]+\.)+
      (?-i:com|org|net|info|gov|edu|biz|(?!id|no)[a-z]{2}))(?![\w@]|\.\w))
  | (?P<thousands>(?<![A-Za-z0-9.,])\d{1,3}(?:(?:['’]\d{3})+(?:\.\d+)?
      | (?:\.\d{3})+,\d{1,2} | (?:\.\d{3}){2,}
      | \.\d{3}(?=\s*(?:€|eur|euros?|chf)\b))(?![A-Za-z0-9.,]*\d))
  | (?P<number>(?<![A-Za-z])[-+]?\d+(?:,\d{3})+(?:\.\d+)?(?![A-Za-z0-9])
      | (?<![A-Za-z0-9])[-+]?\d*\.?\d+(?![A-Za-z0-9]))
  | (?P<possessive>(?<=\w)['’]s\b | (?<=s)['’](?=\s))
  | (?P<word>[^\W_]+)
  | (?P<sign><> | != | [<>]= | =[<>] | [<>≤≥≠] | ==?)
  | (?P<mark>(?<=\w\s)[*+](?=\s\w) | (?<=\w)\*(?=\w) | [,;:?.()!%/]+ | (?<=\s)[-–—](?=\s))
  | (?P<or_more>(?<=\d)\+(?![\w+]))
  | (?P<number_sign>\#(?=\s*[A-Za-z]))
    """,  # noqa: RUF001
    re.VERBOSE | re.IGNORECASE,
)
_IRREGULAR = {
    "people": "person",
    "data": "datum",
    "criteria": "criterion",
    "ids": "id",
    "skus": "sku",
}
_ACRONYMS = re.compile(r"[A-Z]{2,}s")
UNSTEMMED = frozenset({"customs", "excellent"})
"""Words whose stem is that of another word: customs are no customers, and no grade is Excel."""
_KINDS = {"sign": "mark", "or_more": "mark", "number_sign": "word", "address": "quoted"}
"""What kind of token else an expression finds: "lists.example.org" is one text, dots and all."""
_CAPITAL = "[A-ZÀ-ÖØ-Þ]"
_SMALL = rf"(?:(?!{_CAPITAL})[^\W\d_])"
_PART = re.compile(rf"{_CAPITAL}+(?={_CAPITAL}{_SMALL})|{_CAPITAL}?{_SMALL}+|{_CAPITAL}+|\d+")
_INITIALS = frozenset({"f", "l"})


@dataclass(frozen=True, slots=True)
class Token:
    """A token: ``text`` as written (quotes off), ``kind`` word, number, quoted or mark."""

    text: str
    kind: str
    start: int
    end: int
    capital: bool = False
    """Whether its capitals tell it from a small word: the system HIS is not "his"."""
    lower: str = field(init=False, repr=False, compare=False)
    """The text in lower case: every rule asks for it, so it is kept."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "lower", self.text if self.capital else self.text.lower())

    @property
    def stem(self) -> str:
        """The stem by which names are matched; numbers and marks stand for themselves."""
        if self.kind != "word":
            return self.text
        lower = self.text.lower()
        return stem(lower[:-1] if _ACRONYMS.fullmatch(self.text) else lower)


_EMPTY_ADVERBS = frozenset({"still", "nevertheless", "nonetheless", "already", "actually"})
"""Words that stress a statement and add nothing to it."""
_BEING_THERE = frozenset(
    "appear appears appearing exist exists existing found listed present occur occurs among "  # noqa: SIM905
    "included contained".split()
)
_ALREADY_SAID = frozenset({"also", "too", "not", "no"})


def tokenise(sentence: str) -> list[Token]:
    """Cut a sentence into at most ``MAX_TOKENS`` tokens. Never raises."""
    tokens: list[Token] = []
    for match in _TOKEN.finditer(sentence):
        kind = match.lastgroup or "mark"
        if kind == "possessive":
            continue
        text = match.group()[1:-1] if kind == "quoted" else match.group()
        if kind == "date":
            kind, text = "quoted", iso(text)
        if kind == "thousands":
            kind, text = "number", _plain_number(text)
        kind = _KINDS.get(kind, kind)
        tokens.append(Token(text.strip(), kind, match.start(), match.end()))
        if len(tokens) == MAX_TOKENS:
            break
    return _whole_names(_unstressed(tokens))


def _plain_number(text: str) -> str:
    """Return a number told with other marks as English writes it: "1.000,50" and "1'000.50"."""
    whole, _, rest = text.partition(",")
    apart = re.sub("['\u2019]", "", text)
    if apart != text:
        return apart
    return whole.replace(".", "") + (f".{rest}" if rest else "")


def _unstressed(tokens: list[Token]) -> list[Token]:
    """Leave out words that only stress; "nevertheless appear in" says that they also do."""
    told: list[Token] = []
    for index, token in enumerate(tokens):
        following = {other.lower for other in tokens[index + 1 : index + 3]}
        if token.kind != "word" or token.lower not in _EMPTY_ADVERBS:
            told.append(token)
        elif following & _BEING_THERE and not following & _ALREADY_SAID:
            told.append(Token("also", "word", token.start, token.end))
    return told


def _whole_names(tokens: list[Token]) -> list[Token]:
    # "first and last name" says "name" once and means it twice.
    result: list[Token] = []
    for index, token in enumerate(tokens):
        result.append(token)
        following = [other.lower for other in tokens[index + 1 : index + 4]]
        if len(following) < 3 or token.lower not in {"first", "last"}:
            continue
        listed = following[0] in {"and", "or"} and following[1] in {"first", "last"}
        if listed and following[2] in {"name", "names"}:
            result.append(Token("name", "word", token.start, token.end))
    return result


@lru_cache(maxsize=50_000)
def lemma(word: str) -> str:
    """Return the dictionary form of a lower-case English word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) <= 3 or not word.isascii():
        return word
    return simplemma.lemmatize(word, lang="en").lower()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return the Snowball stem of the dictionary form of a lower-case English word."""
    return word if word in UNSTEMMED else str(_STEMMER.stemWord(lemma(word)))


def whole(word: str) -> str:
    """Return the dictionary form of a word by which others may be short for it."""
    return word if word in UNSTEMMED else lemma(word)


def parts(identifier: str) -> list[str]:
    """Split an identifier on case, digits, blanks and underscores: ``planningSKU_2`` → 3 parts.

    Short forms that stand together without any mark are parts, too: ``CUSNBR``. A first or last
    name told by its initial is one part: ``LName``.
    """
    found = [piece for part in _PART.findall(identifier) for piece in segments(part.lower())]
    for at in range(1, len(found)):
        if found[at] == "name" and found[at - 1] in _INITIALS:
            found[at - 1 : at + 1] = [found[at - 1] + "name"]
            break
    return found


def stems(text: str) -> tuple[str, ...]:
    """Return the stems of the words of a text or identifier."""
    return tuple(stem(part) for part in parts(text))


def all_stems(texts: Iterable[str]) -> set[str]:
    """Return the stems of the words of all that something is called."""
    return {word for text in texts for word in stems(text)}

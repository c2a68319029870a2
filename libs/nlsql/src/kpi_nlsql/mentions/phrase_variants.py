"""Phrase variants: the parts of a name that stand for it, and what else a phrase may be said as."""

from __future__ import annotations

from collections.abc import Iterator

from kpi_nlsql.english.row_words import PART_STEMS
from kpi_nlsql.english.short_forms import ABBREVIATIONS
from kpi_nlsql.english.synonyms import SYNONYMS
from kpi_nlsql.english.words import stem, stems

_NAMED_IN_PARTS = {"forename": "first", "surname": "last"}
_ABBREVIATED = {
    stem(word): stems(ABBREVIATIONS[word])
    for word in (  # noqa: SIM905
        "qty amt os desc descr addr dept acct cust curr ccy num nbr pct txn trx uom whs whse dob "
        "mgr emp prod matl vend supp yr hrs wt tel"
    ).split()
}
"""Abbreviations that people write and that are no words of their own, as stems."""
_OF_PEOPLE = {stems(short): stems(f"{which} name") for short, which in _NAMED_IN_PARTS.items()}
_BOUNDS = {
    stem(word): bound
    for words, bound in (("start begin commence", "from"), ("end expire expiry finish", "to"))
    for word in words.split()
}
"""How the ends of a span are called by columns: the "cover end" is ``cover_to``."""
_FILLERS = frozenset({stem(word) for word in ("of", "the", "a", "an", "in", "for", "and")})


def with_numbers(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return a name with its numbers written onto the words before them: ``SWF_MT700``."""
    told: list[str] = []
    for word in words:
        if told and word.isdigit() and told[-1].isalpha():
            told[-1] += word
        else:
            told.append(word)
    return tuple(told) if len(told) < len(words) else ()


def subphrases(words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    """Yield every run of words of a name and how well it stands for the whole name."""
    count = len(words)
    for start in range(count):
        for end in range(start + 1, count + 1):
            run = words[start:end]
            if len(run) == count:
                yield run, 1.0
            elif not set(run) <= _FILLERS:
                tail = 0.1 if end == count else 0.0
                yield run, 0.35 + 0.4 * len(run) / count + tail
    if count > 2:
        yield (words[0], words[-1]), 0.35 + 0.8 / count + 0.1


def unabbreviated(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the phrase with an abbreviation written in full: "qty on hand", "OS"."""
    for position, word in enumerate(phrase):
        if full := _ABBREVIATED.get(word):
            yield (*phrase[:position], *full, *phrase[position + 1 :])


def part_variants(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield what else the rows that a thing consists of may be called: order lines, details."""
    if len(phrase) > 1 and phrase[-1] in PART_STEMS:
        yield from ((*phrase[:-1], other) for other in PART_STEMS if other != phrase[-1])


def variants(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Yield the phrase with a word replaced by another that may stand for it."""
    if phrase[-1:] in _OF_PEOPLE:
        yield (*phrase[:-1], *_OF_PEOPLE[phrase[-1:]])
    if len(phrase) > 1 and phrase[-1] in _BOUNDS:
        yield (*phrase[:-1], _BOUNDS[phrase[-1]])
    for position, word in enumerate(phrase):
        for other in SYNONYMS.get(word, ()):
            yield (*phrase[:position], other, *phrase[position + 1 :])

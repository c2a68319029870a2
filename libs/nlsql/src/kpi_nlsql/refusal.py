"""Refusals: what was not understood, and which tables and columns come close to it."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz, process

from kpi_nlsql.answer import Alternative, Refusal
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.sentence import Sentence

_CLOSE = 45.0
_MOST_SUGGESTIONS = 5


def refuse(
    sentence: Sentence, alternatives: Sequence[Alternative], read: frozenset[int]
) -> Refusal:
    """Return a refusal with suggestions for the words that nothing in the graph is called.

    ``read`` holds the positions of the items that the likeliest reading accounts for: "earn" is
    understood where a salary is compared.
    """
    unknown = tuple(
        item.text for at, item in enumerate(sentence.items) if _is_unknown(item, at in read)
    )
    tables = {
        table.name: _label(table.display_names, table.name) for table in sentence.graph.tables
    }
    columns = {
        f"{table.name}.{column.name}": _label(column.display_names, column.name)
        for table in sentence.graph.tables
        for column in table.columns
    }
    words = " ".join(unknown) or sentence.text
    return Refusal(
        sentence=sentence.text,
        reason=_reason(sentence, unknown, bool(alternatives)),
        unknown_words=unknown,
        closest_tables=_closest(words, tables),
        closest_columns=_closest(words, columns),
        alternatives=tuple(alternatives),
    )


def _is_unknown(item: Item, read: bool) -> bool:
    plain = item.kind in {"word", "quoted"} and not item.values
    return plain and not read and item.text not in FUNCTION_WORDS


def _label(names: Sequence[str], name: str) -> str:
    return names[0] if names else name


def _reason(sentence: Sentence, unknown: Sequence[str], read: bool) -> str:
    if not any(item.kind == "mention" for item in sentence.items):
        return "Nothing in the sentence names a table, a column or a value of this graph."
    if unknown:
        return "Some words are not understood: " + ", ".join(unknown) + "."
    if read:
        return "The sentence can be read in several ways, and none is likely enough."
    return "The names are known, but the question is not understood."


def _closest(words: str, labels: dict[str, str]) -> tuple[str, ...]:
    found = process.extract(
        words, labels, scorer=fuzz.WRatio, score_cutoff=_CLOSE, limit=_MOST_SUGGESTIONS
    )
    return tuple(key for _, _, key in found)

"""Held values: which runs of tokens may be values of the value dictionary, and of which columns."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.cues import CUES
from kpi_nlsql.english.function_words import COPULAS, FUNCTION_WORDS, STOP_WORDS
from kpi_nlsql.english.words import Token
from kpi_nlsql.mentions.cue_worth import is_no_command
from kpi_nlsql.mentions.lexicon import Lexicon, NameHit
from kpi_nlsql.mentions.values import LONGEST_VALUE, ValueHit

_MOST_CHOICES = 60
"""A lower-case word is a value only of a column with few: titles hold any word of the language."""
_SHORT_VALUE = 2
_NAMES_TABLE = 0.6
_HEADS, _CALLED_SO = 0.8, 0.95
_FLAG_WORDS = frozenset({"flag", "flags", "indicator", "ind", "flg"})
_SQL_WORDS = frozenset({"AND", "OR", "NOT", "IN", "IS", "BY", "ON", "AS", "TO", "ALL", "NO"})
_LEADS_TO_CODE = frozenset({"from", "code", "country", "nationality"})
_STATES = frozenset({"out", "in", "on", "off", "up", "down", "over", "away", "open"})
"""Little words that a state may be told with: "loans that are out"."""
_FEW = 12
_STRESSING = frozenset({"not", "still", "currently", "now", "yet", "either"})
_GOING_ON = frozenset({"and", "or", "but", "although", "though", "while", "as", "nor"})
_CLASSES = frozenset("class type grade level phase stage tier group category".split())  # noqa: SIM905


def held(
    start: int, end: int, tokens: Sequence[Token], hits: Sequence[NameHit], lexicon: Lexicon
) -> tuple[ValueHit, ...]:
    """Return the columns that hold a run of tokens as a value; ``hits`` is what it names."""
    run = tokens[start:end]
    words = tuple(token.lower for token in run)
    values: tuple[ValueHit, ...] = ()
    noun = len(run) == 1 and is_no_command(start, tokens, CUES.get(words, ()))
    if len(run) == 1 and words[0] in _STATES and _is_state(tokens, start):
        values = tuple(v for v in lexicon.values.find(words) if v.choices <= _FEW)
    elif len(run) <= LONGEST_VALUE and (_may_be_value(run) or noun):
        values = lexicon.values.find(words)
        if len(run) == 1 and run[0].text.islower():
            values = tuple(hit for hit in values if hit.choices <= _MOST_CHOICES)
            if _is_rather_table(words[0], hits, values):
                values = _kinds(tokens[end : end + 1], hits, values, lexicon)
    if len(run) == 1 and not values and words[0].endswith("ly"):
        values = _in_what_way(words[0], tokens[end : end + 1], lexicon)
    if len(run) == 1 and not values and _is_code(tokens, start):
        values = tuple(v for v in lexicon.values.find(words) if v.value == run[0].text)
    if hits and not values and words[-1] not in _FLAG_WORDS:
        # "require an import license" says what ``import_license_required`` does
        return lexicon.said_by(hits, words[-1]) or lexicon.said_by(hits[:1], run[0].stem)
    return values


def _is_state(tokens: Sequence[Token], position: int) -> bool:
    """Tell whether a word is all that is said of rows to be: "are out and were due", not "in X".

    In capitals it is one, too: "with status Out".
    """
    at = position - 1
    if tokens[position].text.istitle() and position > 0:
        return not all(token.text.istitle() for token in tokens if token.kind == "word")
    while at > 0 and tokens[at].lower in _STRESSING:
        at -= 1
    behind = tokens[position + 1].lower if position + 1 < len(tokens) else "."
    return tokens[at].lower in COPULAS and (behind in _GOING_ON or not behind.isalnum())


def _in_what_way(adverb: str, done: Sequence[Token], lexicon: Lexicon) -> tuple[ValueHit, ...]:
    # "privately insured", where an insurance type is "private", "manually posted"
    if not done or not done[0].lower.endswith("ed"):
        return ()
    told = {(hit.table, hit.column) for hit in lexicon.names((done[0].stem,), "")}
    ways = (adverb[:-2], adverb[:-4] if adverb.endswith("ally") else "")
    found = (hit for way in ways for hit in lexicon.values.find((way,)) if hit.score >= 1.0)
    return tuple(hit for hit in found if (hit.table, hit.column) in told)


def _is_rather_table(word: str, hits: Sequence[NameHit], values: Sequence[ValueHit]) -> bool:
    # "an order" names the table of orders, not the value "Order" of some column.
    named = any(hit.column is None and hit.score >= _NAMES_TABLE for hit in hits)
    same = [hit for hit in values if hit.value.lower() == word]
    # "closed" is a state, whatever table of closes there is.
    stated = word.endswith("ed") and bool(same)
    return named and not stated and all(not hit.value.islower() for hit in same)


def _kinds(
    noun: Sequence[Token], hits: Sequence[NameHit], values: Sequence[ValueHit], lexicon: Lexicon
) -> tuple[ValueHit, ...]:
    # "card payments" are those by card, where only part of a table is called so.
    whole = any(hit.column is None and hit.score >= _CALLED_SO for hit in hits)
    if whole or not noun or not noun[0].lower.endswith("s"):
        return ()
    rows = {hit.table for hit in lexicon.names((noun[0].stem,), "") if _is_headed(hit)}
    return tuple(hit for hit in values if hit.table in rows)


def _is_headed(hit: NameHit) -> bool:
    return hit.column is None and hit.score >= _HEADS


def _may_be_value(tokens: Sequence[Token]) -> bool:
    if len(tokens) > 1:
        return not all(token.lower in FUNCTION_WORDS for token in tokens)
    token = tokens[0]
    if token.text == "A" and token.start > 0:
        return True  # "with grade A"
    if token.lower in STOP_WORDS or (token.lower,) in CUES:
        return token.text[:1].isupper() and token.start > 0 and token.lower not in FUNCTION_WORDS
    return len(token.text) > _SHORT_VALUE or token.text.isupper()


def _is_code(tokens: Sequence[Token], position: int) -> bool:
    # "DE or AT": a function word in capitals, among words that are not, is a code.
    text = tokens[position].text
    shouted = all(token.text.isupper() for token in tokens if token.kind == "word")
    told = position > 0 and tokens[position - 1].lower in _LEADS_TO_CODE
    plain = text not in _SQL_WORDS or told
    if text == "I" and position > 0:
        return tokens[position - 1].lower in _CLASSES  # "class I recalls"
    return len(text) > 1 and text.isupper() and not shouted and plain

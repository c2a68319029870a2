"""Reading: the words around a denial, and the plain words that it is put in."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.english.cues import Cue
from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at

TO = frozenset("by to with as among amongst at in on into against within under via from".split())  # noqa: SIM905
ROWS = frozenset("entry record row match counterpart trace line data information entries".split())  # noqa: SIM905
PEOPLE = frozenset({"we", "i", "they", "you", "people"})
DETERMINERS = frozenset({"a", "an", "the", "our", "any", "their", "its", "one", "single"})
CLOSING = frozenset("of about on for them it yet at all anything anywhere ever there".split())  # noqa: SIM905
EXISTING = frozenset("exist exists existing known found there present available".split())  # noqa: SIM905
KEPT = frozenset(
    "registered recorded entered booked loaded listed captured stored imported added put "  # noqa: SIM905
    "posted noted logged filed set maintained created matched supported backed covered traced "
    "mirrored reflected represented confirmed included linked tied attributed found "
    "recognised recognized assigned allocated known".split()
)
"""Participles that only say that there is, or is not, something of the kind elsewhere."""
_UNDER = frozenset({"under", "with", "by", "for", "of"})
_SAME = frozenset({"that", "this", "the same", "same", "these", "those", "such"})
_BORDERS = frozenset({"and", "but", "or", "although"})
LONGEST_NOUN = 4
_NAMES_TABLE = 0.5
NOT_IN = Item("cue", "not in", 0, 0, cues=(Cue("missing"),))
NO = Item("cue", "without", 0, 0, cues=(Cue("not"),))
DOES_NOT = Item("cue", "does not", 0, 0, cues=(Cue("not"),))
EXIST = Item("word", "exist", 0, 0)
COMMA = Item("mark", ",", 0, 0)
MATCHED = Item("word", "matched", 0, 0)
BY = Item("word", "by", 0, 0)


def denies(items: Sequence[Item], position: int) -> bool:
    """Tell whether a denial stands at a position."""
    item = item_at(items, position)
    return item is not None and item.is_cue("not") and not item.is_cue("missing")


def past(items: Sequence[Item], position: int, words: frozenset[str]) -> int:
    """Return the position behind words of a kind, and all-quantifiers."""
    while text_at(items, position) in words or (
        (item := item_at(items, position)) is not None and item.is_cue("all")
    ):
        position += 1
    return position


def past_closing(items: Sequence[Item], position: int) -> int:
    """Return the position behind what closes a denial: "for them", "under that number"."""
    position = past(items, position, CLOSING)
    if text_at(items, position) not in _UNDER and text_at(items, position - 1) not in _UNDER:
        return position
    same = position + (text_at(items, position) in _UNDER)
    same += text_at(items, same) == "the"
    noun = item_at(items, same + 1)
    named = noun is not None and (noun.hits or noun.is_cue("count"))
    if text_at(items, same) in _SAME and named and text_at(items, same + 2) != "and":
        return past(items, same + 2, CLOSING)
    return position  # "with the same number and the same currency" tells a key


def ends(items: Sequence[Item], position: int) -> bool:
    """Tell whether a clause ends before a position."""
    item = item_at(items, position)
    if item is None or item.kind == "mark" or item.text.split()[0] in _BORDERS:
        return True
    return item.is_cue("order") or item.is_cue("relative")


def is_noun(item: Item | None) -> bool:
    """Tell whether an item may be a word of a noun phrase."""
    if item is None or item.kind not in {"mention", "word", "number", "quoted"}:
        return False
    return item.text not in FUNCTION_WORDS and item.text not in PEOPLE


def noun_before(items: Sequence[Item], end: int) -> int:
    """Return where the noun that ends before a position begins, with its determiner."""
    start = end
    while start > 0 and end - start < LONGEST_NOUN and is_noun(items[start - 1]):
        start -= 1
    while start > 0 and start < end and items[start - 1].text in DETERMINERS:
        start -= 1
    return start


def noun_behind(items: Sequence[Item], start: int) -> int:
    """Return where the noun ends that begins at a position."""
    end = start
    while end - start < LONGEST_NOUN and is_noun(item_at(items, end)):
        end += 1
    return end


def names_rows(item: Item | None) -> bool:
    """Tell whether an item names rows of a table."""
    return item is not None and item.best_table() >= max(_NAMES_TABLE, item.best_column() - 0.15)

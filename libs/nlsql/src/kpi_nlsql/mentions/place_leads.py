"""Place leads: the words before the name of a place that say whether something is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kpi_nlsql.english.function_words import FUNCTION_WORDS
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.systems import is_system
from kpi_nlsql.mentions.walking import skip_words_back

INTO = frozenset({"in", "at", "from", "within", "into", "of", "inside", "on"})
DENIES = ("not", "missing", "only", "both", "mismatch", "agree", "compare_tables", "between")
_EXACT = 0.95
_ALMOST_WHOLE = 0.9
_COMING = frozenset("come comes came coming originate originates originated".split())  # noqa: SIM905
_HAVING = frozenset({"with", "have", "has", "having"})
_LIKE_OR_NOT = frozenset({"different", "another", "other", "same", "identical"})
_LINKS = frozenset(
    {"and", "or", "nor", "between", "both", "versus", "vs", "with", "to", ",", "than"}
)
DETERMINERS = frozenset("a an the our all any both either neither system table file".split())  # noqa: SIM905
_BEING = frozenset({"are", "is", "were", "was", "been"})
_LEADING = (
    "also",
    "missing",
    "only",
    "both",
    "between",
    "not",
    "mismatch",
    "compare_tables",
    "compare",
)


@dataclass(frozen=True, slots=True)
class Place:
    """A mention of a table that something is in; ``start`` is the item that leads to it.

    ``told``: the sentence says that the rows are there ("that are in"), not just "in".
    """

    start: int
    position: int
    table: str
    told: bool
    lead: str


def leads_to(items: Sequence[Item], position: int, listed: bool) -> bool:
    """Tell whether a word before a mention makes it a place; "and" does after another place."""
    lead = lead_of(items, position)
    if lead < 0 or not _is_lead(items[lead]):
        return False
    if items[lead].text == "of" and items[position].best_table() < _ALMOST_WHOLE:
        return False
    if items[lead].text == "at" and not is_system(items[position]):
        return False  # "scanned at a gate", but "no refund at the processor"
    word = items[lead].last_word
    linked = word in _LINKS and (listed or word in {"between", "both"})
    return word in INTO or linked or items[lead].is_cue("missing") or items[lead].is_cue("both")


def _is_lead(item: Item) -> bool:
    """Tell "in" and "also in" from "in descending order of" and "the number of"."""
    return not item.cues or any(item.is_cue(kind) for kind in _LEADING)


def lead_of(items: Sequence[Item], position: int) -> int:
    """Return the position of the word that leads to a mention, past its determiners."""
    lead = position - 1
    if lead > 0 and _describes_place(items[lead]):
        lead -= 1  # "not in the web shop"
    return skip_words_back(items, lead, DETERMINERS - {"both"})


def _describes_place(item: Item) -> bool:
    return item.kind == "word" and item.text not in FUNCTION_WORDS | INTO


def is_denied(items: Sequence[Item], start: int) -> bool:
    """Tell whether a denial stands before "in", or before its participle: "not registered in"."""
    before = start - 1
    if before > 0 and items[before].text in INTO and items[before - 1].text.endswith("ed"):
        before -= 1  # "never checked in in A"
    if before > 0 and items[before].text.endswith("ed"):
        before -= 1
    return before >= 0 and any(items[before].is_cue(kind) for kind in DENIES)


def is_set_against(items: Sequence[Item], position: int) -> bool:
    """Tell whether a column is said to be unlike, or like, the one of a place that follows.

    "Products with a different price in A", "with a price other than in A", "with the same price".
    """
    item = items[position]
    if item.is_cue("compare", "!="):
        return any(other.last_word in _HAVING for other in items[:position])
    lead = skip_words_back(items, position - 1, {"a", "an", "the"})
    words = item.text.split()
    led = position > 0 and items[lead].last_word in _HAVING
    return words[-1] in _LIKE_OR_NOT and (led or words[0] in _HAVING)


def acts_in(items: Sequence[Item], start: int) -> bool:
    """Tell whether a verb stands before "in"."""
    # "students who live in housing": a clause of its own says what they do there.
    verb = items[start - 1] if start > 1 else None
    if verb is not None and verb.text in _COMING:
        return True  # "bookings that came from customers in Spain" are no customers
    if verb is None or verb.kind != "word" or verb.text in FUNCTION_WORDS:
        return False
    return items[start - 2].text in {"who", "that", "which"}


def is_told(items: Sequence[Item], lead: int) -> bool:
    """Tell whether a participle says that the rows are there: "staff that are recorded in A"."""
    done = lead > 1 and items[lead - 1].text.endswith("ed")
    return done and items[lead - 2].text in _BEING


def leads_in(item: Item) -> bool:
    """Tell whether a word may stand between the rows and "in": "which are in"."""
    light = item.kind == "word" and item.text in {"are", "is", "that", "which", "exist", "present"}
    return light or item.text in {"that", "which"}

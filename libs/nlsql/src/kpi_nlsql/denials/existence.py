"""Existence: rows of which the sentence says no more than that they are not known anywhere.

"Parcels we have no record of", "non-existing orders", "payments for invoices we never issued".
"""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.denials.reading import (
    CLOSING,
    DETERMINERS,
    DOES_NOT,
    EXIST,
    NO,
    NOT_IN,
    PEOPLE,
    ROWS,
    TO,
    denies,
    ends,
    names_rows,
    noun_behind,
    past,
)
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, text_at
from kpi_nlsql.wording.rewriting import THAT, Step

_NOT_THERE = frozenset({"nonexistent", "nonexisting", "inexistent"})
_HALVES = frozenset({"existing", "existent"})
_AUXILIARIES = frozenset({"have", "has", "had", "been", "be", "were", "was", "ever", "actually"})
_LEADING = _AUXILIARIES | PEOPLE | {"is", "are", "does", "do", "did"}
_MADE = frozenset(
    "issued sold sent made created written raised placed ordered booked opened entered registered "  # noqa: SIM905
    "received got seen heard taken produced recorded drawn set signed agreed planned".split()
)
"""What is done to bring a row about: an invoice that was never issued does not exist."""
_PARTICLES = frozenset({"up", "in", "out", "down"})
_GONE = frozenset({"missing", "unknown", "known", "available"})
_ABSENT = frozenset({"missing from", "missing in", "absent from", "absent in"})
_RELATING = frozenset({"for", "on", "against", "of", "from", "to", "under", "by", "with", "about"})
_SURE = 0.95


def no_record(items: Sequence[Item], position: int) -> Step | None:
    """Read "parcels we have no record of"."""
    if text_at(items, position) not in PEOPLE or not denies(items, position + 1):
        return None
    behind = text_at(items, position + 2)
    whole = text_at(items, position + 1).endswith(("n t have", "not have"))
    if behind not in ROWS and not whole and behind not in {"have", "know"}:
        return None
    end = past(items, position + (2 if whole else 3), CLOSING)
    start = position - 1 if text_at(items, position - 1) in {"that", "which"} else position
    if not ends(items, end) or not names_rows(item_at(items, start - 1)):
        return None
    return start, end, [THAT, DOES_NOT, EXIST]


def not_matched(items: Sequence[Item], position: int) -> Step | None:
    """Read "postings that cannot be matched to an invoice", "could not be found in"."""
    if not denies(items, position):
        return None
    there = past(items, position + 1, _AUXILIARIES)
    matched = item_at(items, there)
    if matched is None or not matched.is_cue("also") or matched.last_word not in TO:
        return None
    return position, there + 1, [NOT_IN]


def never_made(items: Sequence[Item], position: int) -> Step | None:
    """Read "payments for invoices we have never issued" and "for orders that never got placed"."""
    start = position
    if text_at(items, position) in {"that", "which"}:
        position += 1
    said = past(items, position, _LEADING)
    if said == start or not denies(items, said):
        return None
    verb = past(items, said + 1, _AUXILIARIES)
    made = item_at(items, verb)
    if made is None or made.text not in _MADE or made.values:
        return None
    end = past(items, past(items, verb + 1, _PARTICLES), CLOSING)
    if not ends(items, end) or not _relates_to(items, start - 1):
        return None
    return start, end, [THAT, DOES_NOT, EXIST]


def none_made(items: Sequence[Item], position: int) -> Step | None:
    """Read "for which no bid has been received", "no payment was found in the payment file"."""
    if text_at(items, position) not in {"no", "not any", "never any"} or position == 0:
        return None
    noun = noun_behind(items, position + 1)
    rows = items[noun - 1] if noun > position + 1 else None
    verb = past(items, noun, _AUXILIARIES | {"is", "are", "yet"})
    if rows is None or not names_rows(rows) or verb == noun:
        return None
    found = item_at(items, verb)
    if found is not None and found.is_cue("also") and found.text.startswith("found"):
        place = past(items, verb + 1, DETERMINERS)
        end = noun_behind(items, place)
        same = end > place and _same_table(rows, items[end - 1])
        return (noun, end, []) if same and ends(items, end) else None
    made = found is not None and found.text in _MADE | {"found"} and not found.values
    if made and {hit.table for hit in items[verb].table_hits()} & {h.table for h in rows.hits}:
        return None  # "no premium has been booked": those of the bookings
    end = past(items, verb + 1, CLOSING)
    return (noun, end, []) if made and ends(items, end) else None


def _same_table(first: Item, second: Item) -> bool:
    named = [item.table_hits()[:1] for item in (first, second)]
    return all(named) and named[0][0].table == named[1][0].table


def _relates_to(items: Sequence[Item], position: int) -> bool:
    """Tell whether the rows here are only told of others: "payments for invoices"."""
    noun = item_at(items, position)
    if noun is None or not names_rows(noun):
        return False
    lead = position - 1
    while text_at(items, lead) in DETERMINERS:
        lead -= 1
    table = noun.table_hits()[0].table
    told = any(_names_other(item, table) for item in items[: max(lead, 0)])
    return text_at(items, lead) in _RELATING and told


def gone(items: Sequence[Item], position: int) -> Step | None:
    """Read "payments whose invoice is missing", of rows and not of what they have entered."""
    if text_at(items, position) != "whose" or position == 0:
        return None
    first = past(items, position + 1, DETERMINERS)
    verb = noun_behind(items, first)
    rows, state = items[verb - 1], item_at(items, verb)
    if verb == first or state is None or not state.is_cue("null") or state.last_word not in _GONE:
        return None
    if not ends(items, verb + 1) or not names_rows(rows) or rows.best_column() >= _SURE:
        return None
    return position, verb + 1, [NO, *items[first:verb]]


def not_there(items: Sequence[Item], position: int) -> Step | None:
    """Read "non-existing orders"."""
    end = position + 1
    if text_at(items, position) == "non":
        end += text_at(items, end) == "-"
        if text_at(items, end) not in _HALVES:
            return None
        end += 1
    elif text_at(items, position) not in _NOT_THERE:
        return None
    if not names_rows(item_at(items, end)):
        return None
    return position, end + 1, [items[end], THAT, DOES_NOT, EXIST]


def _names_other(item: Item, table: str) -> bool:
    return names_rows(item) and item.table_hits()[0].table != table


def not_listed(items: Sequence[Item], position: int) -> Step | None:
    """Read "missing from every planogram" and "not in our list of titles" of their rows."""
    if not items[position].is_cue("missing"):
        return None
    listed = past(items, position + 1, DETERMINERS)
    every = text_at(items, listed) in {"every", "each"} and text_at(items, position) in _ABSENT
    of_them = text_at(items, listed) == "list" and text_at(items, listed + 1) == "of"
    noun = past(items, listed + 1 + of_them, DETERMINERS)
    if not (every or of_them) or not names_rows(item_at(items, noun)):
        return None
    return listed, noun, []

"""Clauses: denials with a subject of their own, "which A does not know", or a participle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kpi_nlsql.denials.reading import (
    CLOSING,
    DETERMINERS,
    KEPT,
    LONGEST_NOUN,
    NO,
    NOT_IN,
    PEOPLE,
    ROWS,
    TO,
    denies,
    ends,
    is_noun,
    names_rows,
    noun_before,
    noun_behind,
    past,
    past_closing,
)
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import item_at, skip_words, text_at
from kpi_nlsql.wording.rewriting import IN, THAT, Step

_KNOWING = frozenset(
    "know knows knowing known list lists contain contains hold holds carry carries include "  # noqa: SIM905
    "includes show shows record records recognise recognises recognize recognizes mention "
    "mentions cover covers have has keep keeps find finds see sees registered recorded "
    "listed heard".split()
)
_OMITTING = frozenset({"omits", "omit", "lacks", "lack", "misses", "miss", "leaves", "leave"})
_SURE = 0.95
_NAMED = 0.6
_NOBODY = frozenset({"nobody", "no one"})
_AUXILIARIES = frozenset("have has had been be ever yet is are being still so far was were".split())  # noqa: SIM905
_CLAUSES = frozenset(
    {"for which", "of which", "where", "to which", "for whom", "with whom", "although", "though"}
    | {"but", "while", "whereas", "even though"}
)
_WITHOUT = ("no", "has no", "have no", "had no", "does not have", "do not have", "zero")


# "which the register does not know", "trains the timetable leaves out"


def unknowing(items: Sequence[Item], position: int) -> Step | None:
    """Read "which the register does not know"."""
    end = _behind_unknowing(items, position)
    if end is None:
        return None
    start = noun_before(items, position)
    determined = text_at(items, start) in DETERMINERS
    before = item_at(items, start - 1)
    if start == position or before is None:
        return None
    clause = before.is_cue("relative") and before.text in {"which", "that", "whom"}
    keyed = before.best_column() >= _SURE  # "service numbers the inventory does not know"
    told = determined or _is_told_bare(items[start:position], before)
    if not clause and not (told and (names_rows(before) or keyed)):
        return None
    lead = [] if clause else [THAT]
    return start, end, [*lead, NOT_IN, *items[start:position]]


def _is_told_bare(place: Sequence[Item], rows: Item) -> bool:
    # "materials Ariba does not have"
    one = len(place) == 1 and place[0].best_table() >= _NAMED and not place[0].text.endswith("s")
    return one and rows.text.endswith("s") and not place[0].values


def _behind_unknowing(items: Sequence[Item], position: int) -> int | None:
    """Return where a verb ends by which something is said to be left out; None if there is none."""
    if text_at(items, position) in _OMITTING and ends(items, position + 1):
        return position + 1
    if text_at(items, position) in {"leaves", "leave"} and text_at(items, position + 1) == "out":
        return position + 2 if ends(items, position + 2) else None
    if text_at(items, position) in _KNOWING and text_at(items, position + 1) == "nothing":
        end = past(items, position + 2, CLOSING)
        return end if ends(items, end) else None
    if not denies(items, position):
        return None
    verb = past(items, position + 1, _AUXILIARIES)
    knows = text_at(items, verb) in _KNOWING
    whole = text_at(items, position).split()[-1] in {"have", "has"}
    end = verb + 1 if knows else position + 1
    if text_at(items, position) in _WITHOUT or text_at(items, end - 1) in {"have", "has"}:
        rows = past(items, end, DETERMINERS)
        if text_at(items, rows) in ROWS and past_closing(items, rows + 1) > rows + 1:
            whole, end = True, rows + 1  # "that the inventory has no entry for"
    end = past_closing(items, end)
    return end if (knows or whole) and ends(items, end) else None


# "for which the ledger shows no posting", "for which the usage holds no entry with …"


def holding_none(items: Sequence[Item], position: int) -> Step | None:
    """Read "for which the ledger shows no posting"."""
    relative = item_at(items, position)
    if position == 0 or relative is None or relative.text not in _CLAUSES:
        return None
    first = past(items, position + 1, DETERMINERS)
    verb = _noun_behind_to_verb(items, first)
    if verb is None:
        return None
    denial = verb + 1 if text_at(items, verb) in _KNOWING else verb
    if not denies(items, denial) or text_at(items, denial) not in _WITHOUT:
        return None
    place, behind = items[first:verb], past(items, denial + 1, DETERMINERS)
    if text_at(items, behind) in ROWS:
        return position, behind + 1, [THAT, NOT_IN, *place]
    end = noun_behind(items, behind)
    if end == behind:
        return None
    lead = THAT if any(item.values for item in place) else IN
    lead = replace(lead, text="with") if lead is THAT else lead
    return position, past_closing(items, end), [NO, *items[behind:end], lead, *place]


def _noun_behind_to_verb(items: Sequence[Item], first: int) -> int | None:
    """Return the position behind a noun where a verb of having, or a denial, stands."""
    for position in range(first + 1, first + LONGEST_NOUN + 1):
        if text_at(items, position) in _KNOWING or denies(items, position):
            return position
        if not is_noun(item_at(items, position)):
            return None
    return None


# "not backed by a contract", "unsupported by", "cannot be traced to"


def not_kept(items: Sequence[Item], position: int) -> Step | None:
    """Read "not backed by a contract" and "do not match any gift"."""
    if items[position].is_cue("mismatch") and _text_ends(items[position], "not match"):
        noun = past(items, position + 1, DETERMINERS)
        named = noun > position + 1 and text_at(items, position + 1) not in {"the", "their", "its"}
        return (position, noun, [NOT_IN]) if named and names_rows(item_at(items, noun)) else None
    word = text_at(items, position)
    if word.startswith("un") and word[2:] in KEPT:
        verb = position
    elif word in {"not set", "is not set"} and text_at(items, position + 1) == "up":
        verb = position + 1
    elif denies(items, position) and word not in _NOBODY and word not in _WITHOUT:
        verb = past(items, position + 1, _AUXILIARIES)
        if verb == position or text_at(items, verb) not in KEPT:
            return None
    else:
        return None
    lead = skip_words(items, verb + 1, {"back", "up"})
    if text_at(items, lead) not in TO or position == 0:
        return None
    noun = past(items, lead + 1, DETERMINERS)
    behind = item_at(items, noun)
    if not names_rows(behind) or (behind is not None and behind.values):
        return None
    return position, noun, [NOT_IN]


def _text_ends(item: Item, words: str) -> bool:
    return item.text == words or item.text.endswith(f" {words}")


# "nobody has entered in A", "but we don't have them in A"


def nobody(items: Sequence[Item], position: int) -> Step | None:
    """Read "nobody has entered in A"."""
    if not denies(items, position):
        return None
    start = position
    if text_at(items, position) in _NOBODY:
        verb = past(items, position + 1, _AUXILIARIES)
        end = verb + 1 if text_at(items, verb) in KEPT | _KNOWING else None
    elif text_at(items, position - 1) in PEOPLE:
        start = position - 1
        verb = past(items, position + 1, _AUXILIARIES)
        kept = text_at(items, verb) in KEPT | _KNOWING
        whole = text_at(items, position).endswith("have")
        end = verb + 1 if kept else position + 1 if whole else None
    else:
        return None
    if end is None:
        return None
    end = past(items, end, frozenset({"them", "it", "any", "up"}))
    if text_at(items, end) not in {"in", "on", "into", "within", "among", "at"}:
        return None
    return start, end + 1, [NOT_IN]

"""Denial clauses: "which the register does not know" says that something is not in the register.

What is told by a clause with a subject of its own ("nobody has entered in A", "for which A holds no
entry"), by a participle ("not backed by a contract", "unsupported by") or of the related rows alone
("parcels we have no record of", "non-existing orders") is written as the plain denial that the
grammar reads: "not in A", "without a contract", "that do not exist".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from kpi_nlsql.cues import FUNCTION_WORDS, Cue
from kpi_nlsql.linking import Item

_KNOWING = frozenset(
    "know knows knowing known list lists contain contains hold holds carry carries include "  # noqa: SIM905
    "includes show shows record records recognise recognises recognize recognizes mention "
    "mentions cover covers have has keep keeps find finds see sees registered recorded "
    "listed".split()
)
_OMITTING = frozenset({"omits", "omit", "lacks", "lack", "misses", "miss", "leaves", "leave"})
_KEPT = frozenset(
    "registered recorded entered booked loaded listed captured stored imported added put "  # noqa: SIM905
    "posted noted logged filed set maintained created matched supported backed covered traced "
    "mirrored reflected represented confirmed included linked tied attributed found "
    "recognised recognized assigned allocated known".split()
)
"""Participles that only say that there is, or is not, something of the kind elsewhere."""
_TO = frozenset("by to with as among amongst at in on into against within under via from".split())  # noqa: SIM905
_ROWS = frozenset("entry record row match counterpart trace line data information entries".split())  # noqa: SIM905
_PEOPLE = frozenset({"we", "i", "they", "you", "people"})
_NOBODY = frozenset({"nobody", "no one"})
_DETERMINERS = frozenset({"a", "an", "the", "our", "any", "their", "its", "one", "single"})
_AUXILIARIES = frozenset("have has had been be ever yet is are being still so far was were".split())  # noqa: SIM905
_CLOSING = frozenset("of about on for them it yet at all anything ever there".split())  # noqa: SIM905
_BORDERS = frozenset({"and", "but", "or", "although"})
_LEADING = frozenset("on for to of with in from by against about".split())  # noqa: SIM905
_NOT_THERE = frozenset({"nonexistent", "nonexisting", "inexistent"})
_HALVES = frozenset({"existing", "existent"})
_LONGEST_NOUN = 4
_NAMES_TABLE = 0.5
_WITHOUT = ("no", "has no", "have no", "had no", "does not have", "do not have", "zero")

_NOT_IN = Item("cue", "not in", 0, 0, cues=(Cue("missing"),))
_NO = Item("cue", "without", 0, 0, cues=(Cue("not"),))
_DOES_NOT = Item("cue", "does not", 0, 0, cues=(Cue("not"),))
_THAT = Item("cue", "that", 0, 0, cues=(Cue("relative"),))
_EXIST = Item("word", "exist", 0, 0)
_IN = Item("word", "in", 0, 0)

_Step = tuple[int, int, list[Item]]
"""Where items are replaced, from a position to another, and by which."""


def plain_denials(items: Sequence[Item]) -> list[Item]:
    """Return the items with denials that are told by a clause put plainly."""
    told = list(items)
    readers: tuple[Callable[[Sequence[Item], int], _Step | None], ...] = (
        _unknowing, _holding_none, _not_kept, _nobody, _no_record, _not_there,
    )  # fmt: skip
    for reader in readers:
        position = 0
        while position < len(told):
            step = reader(told, position)
            if step is not None:
                start, end, plain = step
                told[start:end] = [_at(item, told[start]) for item in plain]
            position += 1
    return told


def _at(item: Item, place: Item) -> Item:
    return replace(item, start=place.start, end=place.start) if item.end == 0 else item


def _denies(items: Sequence[Item], position: int) -> bool:
    item = _get(items, position)
    return item is not None and item.is_cue("not") and not item.is_cue("missing")


def _get(items: Sequence[Item], position: int) -> Item | None:
    return items[position] if 0 <= position < len(items) else None


def _text(items: Sequence[Item], position: int) -> str:
    item = _get(items, position)
    return "" if item is None else item.text


def _past(items: Sequence[Item], position: int, words: frozenset[str]) -> int:
    while _text(items, position) in words or (
        (item := _get(items, position)) is not None and item.is_cue("all")
    ):
        position += 1
    return position


def _ends(items: Sequence[Item], position: int) -> bool:
    item = _get(items, position)
    if item is None or item.kind == "mark" or item.text.split()[0] in _BORDERS:
        return True
    return item.is_cue("order") or item.is_cue("relative")


def _is_noun(item: Item | None) -> bool:
    if item is None or item.kind not in {"mention", "word", "number", "quoted"}:
        return False
    return item.text not in FUNCTION_WORDS and item.text not in _PEOPLE


def _noun_before(items: Sequence[Item], end: int) -> int:
    """Return where the noun that ends before a position begins, with its determiner."""
    start = end
    while start > 0 and end - start < _LONGEST_NOUN and _is_noun(items[start - 1]):
        start -= 1
    while start > 0 and start < end and items[start - 1].text in _DETERMINERS:
        start -= 1
    return start


def _noun_behind(items: Sequence[Item], start: int) -> int:
    end = start
    while end - start < _LONGEST_NOUN and _is_noun(_get(items, end)):
        end += 1
    return end


def _names_rows(item: Item | None) -> bool:
    return item is not None and item.best_table() >= max(_NAMES_TABLE, item.best_column() - 0.15)


# "which the register does not know", "trains the timetable leaves out"


def _unknowing(items: Sequence[Item], position: int) -> _Step | None:
    end = _behind_unknowing(items, position)
    if end is None:
        return None
    start = _noun_before(items, position)
    determined = _text(items, start) in _DETERMINERS
    before = _get(items, start - 1)
    if start == position or before is None:
        return None
    clause = before.is_cue("relative") and before.text in {"which", "that", "whom"}
    if not clause and not (determined and _names_rows(before)):
        return None
    lead = [] if clause else [_THAT]
    return start, end, [*lead, _NOT_IN, *items[start:position]]


def _behind_unknowing(items: Sequence[Item], position: int) -> int | None:
    """Return where a verb ends by which something is said to be left out; None if there is none."""
    if _text(items, position) in _OMITTING and _ends(items, position + 1):
        return position + 1
    if _text(items, position) in {"leaves", "leave"} and _text(items, position + 1) == "out":
        return position + 2 if _ends(items, position + 2) else None
    if not _denies(items, position):
        return None
    verb = _past(items, position + 1, _AUXILIARIES)
    knows = _text(items, verb) in _KNOWING
    whole = _text(items, position).split()[-1] in {"have", "has"}
    end = _past(items, verb + 1 if knows else position + 1, _CLOSING)
    return end if (knows or whole) and _ends(items, end) else None


# "for which the ledger shows no posting", "for which the usage holds no entry with …"


def _holding_none(items: Sequence[Item], position: int) -> _Step | None:
    relative = _get(items, position)
    if relative is None or not (relative.is_cue("relative") or relative.text == "where"):
        return None
    if relative.text not in {"for which", "of which", "where", "to which", "for whom"}:
        return None
    first = _past(items, position + 1, _DETERMINERS)
    verb = _noun_behind_to_verb(items, first)
    if verb is None:
        return None
    denial = verb + 1 if _text(items, verb) in _KNOWING else verb
    if not _denies(items, denial) or _text(items, denial) not in _WITHOUT:
        return None
    place, behind = items[first:verb], _past(items, denial + 1, _DETERMINERS)
    if _text(items, behind) in _ROWS:
        return position, behind + 1, [_THAT, _NOT_IN, *place]
    end = _noun_behind(items, behind)
    if end == behind:
        return None
    lead = _THAT if any(item.values for item in place) else _IN
    lead = replace(lead, text="with") if lead is _THAT else lead
    return position, end, [_NO, *items[behind:end], lead, *place]


def _noun_behind_to_verb(items: Sequence[Item], first: int) -> int | None:
    """Return the position behind a noun where a verb of having, or a denial, stands."""
    for position in range(first + 1, first + _LONGEST_NOUN + 1):
        if _text(items, position) in _KNOWING or _denies(items, position):
            return position
        if not _is_noun(_get(items, position)):
            return None
    return None


# "not backed by a contract", "unsupported by", "cannot be traced to"


def _not_kept(items: Sequence[Item], position: int) -> _Step | None:
    word = _text(items, position)
    if word.startswith("un") and word[2:] in _KEPT:
        verb = position
    elif _denies(items, position) and word not in _NOBODY and word not in _WITHOUT:
        verb = _past(items, position + 1, _AUXILIARIES)
        if verb == position or _text(items, verb) not in _KEPT:
            return None
    else:
        return None
    lead = verb + 1
    while _text(items, lead) in {"back", "up"}:
        lead += 1
    if _text(items, lead) not in _TO or position == 0:
        return None
    noun = _past(items, lead + 1, _DETERMINERS)
    behind = _get(items, noun)
    if not _names_rows(behind) or (behind is not None and behind.values):
        return None
    return position, noun, [_NOT_IN]


# "nobody has entered in A", "but we don't have them in A"


def _nobody(items: Sequence[Item], position: int) -> _Step | None:
    if not _denies(items, position):
        return None
    start = position
    if _text(items, position) in _NOBODY:
        verb = _past(items, position + 1, _AUXILIARIES)
        end = verb + 1 if _text(items, verb) in _KEPT | _KNOWING else None
    elif _text(items, position - 1) in _PEOPLE:
        start = position - 1
        verb = _past(items, position + 1, _AUXILIARIES)
        kept = _text(items, verb) in _KEPT | _KNOWING
        whole = _text(items, position).endswith("have")
        end = verb + 1 if kept else position + 1 if whole else None
    else:
        return None
    if end is None:
        return None
    end = _past(items, end, frozenset({"them", "it", "any", "up"}))
    if _text(items, end) not in {"in", "on", "into", "within", "among", "at"}:
        return None
    return start, end + 1, [_NOT_IN]


# "parcels we have no record of", "non-existing orders"


def _no_record(items: Sequence[Item], position: int) -> _Step | None:
    if _text(items, position) not in _PEOPLE or not _denies(items, position + 1):
        return None
    behind = _text(items, position + 2)
    whole = _text(items, position + 1).endswith(("n t have", "not have"))
    if behind not in _ROWS and not whole and behind not in {"have", "know"}:
        return None
    end = _past(items, position + (2 if whole else 3), _CLOSING)
    start = position - 1 if _text(items, position - 1) in {"that", "which"} else position
    if not _ends(items, end) or not _names_rows(_get(items, start - 1)):
        return None
    return start, end, [_THAT, _DOES_NOT, _EXIST]


def _not_there(items: Sequence[Item], position: int) -> _Step | None:
    end = position + 1
    if _text(items, position) == "non":
        end += _text(items, end) == "-"
        if _text(items, end) not in _HALVES:
            return None
        end += 1
    elif _text(items, position) not in _NOT_THERE:
        return None
    if not _names_rows(_get(items, end)):
        return None
    return position, end + 1, [items[end], _THAT, _DOES_NOT, _EXIST]

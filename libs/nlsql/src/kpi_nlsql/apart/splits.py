"""Splits: the words at which a sentence falls into two clauses about the same rows.

"And", "but", "although", "or", "nor", where more than one more value or column follows, and the
main verb behind a relative clause: "which vans that we have not sold are due".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kpi_nlsql.english.function_words import EXCEPTING, MISSING
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import skip_words, skip_words_back, text_at

Operator = Literal["and", "or"]
PARTING = frozenset({"but", "although", "though", "even though", "while", "whereas"})
RELATIVES = frozenset({"that", "which", "who", "where"})
AUXILIARIES = frozenset(
    "is are was were be been have has had do does did can could will would may might".split()  # noqa: SIM905
)
ARTICLES = frozenset({"a", "an", "the", "any", "some", "our"})
PREPOSITIONS = frozenset("as in on from by at to under".split())  # noqa: SIM905
NAMES_TABLE = 0.6
NAMES_HALF = 0.5
_AND = PARTING | {"and", "nor"}
_OR = frozenset({"or"})
_FINITE = frozenset({"is", "are", "was", "were", "have", "has"})
_OF_ONE = ("starts", "ends", "contains", "compare", "between", "null")
_CLAUSE_CUES = ("not", "missing", "also", "relative", "only")


@dataclass(frozen=True, slots=True)
class Split:
    """A joining word at an item; the second clause begins with the item ``behind``.

    It begins with the token ``start``, which may be within a cue: "but not in".
    """

    operator: Operator
    at: int
    behind: int
    start: int


def splits(items: Sequence[Item], first: int) -> list[Split]:
    """Return the splits of items from a position on, those that bind loosest first."""
    found = [split for at in range(first, len(items)) for split in _at(items, at)]
    return sorted(found, key=lambda split: _looseness(items, split))


def _at(items: Sequence[Item], at: int) -> Iterator[Split]:
    item, behind = items[at], skip_words(items, at + 1, {"either", "yet"})
    word = item.text.split()[0]
    if _goes_back(items, at) or is_exception(items, at):
        yield Split("and", at, at, item.start)
    if word not in _AND | _OR or text_at(items, at - 2).startswith("between"):
        return
    operator: Operator = "or" if word in _OR else "and"
    if item.text not in _AND | _OR:
        listed = item.text == "and in" and _is_missing_there(items, at - 1)
        opens = any(item.is_cue(kind) for kind in _CLAUSE_CUES) and word in {"and", "but"}
        if opens and not listed:
            yield Split(operator, at, at, item.start + 1)
    elif behind < len(items) and not _goes_on(items, at, behind):
        yield Split(operator, at, behind, items[behind].start)


def is_exception(items: Sequence[Item], at: int) -> bool:
    """Tell whether rows are excepted from all that is said before: "without A or B, except C"."""
    either = any(item.text in _OR for item in items[:at])
    if at and items[at].text == "other than" and items[at - 1].best_column() >= NAMES_HALF:
        return False  # "with a phone or with a team other than Alpha" compares the team
    return either and excepts(items[at])


def excepts(item: Item) -> bool:
    """Tell whether rows are left out by what follows: "except", "excluding"."""
    return bool(item.cues) and item.text.startswith(EXCEPTING)


def _goes_back(items: Sequence[Item], at: int) -> bool:
    """Tell whether the main verb stands here: "which vans that we have not sold are due …"."""
    if items[0].text not in {"which", "what"} or items[at].text not in _FINITE:
        return False
    opened = next((i for i in range(1, at) if items[i].text in RELATIVES), at)
    return opened < at - 2 and not any(items[i].text in _AND | _OR for i in range(opened, at))


def _goes_on(items: Sequence[Item], at: int, behind: int) -> bool:
    """Tell whether what follows is one more of a list: of values of a column, or of columns."""
    following = items[behind]
    if following.is_cue("show") or following.kind in {"number", "quoted"}:
        return True
    if any(map(following.is_cue, _OF_ONE)) and any(item.text == "whose" for item in items[:at]):
        return True  # "whose e-mail is empty or ends with …" says two things of the e-mail
    noun = behind
    while noun < len(items) and items[noun].kind == "word" and _leads_to_noun(items[noun]):
        noun += 1
    if noun == len(items):
        return False
    before = skip_words_back(items, at - 1, {","})
    held = {(value.table, value.column) for value in items[before].values}
    if any((value.table, value.column) in held for value in items[noun].values):
        placed = text_at(items, noun + 1) == "there" and text_at(items, noun + 2) not in _FINITE
        # "missing from the register, or blocked there"; not "how many sold and blocked there are"
        return not (placed or text_at(items, noun + 2) == "it")
    rest = items[behind:]
    told = any(item.cues or item.values or item.best_table() >= NAMES_TABLE for item in rest)
    return not told and not any(item.text in AUXILIARIES | PREPOSITIONS for item in rest)


def _is_missing_there(items: Sequence[Item], position: int) -> bool:
    lead = items[skip_words_back(items, position - 1, ARTICLES)]
    return items[position].best_table() >= NAMES_TABLE and lead.text.startswith(MISSING)


def _leads_to_noun(item: Item) -> bool:
    return item.text in ARTICLES | PREPOSITIONS


def _looseness(items: Sequence[Item], split: Split) -> tuple[int, int]:
    word = items[split.at].text.split()[0]
    apart = text_at(items, split.at - 1) == "," or text_at(items, split.at + 1) == "either"
    if word in _FINITE or word in PARTING or is_exception(items, split.at):
        return 0, split.at
    if apart and word == "and":
        return 1, split.at
    # "with no phone or no fax and are from Lille": a clause of its own is said of either
    bare = not _has_verb(items[split.behind])
    return 2 + 2 * bare + (word != "or"), split.at


def _has_verb(item: Item) -> bool:
    words = item.text.split()
    return bool(AUXILIARIES & set(words)) or item.text in RELATIVES | {"whose"}


def subject_of(items: Sequence[Item]) -> int | None:
    """Return the item that names the rows asked for, if it stands before the first clause."""
    first = next((at for at, item in enumerate(items) if at and opens_clause(item)), len(items))
    named = [at for at in range(len(items)) if items[at].kind == "mention" and items[at].hits]
    before = [at for at in named if at < first] or named
    vague = [at for at in before[:1] if items[at].best_column() < NAMES_TABLE]
    rows = next((at for at in before if _names_rows(items[at])), next(iter(vague), None))
    while rows is not None and rows + 1 in named and _names_rows(items[rows + 1]):
        rows += 1
    return rows


def _names_rows(item: Item) -> bool:
    return item.best_table() >= NAMES_HALF


def opens_clause(item: Item) -> bool:
    """Tell whether a clause about the rows named before may begin with an item."""
    return item.text in AUXILIARIES or any(item.is_cue(kind) for kind in _CLAUSE_CUES)

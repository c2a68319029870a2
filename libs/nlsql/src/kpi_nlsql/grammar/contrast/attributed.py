"""Attributed states: "delisted ERP items which are still active in the POS", a state on each side.

The first state stands before the noun for the rows or is said of it ("items with status Blocked"),
the second behind it, with the words for the table that has it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_nlsql.grammar.contrast.bounds import PLACES
from kpi_nlsql.grammar.contrast.states import (
    State,
    States,
    ends_state,
    is_state,
)
from kpi_nlsql.mentions.linking import Item

_PASSED = frozenset(
    "still already yet nevertheless nonetheless also are is was were be being have has had a an "  # noqa: SIM905
    "the marked set status as with but".split()
)
_LISTING = frozenset({"or", "and", ",", "/"})
_PRESENT = ("also", "relative", "not")
_MARKING = frozenset({"as", "with status", "with the status", "marked", "marked as", "being"})


def attributed(items: Sequence[Item]) -> Iterator[States]:
    """Yield the pairs of states of which one is said of the rows, one of their partners."""
    for first, item in enumerate(items):
        if not is_state(item):
            continue
        noun = _noun(items, first)
        if not noun:
            continue
        if first > 1 and items[first - 1].text in _LISTING and is_state(items[first - 2]):
            return  # "lapsed or cancelled policies": not one state
        end = max(noun[-1], first) + 1
        second = _behind(items, end)
        if second is not None:
            stop = max(second.position, *second.owner) + 1
            before = tuple(at for at in range(noun[-1] + 1) if at != first)
            subject = tuple(range(noun[-1] + 1, first))
            told = frozenset(range(end, stop)) - set(second.owner) | {first, *subject[:1]}
            after = tuple(range(stop, len(items)))
            yield States(State(first, noun), second, before, subject, after, told)
        return


def _noun(items: Sequence[Item], state: int) -> tuple[int, ...] | None:
    """Return where the noun stands for the rows that are in a state."""
    behind = _run(items, range(state + 1, len(items)))
    if behind:
        return behind
    # "items with status Blocked": the noun before
    leads = [at for at in range(max(state - 3, 0), state) if items[at].text in {"with", "in"}]
    return _run(items, range(leads[-1] - 1, -1, -1))[::-1] if leads else None


def _run(items: Sequence[Item], positions: range) -> tuple[int, ...]:
    """Return the first of the positions, as long as mentions stand there that name a table."""
    found = []
    for at in positions:
        if items[at].kind != "mention" or is_state(items[at]):
            break
        found.append(at)
    return tuple(found) if any(items[at].best_table() > 0.0 for at in found) else ()


def _behind(items: Sequence[Item], start: int) -> State | None:
    """Return the state that the rest of the clause gives to rows of another table."""
    at, denied, present = start, False, False
    while at < len(items) and (items[at].text in _PASSED or _leads(items[at])):
        denied = denied or items[at].is_cue("not")
        present = present or items[at].is_cue("also") or items[at].text in PLACES
        at += 1
    lacking = any(item.is_cue("not") and item.last_word != "not" for item in items[start:at])
    if at == start or at >= len(items) or lacking:
        return None  # "which have no online product" has none that is online
    if is_state(items[at]):
        others = _listed(items, at)
        end = max((at, *others)) + 1
        placed = end < len(items) and items[end].text in PLACES
        owner = _owner(items, end + placed)
        return State(at, owner, denied, others) if owner else None
    owner = _owner(items, at)
    end = owner[-1] + 1 if owner else at
    if not present or denied or not owner or end + 1 >= len(items):
        return None
    marked = items[end].text in _MARKING and is_state(items[end + 1])
    return State(end + 1, owner) if marked else None


def _listed(items: Sequence[Item], first: int) -> tuple[int, ...]:
    """Return where more states stand behind the first: "blocked or inactive in HANA"."""
    found, at = [], first + 2
    while at < len(items) and items[at - 1].text in {"or", ",", "/"} and is_state(items[at]):
        found.append(at)
        at += 2
    return tuple(found)


def _leads(item: Item) -> bool:
    return not item.hits and (any(item.is_cue(kind) for kind in _PRESENT) or item.text in PLACES)


def _owner(items: Sequence[Item], start: int) -> tuple[int, ...]:
    """Return the words for a table from a position on."""
    found = []
    for at in range(start, len(items)):
        item = items[at]
        if ends_state(item) or item.is_cue("relative") or item.text in _MARKING or is_state(item):
            break
        found.append(at)
    return tuple(found) if any(items[at].kind == "mention" for at in found) else ()

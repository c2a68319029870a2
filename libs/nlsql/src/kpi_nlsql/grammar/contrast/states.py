"""States: "cancelled in A but still open in B" — a value on the one side, another on the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpi_nlsql.grammar.contrast.bounds import PLACES
from kpi_nlsql.grammar.contrast.choice import Choice
from kpi_nlsql.grammar.contrast.operand import Operand, Word, table_told
from kpi_nlsql.grammar.contrast.paired_rows import paired_rows
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.values import ValueHit
from kpi_nlsql.mentions.walking import skip_words_back
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Sentence

_CONTRASTS = frozenset(
    {"but", "and", "while", "yet", "although", "though", "whereas", ",", "but not"}
)
_ENDS = frozenset({",", ".", "?", ";", ":", "(", ")", "with", "where", "whose"})
_PASSED = frozenset(
    "still already is are was were as be being marked set the it its their they yet now "  # noqa: SIM905
    "status".split()
)
_TOGETHER = frozenset({"and", "and in", "as well as in", "as well as"})
_BEING = frozenset({"is", "are", "was", "were", "not"})
_OPENERS = frozenset({"which", "that", "who", "where", "whose", "with", "having", "when"})
_NAMED = 0.95
_NEAR = 8


@dataclass(frozen=True, slots=True)
class State:
    """Where a value stands, the words for the table it is a value of, and whether it is denied.

    ``others``: where more values stand of which one is enough, "blocked or inactive in B".
    """

    position: int
    owner: tuple[int, ...]
    denied: bool = False
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class States:
    """Two states set against each other, and what stands before and after them."""

    first: State
    second: State
    before: tuple[int, ...]
    subject: tuple[int, ...]
    after: tuple[int, ...]
    told: frozenset[int]


def states(items: Sequence[Item]) -> Iterator[States]:
    """Yield the pairs of states that the sentence sets against each other."""
    for position, item in enumerate(items):
        if not is_state(item) or position + 1 >= len(items):
            continue
        if items[position + 1].is_cue("both"):
            yield from _in_both(items, position)
            continue
        if items[position + 1].text not in PLACES:
            continue
        found = _second(items, position)
        if found is None:
            continue
        cut, second = found
        first = State(position, tuple(range(position + 2, cut)), _denied(items, position))
        opener = next((at for at in range(position - 1, -1, -1) if _opens(items, at)), -1)
        head = opener <= 0
        end = max(second.owner[-1], second.position) + 1
        yield States(
            first,
            second,
            tuple(range(position if head else opener + 1)),
            () if head else tuple(range(opener + 1, position)),
            tuple(range(end, len(items))),
            frozenset({position, position + 1, *range(cut, end)} - set(second.owner)),
        )


def _in_both(items: Sequence[Item], position: int) -> Iterator[States]:
    """Yield the one state of "meters that are active both in the register and in the MDM"."""
    rest = range(position + 2, len(items))
    end = next((at for at in rest if ends_state(items[at])), len(items))
    cut = next((at for at in range(position + 3, end - 1) if items[at].text in _TOGETHER), None)
    led = (at for at in range(position - 1, -1, -1) if _opens(items, at))
    head = next(led, position - 1 if items[position - 1].text in _BEING else -1)
    if cut is None or head < 1:
        return
    yield States(
        State(position, tuple(range(position + 2, cut))),
        State(position, tuple(range(cut + 1, end))),
        tuple(range(head)),
        (),
        tuple(range(end, len(items))),
        frozenset({position, position + 1, cut, *range(head, position)}),
    )


def _second(items: Sequence[Item], first: int) -> tuple[int, State] | None:
    for cut in range(first + 2, min(first + _NEAR, len(items))):
        if items[cut].text not in _CONTRASTS:
            continue
        denied, at, passed = items[cut].text == "but not", cut + 1, list[int]()
        while at < len(items) and not is_state(items[at]) and not ends_state(items[at]):
            denied = denied or items[at].is_cue("not")
            passed.append(at)
            at += 1
        if at >= len(items) or not is_state(items[at]):
            continue
        if at + 2 < len(items) and items[at + 1].text in PLACES and _only_leads(items, passed, at):
            end = next((n for n in range(at + 2, len(items)) if ends_state(items[n])), len(items))
            if end == at + 2:
                continue
            return cut, State(at, tuple(range(at + 2, end)), denied)
        owner = tuple(n for n in passed if items[n].text not in _PASSED and not items[n].cues)
        if passed and items[passed[-1]].last_word in _BEING and owner:
            return cut, State(at, owner, denied)
    return None


def _only_leads(items: Sequence[Item], passed: Sequence[int], value: int) -> bool:
    """Tell whether nothing but small words, or the column of the value, stands before it."""
    columns = {(hit.table, hit.column) for hit in items[value].values}
    return all(
        items[at].text in _PASSED
        or items[at].is_cue("not")
        or columns & {(hit.table, hit.column) for hit in items[at].column_hits()}
        for at in passed
    )


def ends_state(item: Item) -> bool:
    """Tell whether what is said of a state ends before an item."""
    return item.text[:1] in _ENDS or item.text in _ENDS or item.is_cue("show")


def _denied(items: Sequence[Item], position: int) -> bool:
    before = skip_words_back(items, position - 1, _PASSED)
    return before >= 0 and items[before].is_cue("not")


def _opens(items: Sequence[Item], position: int) -> bool:
    return items[position].text in _OPENERS


def is_state(item: Item) -> bool:
    """Tell whether an item is a value, and the full name of nothing."""
    exact = any(hit.score >= 1.0 for hit in item.values)
    named = max((hit.score for hit in item.hits), default=0.0) >= _NAMED
    return exact and not named


def state_choice(
    sentence: Sentence, items: Sequence[Item], found: States, owners: Sequence[Sequence[Word]]
) -> Choice | None:
    """Return the two tables that have the values, as the words for them and the joins say."""
    best: Choice | None = None
    for left in _sides(sentence, items, found.first, owners[0]):
        for right in _sides(sentence, items, found.second, owners[1]):
            if left.table == right.table:
                continue
            columns = (str(left.column), str(right.column))
            pairing = paired_rows(sentence, left.table, right.table, columns)
            if pairing is None:
                continue
            score = left.score + right.score + pairing.score
            if best is None or score > best.score:
                best = Choice(left, right, pairing, score)
    return best


def _sides(
    sentence: Sentence, items: Sequence[Item], state: State, owner: Sequence[Word]
) -> Iterator[Operand]:
    """Yield the columns that hold the values in a table that the words speak of."""
    item = items[state.position]
    others = [{(hit.table, hit.column) for hit in items[at].values} for at in state.others]
    for hit in item.values:
        whole = hit.score >= 1.0 and all((hit.table, hit.column) in each for each in others)
        told = table_told(owner, sentence.graph.table(hit.table)) if whole else None
        if told is not None:
            yield Operand(hit.table, hit.column, told.score, 1.0, (), told.lost, True)


def conditions(items: Sequence[Item], found: States, choice: Choice) -> list[plan.Condition]:
    """Return what is said of either side."""
    said: list[plan.Condition] = []
    for state, side, alias in ((found.first, choice.left, "s"), (found.second, choice.right, "t")):
        held = [_value(items[at], side) for at in (state.position, *state.others)]
        values = [plan.Constant(hit.value) for hit in held if hit is not None]
        operator: plan.Operator = "!=" if state.denied else "="
        subject = plan.ColumnRef(alias, str(side.column))
        if len(values) == 1:
            said.append(plan.Compare(subject, operator, values[0]))
        else:
            one_of = plan.OneOf(subject, tuple(values))
            said.append(plan.Not(one_of) if state.denied else one_of)
    return said


def _value(item: Item, side: Operand) -> ValueHit | None:
    column = (side.table, side.column)
    return next((hit for hit in item.values if (hit.table, hit.column) == column), None)

"""Clauses: where a sentence compares, and what stands on either side of the comparison."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from kpi_nlsql.grammar.contrast.bounds import (
    THEY,
    VERBS,
    begins,
    ends,
    opens,
    says_something,
    split_at,
)
from kpi_nlsql.grammar.contrast.comparator import Comparator, comparators, deed_before, is_deed
from kpi_nlsql.grammar.contrast.compared_clause import Clause
from kpi_nlsql.grammar.contrast.evoked import tells_measure
from kpi_nlsql.grammar.contrast.listed_rows import list_and_rows
from kpi_nlsql.grammar.contrast.rows_apart import behind_rows, is_verb, rows_apart
from kpi_nlsql.grammar.contrast.sides_before import (
    compared_first,
    last_two,
    says_between,
    tells_last_two,
    told_about,
    versus,
    without_both,
)
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.mentions.walking import text_at

_ASIDE = frozenset({"and", ",", "vs", "versus", "against", "to", "with"})
_PLACES = frozenset({"in", "at", "on"})
_TWO = frozenset({"two", "the two", "both"})
_US = frozenset({"we", "ours", "do", "did", "have", "has", "does"})
_HAVING = frozenset({"with", "have", "has", "having"})
_KEYED = frozenset({"for", "of", "by", "on"})
_LEADING = VERBS | {"that", "which", "who", "whose", "that are", "that were", "with"}


def clauses(items: Sequence[Item]) -> Iterator[Clause]:
    """Yield the ways to see a comparison in the sentence."""
    for found in comparators(items):
        begin = begins(items, found)
        end = ends(items, found.end)
        clause = Clause(
            found.operator,
            tuple(range(begin, found.start)),
            tuple(range(found.end, end)),
            (),
            tuple(range(begin)),
            tuple(range(end, len(items))),
            frozenset(range(found.start, found.end)),
            found.text == "add up",
            attributive=found.attributive,
            in_time=found.in_time,
            measure=(found.start,) if tells_measure(found.text.split()[0]) else (),
        )
        if not _meets_value(items, clause):
            clause = without_both(items, clause)
            forms = list(told_about(items, clause)) or _forms(items, clause, found)
            yield from (rows_apart(items, form) for form in forms)


def comparisons(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Yield where the clause of a comparison begins, and where what it is made by ends."""
    for found in comparators(items):
        begin, end = begins(items, found), ends(items, found.end)
        if items[found.start].text.split()[0] in _HAVING:
            begin = found.start  # "… whose currency is USD with the same carrier in A"
        right = tuple(range(found.end, end))
        clause = Clause(found.operator, (), right, (), (), (), frozenset(), in_time=found.in_time)
        if not _meets_value(items, clause):
            yield begin, found.end


def _meets_value(items: Sequence[Item], clause: Clause) -> bool:
    # "price above 100", "status other than 'Open'"; but "the approved price" is a column
    behind = [items[at] for at in clause.right if items[at].text not in {"the", "a"}]
    if not behind:
        return False
    value = bool(behind[0].values) and not behind[0].hits
    goes_on = len(behind) > 1 and bool(behind[1].hits)
    ordered = clause.in_time is not None  # "more than one amendment", but not "the one in …"
    the = items[clause.right[0]].text == "the"
    number = behind[0].number is not None and ((ordered and not the) or behind[0].text != "one")
    if number and len(behind) > 2 and behind[1].text in {"%", "percent", "times"}:
        return False  # "at most 50 % of the limit in B", "over 2 times the limit"
    plain = behind[0].kind == "quoted" or number
    return plain or (value and not goes_on)


def lists_several(items: Sequence[Item], clause: Clause) -> bool:
    """Tell whether several columns are compared at once: "seats or seat price"."""
    cuts = [cut for cut, at in enumerate(clause.common) if items[at].text in {"and", "or", ","}]
    return any(
        says_something(items, clause.common[:cut]) and says_something(items, clause.common[cut:])
        for cut in cuts
    )


def compares_twice(items: Sequence[Item], clause: Clause) -> bool:
    """Tell whether another column is compared, too: "the unit differs but the price agrees"."""
    around = (*clause.before, *clause.left, *clause.right, *clause.common)
    return any(
        (items[at].is_cue("mismatch") or items[at].is_cue("agree"))
        and at not in clause.told
        and text_at(items, at - 1) not in _KEYED
        for at in around
    )


def _forms(items: Sequence[Item], clause: Clause, found: Comparator) -> Iterator[Clause]:
    between = next((at for at in clause.right if says_between(items[at])), None)
    if found.text.endswith("between"):
        between = found.end - 1
    if between is not None:
        yield from _between(items, clause, between)
    elif found.attributive and _one(items, found.start) is not None:
        yield from _one_and_another(items, clause, found.start)
    elif found.attributive:
        yield from _attributive(items, clause)
    elif (own := _differing_in(items, clause, found) or _own(items, clause)) is not None:
        yield own
    elif (against := _against(items, clause)) is not None:
        yield against
    elif _refers_to_us(items, clause) and says_something(items, clause.left):
        yield replace(_completed(items, clause), right=(), told=clause.told | {*clause.right})
    elif not says_something(items, clause.right):
        yield from _both_before(items, clause)
    elif says_something(items, clause.left) and (placed := list(_in_either(items, clause))):
        yield from placed
    else:
        yield _completed(items, clause)


def _differing_in(items: Sequence[Item], clause: Clause, found: Comparator) -> Clause | None:
    """Read "materials that differ in unit from A": what differs stands before the other side."""
    cut = next((at for at in clause.right if items[at].text == "from"), None)
    if found.text.split()[-1] != "in" or cut is None:
        return None
    common = tuple(at for at in clause.right if at < cut)
    right = tuple(at for at in clause.right if at > cut)
    before = (*clause.before, *clause.left)
    told = clause.told | {cut}
    return replace(clause, left=(), right=right, common=common, before=before, told=told)


def _refers_to_us(items: Sequence[Item], clause: Clause) -> bool:
    """Tell whether the other side is only "we do" or "ours": the column that is left."""
    texts = {items[at].text for at in clause.right}
    return clause.in_time is not None and bool(texts & {"we", "ours"}) and texts <= _US


def _between(items: Sequence[Item], clause: Clause, between: int) -> Iterator[Clause]:
    """Read "differences in P between A and B" and "P that differs between A and B"."""
    told = clause.told | {between}
    common = (*clause.left, *(at for at in clause.right if at < between))
    sides = tuple(at for at in clause.right if at > between)
    for left, right in split_at(items, sides, frozenset({"and", "vs", "versus", "to", "with"})):
        yield replace(clause, left=left, right=right, common=common, told=told)


def _against(items: Sequence[Item], clause: Clause) -> Clause | None:
    """Read "price mismatch product master vs web shop": what differs stands before."""
    cut = next((at for at in clause.right if items[at].text in {"vs", "versus", "against"}), None)
    if cut is None or not says_something(items, clause.left):
        return None
    left = tuple(at for at in clause.right if at < cut)
    right = tuple(at for at in clause.right if at > cut)
    if not says_something(items, left) or not says_something(items, right):
        return None
    told = clause.told | {cut}
    return replace(clause, left=left, right=right, common=clause.left, told=told)


def _one(items: Sequence[Item], another: int) -> int | None:
    """Return where "one" stands, of "one status in A and another in B"."""
    if items[another].text not in {"another", "a different"} or another < 1:
        return None
    if items[another - 1].text != "and":
        return None
    return next((at for at in range(another) if items[at].text in {"one", "a"}), None)


def _one_and_another(items: Sequence[Item], clause: Clause, another: int) -> Iterator[Clause]:
    start = _one(items, another)
    if start is not None:
        yield replace(
            clause,
            left=tuple(range(start + 1, another - 1)),
            before=tuple(range(start)),
            told=clause.told | {start, another - 1},
        )


def _attributive(items: Sequence[Item], clause: Clause) -> Iterator[Clause]:
    """Read "a different P than B", "another P in A than in B", "a different P in A and B"."""
    said = clause.left if says_something(items, clause.left) else ()
    before = (*clause.before, *clause.left)
    clause = replace(clause, left=(), before=before)
    than = next((at for at in clause.right if items[at].last_word in {"than", "from", "as"}), None)
    if than is not None and than > clause.right[0]:
        left = tuple(at for at in clause.right if at < than)
        right = tuple(at for at in clause.right if at > than)
        clause = replace(clause, left=left, right=right, told=clause.told | {than})
        if items[left[0]].text in _PLACES and said:  # "the price is higher in A than in B"
            said = behind_rows(items, said)
            rest = tuple(at for at in before if at not in said)
            clause = replace(clause, common=said, before=rest)
        yield clause
        return
    leads = [at for at in clause.right if items[at].text in _PLACES]
    for lead in leads[:1]:
        common = tuple(at for at in clause.right if at < lead)
        sides = tuple(at for at in clause.right if at > lead)
        split = list(split_at(items, sides, _ASIDE | {"and in"}))
        yield from (replace(clause, left=left, right=right, common=common) for left, right in split)
        if not split and said and not says_something(items, common):
            # "which courses cost something different on the website"
            common = behind_rows(items, said)
            before = tuple(at for at in before if at not in common)
        if not split and says_something(items, before) and says_something(items, common):
            # "orders with another currency in the bank file": than they have themselves
            left = _placed_before(items, before)
            if not any(_hides_state(items[at]) for at in before):
                yield replace(clause, left=left, right=sides, common=common, before=before)
    if not leads and (deed := deed_before(items, min(clause.told))) is not None:
        # "orders that were invoiced with a different amount": than they have themselves
        rows = tuple(at for at in before if at < deed)
        told = clause.told | {at for at in before if at > deed}
        yield replace(clause, right=(deed,), common=clause.right, before=rows, told=told)


def _placed_before(items: Sequence[Item], before: Sequence[int]) -> tuple[int, ...]:
    """Return the place of the rows "that are active in A but have another status in B"."""
    end = next((at for at in reversed(before) if items[at].text in {"but", "and", "yet"}), -1)
    lead = next((at for at in reversed(before) if at < end and items[at].text in _PLACES), end)
    return tuple(range(lead + 1, end))


def _hides_state(item: Item) -> bool:
    # "sold in A but with another price in B" is a state, though sales are rows, too
    state = any(hit.score >= 1.0 for hit in item.values) and item.best_column() < item.best_table()
    return item.text == "available in" or (state and is_deed(item))


def _own(items: Sequence[Item], clause: Clause) -> Clause | None:
    """Read "parcels scanned at a depot other than their own": the depot of the parcels."""
    texts = [items[at].text for at in clause.right]
    if "own" not in texts or says_something(items, [*clause.right][texts.index("own") + 1 :]):
        return None
    begun = [*clause.before, *clause.left]
    verb = next((at for at in begun if at and items[at].text in _LEADING), None)
    if verb is None:
        return None
    rows = tuple(at for at in begun if at < verb)
    told = clause.told | {*clause.right, verb}
    left = tuple(at for at in begun if at > verb)
    return replace(clause, left=left, right=rows, before=rows, told=told)


def _in_either(items: Sequence[Item], clause: Clause) -> Iterator[Clause]:
    """Read "P is not the same in A and in B": the sides stand behind."""
    if items[clause.right[0]].text not in _PLACES:
        return
    for left, right in split_at(
        items, clause.right[1:], frozenset({"and", "and in", "vs", "than"})
    ):
        yield replace(clause, left=left, right=right, common=clause.left)


def _both_before(items: Sequence[Item], clause: Clause) -> Iterator[Clause]:
    """Read "P in A and Q in B differ" and "compare P in A with Q in B … where they differ"."""
    compared = compared_first(items, clause)
    if compared is not None:
        yield from compared
        return
    beside = versus(items, clause)
    if beside is not None:
        yield beside
        return
    split = list(split_at(items, clause.left, frozenset({"and", "vs", "versus"})))
    yield from (replace(clause, left=left, right=right) for left, right in split)
    two = not split and any(items[at].text in _TWO for at in clause.left)
    # "date in A and date in B where the two dates differ"
    pairs = list(last_two(items, clause)) if clause.before and not split else []
    listed = [pair for pair in pairs if two or tells_last_two(items, clause.left, pair)]
    yield from listed
    if not split and not listed:
        if not says_something(items, clause.left):
            yield from last_two(items, clause)
            return
        told = clause.told | {at for at in clause.left if items[at].text in THEY}
        common = tuple(at for at in clause.left if at not in told)
        yield replace(clause, left=(), right=(), common=common, told=told)


def _completed(items: Sequence[Item], clause: Clause) -> Clause:
    """Take what a bare "that" or "which" refers to: "have a date which deviates from …"."""
    verb = clause.left[-1] if clause.left else None
    if verb is not None and is_verb(items, verb):  # "receipts that cover less than the tax due"
        clause = replace(clause, left=clause.left[:-1], told=clause.told | {verb})
    if says_something(items, clause.left) or not clause.before:
        return clause
    before = clause.before[:-1]
    listed, rows = list_and_rows(items, before)
    if rows and any(items[at].text in {",", "and"} for at in listed):
        return replace(clause, left=rows)  # "number and total of all orders that exceed …"
    begin = next((at for at in reversed(before) if opens(items, at)), -1) + 1
    return replace(
        clause,
        left=tuple(range(begin, len(before))),
        before=tuple(range(begin)),
    )

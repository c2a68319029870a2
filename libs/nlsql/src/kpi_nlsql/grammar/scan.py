"""The table of contents of the grammar: which module reads what, in the order they are asked."""

from __future__ import annotations

from collections.abc import Callable

from kpi_nlsql.drafting.draft import Draft, Sorting, Wanted
from kpi_nlsql.english.function_words import POSSESSIVES
from kpi_nlsql.grammar import unread
from kpi_nlsql.grammar.asking import (
    adverbs,
    aggregates,
    arithmetic,
    counting,
    grouping,
    how_much,
    names,
    on_average,
    openers,
    period_groups,
    questions,
    shown_again,
)
from kpi_nlsql.grammar.conditions import (
    comparisons,
    date_gaps,
    deeds,
    done,
    either,
    exclusions,
    existence,
    gaps,
    lateness,
    named_bounds,
    negation,
    only_such,
    parts_of_values,
    periods,
    repetition,
    signs,
    text_search,
    times,
    times_unread,
    told_anew,
    totalling,
    undone,
    valid_days,
    values_read,
    was_done,
)
from kpi_nlsql.grammar.ranking import extremes, latest_of_each, ordering, picks, superlatives
from kpi_nlsql.grammar.scanner import Scanner
from kpi_nlsql.sentence import Sentence

Module = Callable[[Scanner], bool]

MODULES: tuple[Module, ...] = (
    shown_again.read,
    arithmetic.read,
    extremes.read,
    ordering.read,
    lateness.read,
    valid_days.read,
    times.read,
    periods.read,
    period_groups.read,
    grouping.read,
    latest_of_each.read,
    named_bounds.read,
    superlatives.read,
    text_search.read,
    signs.read,
    exclusions.read,
    gaps.read,
    undone.read,
    done.read,
    negation.read,
    repetition.read,
    totalling.read,
    date_gaps.read,
    comparisons.read,
    counting.read,
    adverbs.read,
    aggregates.read,
    values_read.read,
    parts_of_values.read,
    deeds.read,
    was_done.read,
    names.read,
    openers.read,
)


_OPENING = 2
_OCCURRING = frozenset("occur appear exist do are".split())  # noqa: SIM905


def scan(sentence: Sentence) -> Draft:
    """Return what the grammar understands of a sentence."""
    scanner = Scanner(sentence)
    while scanner.position < len(scanner.items):
        before = scanner.position
        if before in scanner.skipped:
            scanner.position += 1
            continue
        if not any(module(scanner) for module in MODULES) or scanner.position <= before:
            if scanner.item.is_cue("distinct"):
                scanner.draft.distinct = True
                scanner.take(scanner.position)
            scanner.position = max(scanner.position, before) + 1
    adverbs.complete(scanner)
    shown_again.complete(scanner)
    existence.complete(scanner)
    told_anew.complete(scanner)
    only_such.complete(scanner)
    either.complete(scanner)
    questions.complete(scanner)
    period_groups.complete(scanner)
    periods.complete(scanner)
    times_unread.complete(scanner)
    picks.complete(scanner)
    _complete(scanner.draft)
    _values_counted(scanner)
    _kinds_asked(scanner)
    _count_per(scanner)
    _rows_averaged(scanner.draft)
    _asks_rows(scanner)
    _add_up(scanner)
    _total_of_rows(scanner)
    how_much.complete(scanner)
    grouping.regroup(scanner)
    on_average.complete(scanner)
    unread.doubt(scanner)
    return scanner.draft


def _complete(draft: Draft) -> None:
    # "the student who visited a restaurant most often": what is counted was said before.
    others = [table for _, table in draft.entities[1:]]
    others += [term.table for term in draft.terms if term.kind == "exists" and term.table]
    _amounts(draft)
    first = draft.entities[0][1] if draft.entities else None
    others = [table for table in others if table != first]
    for sorting in draft.sorting:
        rows = sorting.function == "count" and sorting.ref is None and sorting.table is None
        if rows and others and not draft.groups:
            sorting.table = others[-1]


def _values_counted(scanner: Scanner) -> None:
    # "attendants with more than 10 tasks": the tasks tell their attendant, who is no row.
    draft = scanner.draft
    first = draft.entities[0] if draft.entities else None
    own = [term for term in draft.terms if term.kind == "count" and term.table and not term.ref]
    if first is None or scanner.role(first[0]) != "column" or draft.groups or draft.wanted:
        return
    if any(term.table == first[1] and term.position > first[0] for term in own):
        draft.wanted.append(Wanted(first[0], scanner.ref(first[0])))


def _kinds_asked(scanner: Scanner) -> None:
    # "which channels occur among open tickets": each is told once.
    draft = scanner.draft
    first = draft.wanted[0] if len(draft.wanted) == 1 else None
    if first is None or first.ref is None or first.function or "asks_which" not in draft.notes:
        return
    opened = first.position <= _OPENING and scanner.at(first.position).text.endswith("s")
    behind = scanner.at(first.position + 1)
    occur = behind.text in _OCCURRING or behind.is_cue("also")
    if opened and occur and not (draft.sorting or draft.groups):
        draft.distinct = True


def _asks_rows(scanner: Scanner) -> None:
    # "Leased aircraft of the fleet": a noun without verb or question word asks for rows; so do
    # "the ten tenders with the highest value" and "sort the tenders by value".
    first, draft = scanner.at(_behind_number(scanner)), scanner.draft
    noun = (first.kind == "mention" and not first.cues) or first.text in ordering.COMMANDS
    if noun and draft.entities and not draft.wanted and "asks_rows" not in draft.notes:
        draft.note("asks_rows")


def _behind_number(scanner: Scanner) -> int:
    """Return where the noun begins of which a sentence opens with a number: "the five largest"."""
    at = 1 if scanner.at(0).text == "the" else 0
    if scanner.at(at).number is None:
        return 0
    return at + 1 + scanner.at(at + 1).is_cue("superlative")


def _count_per(scanner: Scanner) -> None:
    # "failed runs per analyser": how many there are of each.
    draft = scanner.draft
    per = [group for group in draft.groups if scanner.at(group.position - 1).text == "per"]
    if per and not draft.wanted and draft.entities and draft.entities[0][0] < per[0].position:
        position, table = draft.entities[0]
        if scanner.at(position).text.endswith("s"):
            draft.wanted.append(Wanted(position, None, "count", False, table))


def _rows_averaged(draft: Draft) -> None:
    # "average litres per refill by station": each refill has its litres.
    averaged = {w.ref.hits[0].table for w in draft.wanted if w.function == "avg" and w.ref}
    rows = [group for group in draft.groups if group.table in averaged and group.explicit]
    if len(draft.groups) > len(rows) or (rows and not draft.entities[1:]):
        draft.groups = [group for group in draft.groups if group not in rows]


def _add_up(scanner: Scanner) -> None:
    # "pallets per warehouse" adds the pallets up.
    draft = scanner.draft
    listed = any(not wanted.function for wanted in draft.wanted[:1])
    if (draft.groups or listed) and any(wanted.function for wanted in draft.wanted):
        _add_up_beside(scanner)
    _add_up_of_each(scanner)
    if len(draft.wanted) != 1 or not draft.groups or draft.wanted[0].function:
        return
    wanted, group = draft.wanted[0], draft.groups[0]
    told = any(wanted.position < term.position < group.position for term in draft.terms)
    distance = group.position - wanted.position  # "fee amount not paid yet per district"
    told = told or all(  # "tons on stock per warehouse"
        scanner.role(at) in {"none", "table"} for at in range(wanted.position + 1, group.position)
    )
    beside = (distance in {2, 3} or (told and distance > 0)) and wanted.position <= _OPENING
    per = (
        scanner.at(group.position - 1).text == "per" or scanner.at(group.position - 2).text == "per"
    )
    total = scanner.at(wanted.position).text.startswith("total ")
    monthly = group.period is not None and group.position < wanted.position <= _OPENING
    if (
        (total or monthly or (beside and per))
        and wanted.ref is not None
        and scanner.measures(wanted.ref)
    ):
        wanted.function = "sum"
        for sorting in draft.sorting:
            same = sorting.ref is not None and sorting.ref.hits[:1] == wanted.ref.hits[:1]
            sorting.function = "sum" if same and sorting.function is None else sorting.function


def _add_up_beside(scanner: Scanner) -> None:
    # "number of orders and total amount per month", though each order has its ``tot_amt``
    for wanted in scanner.draft.wanted:
        total = scanner.at(wanted.position).text.startswith("total ")
        if total and not wanted.function and wanted.ref and scanner.measures(wanted.ref):
            wanted.function = "sum"


def _add_up_of_each(scanner: Scanner) -> None:
    # "cities with their total order amount", of which each city has many
    draft = scanner.draft
    if len(draft.wanted) != 2 or draft.groups or any(w.function for w in draft.wanted):
        return
    first, total = draft.wanted[0].ref, draft.wanted[1].ref
    text = scanner.at(draft.wanted[1].position).text
    theirs = scanner.at(draft.wanted[1].position - 1).text in POSSESSIVES
    if first is None or total is None or not (theirs and text.startswith("total ")):
        return
    if scanner.measures(total) and first.hits[0].table != total.hits[0].table:
        draft.wanted[1].function = "sum"


def _total_of_rows(scanner: Scanner) -> None:
    # "total amount of delivered jobs" is one sum, though each job has its ``tot_amt``.
    draft = scanner.draft
    alone = len(draft.wanted) == 1 and not (draft.groups or draft.sorting or draft.limit)
    wanted = draft.wanted[0] if alone else None
    if wanted is None or wanted.function or wanted.ref is None or wanted.position > _OPENING:
        return
    text, behind = scanner.at(wanted.position).text, wanted.position + 1
    rows = next((at for at in range(behind, len(scanner.items)) if scanner.role(at) == "table"), 0)
    several = scanner.at(rows).last_word.endswith("s") and scanner.at(behind).text == "of"
    single = text.startswith("total ") and not text.endswith("s") and scanner.at(0).text != "list"
    if several and single and scanner.measures(wanted.ref):
        wanted.function = "sum"


def _amounts(draft: Draft) -> None:
    # "the name and number of floors" shows a stored number; asked for alone it is added up.
    alone = not any(wanted.function is None for wanted in draft.wanted)
    everything: list[Wanted | Sorting] = [*draft.wanted, *draft.sorting]
    for shown in everything:
        if shown.function == "amount":
            shown.function = "sum" if alone else None

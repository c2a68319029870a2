"""Reading a sentence that lists the columns it wants to see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.plans.explain import explain
from kpi_nlsql.requested.showing import shown
from kpi_nlsql.requested.spans import Request, find_request
from kpi_nlsql.sentence import Candidate, Sentence
from kpi_nlsql.wording.rewriting import SHOW_ALL

Reader = Callable[[Sentence], Iterator[Candidate]]

_MOST = 3
_ADDED = -1
"""Whole rows are asked for: the list says later what of them is shown."""


def read(
    sentence: Sentence, readers: tuple[Reader, ...], plainly: Sequence[Candidate]
) -> Iterator[Candidate]:
    """Yield the readings of what the list is asked of, each with the listed columns shown.

    ``plainly`` are the readings with the list left where it stands: where it opens the sentence
    and the foremost of them shows as many columns, nothing is gained.
    """
    request = find_request(sentence.items)
    if request is None or (request.opens and plainly and _shows_all(plainly[0], request)):
        return
    kept = _rest(sentence, request)
    if _groups_first(sentence, request, kept):
        return
    items = tuple(sentence.items[at] for at in kept if at != _ADDED)
    rest = replace(sentence, items=(*SHOW_ALL, *items))
    for reader in readers:
        for candidate in islice(reader(rest), _MOST):
            if (found := _fulfilled(sentence, candidate, request, kept)) is not None:
                yield found


def _shows_all(candidate: Candidate, request: Request) -> bool:
    query = candidate.plan
    return isinstance(query, plan.Query) and len(query.outputs) >= len(request.elements)


def _groups_first(sentence: Sentence, request: Request, kept: list[int]) -> bool:
    # "For each bed type, find the average price": what groups come to is no column of rows.
    asked = sentence.items[request.start : request.end]
    summed = any(item.is_cue("aggregate") or item.is_cue("count") for item in asked)
    first = next((at for at in kept if at != _ADDED), None)
    return summed and first is not None and sentence.items[first].is_cue("group")


def _rest(sentence: Sentence, request: Request) -> list[int]:
    """Return the positions of the rest, behind those of the opener."""
    positions = [at for at in range(len(sentence.items)) if not request.start <= at < request.end]
    while positions and _opens(sentence.items[positions[0]]):
        positions.pop(0)
    return [_ADDED, _ADDED, *positions]


def _opens(item: Item) -> bool:
    return item.is_cue("show") or item.is_cue("all") or item.text in {"please", "the", "of"}


def _fulfilled(
    sentence: Sentence, candidate: Candidate, request: Request, kept: list[int]
) -> Candidate | None:
    found = shown(sentence, candidate.plan, request.elements)
    if found is None:
        return None
    used = {kept[at] for at in candidate.used} - {_ADDED} | set(range(request.start, request.end))
    opened = set(range(len(sentence.items))) - set(kept)
    told = {"requested": 1.0, "request_fit": found.score}
    told |= {} if sentence.graph.landed else {"named_output": 0.0}
    return replace(
        candidate,
        plan=found.query,
        explanation=explain(found.query),
        used=frozenset(used | opened),
        features=candidate.features | told,
    )

"""Unread conjuncts: "… or have no owner", "… and a refund", of which the plan holds nothing.

What is set beside something else is never said in passing: a plan without it asks for other rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kpi_nlsql.judging.held import Held
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.plans import plan
from kpi_nlsql.sentence import Sentence

_JOINING = frozenset(
    "and or but nor except excluding although though whereas unless while yet".split()  # noqa: SIM905
)

_SHORTEST = 4


def unread_conjuncts(sentence: Sentence, query: plan.Plan, unknown: Sequence[str]) -> int:
    """Count the conjuncts of which the plan holds nothing.

    ``unknown`` are the words that the reading does not account for.
    """
    held = Held(query)
    return sum(_is_unread(conjunct, held, unknown) for conjunct in _conjuncts(sentence.items))


def _conjuncts(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Yield what stands behind each joining word, up to the next one or what is said of it."""
    conjunct: list[Item] | None = None
    for item in items:
        joins = item.text.partition(" ")[0] in _JOINING
        joins = joins and not item.is_cue("often") and item.argument("compare") in {"", "!="}
        if joins or _ends(item) or (conjunct and item.is_cue("relative")):
            if conjunct:
                yield conjunct
            conjunct = [] if joins else None
        elif conjunct is not None:
            conjunct.append(item)
    if conjunct:
        yield conjunct


def _ends(item: Item) -> bool:
    # "but never lost (result Loss)": in parentheses the same is told once more
    return item.kind == "mark" and not set(item.text) <= set("()")


def _is_unread(conjunct: Sequence[Item], held: Held, unknown: Sequence[str]) -> bool:
    if any(item.kind in {"number", "quoted"} or _sorts(item) for item in conjunct):
        return False  # whether these stand in the plan is asked of each literal
    telling = [item for item in conjunct if item.kind == "mention" or item.text in unknown]
    return bool(telling) and not any(_is_held(item, held) for item in telling)


def _is_held(item: Item, held: Held) -> bool:
    told = any(held.has(hit) and hit.value.lower() in held.constants for hit in item.values)
    return told or any(held.has(hit) for hit in item.hits) or _is_called_so(item, held)


def _is_called_so(item: Item, held: Held) -> bool:
    # "product and country", where each row keeps its ``country_code``
    name = item.text.replace(" ", "")
    return len(name) >= _SHORTEST and any(
        name in column.replace("_", "") for _, column in held.columns
    )


def _sorts(item: Item) -> bool:
    return any(item.is_cue(kind) for kind in ("order", "ascending", "descending"))

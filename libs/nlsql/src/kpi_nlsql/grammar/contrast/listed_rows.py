"""Listed rows: "A and B for all orders" lists columns, and says of which rows."""

from __future__ import annotations

from collections.abc import Sequence

from kpi_nlsql.grammar.contrast.comparator import is_deed
from kpi_nlsql.mentions.linking import Item

LISTING = frozenset({",", "and", "vs", "versus", "/", "plus"})
FOR_EACH = frozenset({"for every", "for each"})
_LEADS_TO_ROWS = frozenset({"for", "of", "from"}) | FOR_EACH

Positions = tuple[int, ...]


def list_and_rows(
    items: Sequence[Item], positions: Sequence[int]
) -> tuple[list[int], Positions | None]:
    """Return the list, and the rows it is of if it says: "A and B for all orders"."""
    lead = _rows_lead(items, positions)
    if lead is None:
        return list(positions), None
    listed = [at for at in positions if at < lead + _ends_name(items, lead)]
    return listed, tuple(at for at in positions if at > lead)


def _ends_name(items: Sequence[Item], position: int) -> bool:
    # "the order total of all invoices", where "total of" is read as one
    item, before = items[position], items[position - 1] if position else None
    summed = item.is_cue("aggregate", "sum") and item.text.endswith(" of")
    return summed and before is not None and before.kind == "mention"


def _rows_lead(items: Sequence[Item], positions: Sequence[int]) -> int | None:
    leads = [at for at in positions if _leads_to_rows(items, at) or _ends_name(items, at)]
    plain = [at for at in leads if items[at].text in FOR_EACH | {"for"}]
    if plain:
        return plain[0]
    # "the amount from the invoice and the amount from the bank" tells where each is from
    several = len(leads) > 1 and len({items[at].last_word for at in leads}) == 1
    listed = max((at for at in positions if items[at].text in LISTING), default=-1)
    return leads[0] if leads and (not several or leads[0] > listed) else None


def _leads_to_rows(items: Sequence[Item], position: int) -> bool:
    # "orders shipped from a warehouse" are no list of what warehouses have
    done = position > 0 and is_deed(items[position - 1])
    return items[position].text in _LEADS_TO_ROWS and not done

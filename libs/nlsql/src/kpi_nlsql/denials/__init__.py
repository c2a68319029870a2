"""Denial clauses: "which the register does not know" says that something is not in the register.

What is told by a clause with a subject of its own ("nobody has entered in A", "for which A holds no
entry"), by a participle ("not backed by a contract", "unsupported by") or of the related rows alone
("parcels we have no record of", "non-existing orders") is written as the plain denial that the
grammar reads: "not in A", "without a contract", "that do not exist".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from kpi_nlsql.denials import clauses, existence, matching_keys
from kpi_nlsql.denials.lost_references import lost_reference
from kpi_nlsql.mentions.linking import Item
from kpi_nlsql.schema.graph import Graph
from kpi_nlsql.wording.rewriting import rewritten

_RULES = (
    matching_keys.matching_key,
    matching_keys.matching_rows,
    clauses.unknowing,
    clauses.holding_none,
    clauses.not_kept,
    clauses.nobody,
    existence.no_record,
    existence.not_matched,
    existence.never_made,
    existence.none_made,
    existence.gone,
    existence.not_there,
    existence.not_listed,
)


def plain_denials(items: Sequence[Item], graph: Graph) -> list[Item]:
    """Return the items with denials that are told by a clause put plainly."""
    return rewritten(items, (*_RULES, partial(lost_reference, graph)))

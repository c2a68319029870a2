"""Choices: what was chosen in an assembly, as features of how sure the reading is."""

from __future__ import annotations

from kpi_nlsql.assembly.frame import Frame
from kpi_nlsql.assembly.outputs import asks_details, details_kept
from kpi_nlsql.drafting.draft import Ref
from kpi_nlsql.drafting.resolve import Resolution
from kpi_nlsql.mentions.named_columns import NAMES


def choices(frame: Frame, state: Resolution) -> dict[str, float]:
    """Return what the choices made here say about how sure the reading is."""
    refs = [ref for ref in frame.draft.refs() if ref.choice]
    named = {table for _, table in frame.draft.entities}
    used = {ref.chosen[0] for ref in refs} | {frame.entity}
    used |= {group.table for group in frame.draft.groups if group.table}
    used |= {sorting.table for sorting in frame.draft.sorting if sorting.table}
    return {
        "named_output": float(not _names_output(frame)),
        "weak_ref": float(sum(_score(ref) < 0.8 for ref in refs)),
        "implied_ref": float(sum(_score(ref) < 0.6 for ref in refs)),
        "idle_tables": float(len(named - used)),
        "far_near": float(sum(ref.near is not None and ref.near != ref.chosen[0] for ref in refs)),
        "negative": float(len(frame.draft.negative_scopes)),
        "close_value": float(sum(margin < 0.15 for margin in state.margins)),
        "group_named": float(any(group.table and group.explicit for group in frame.draft.groups)),
    }


def _names_output(frame: Frame) -> bool:
    """Tell whether the sentence says what is to be shown of the rows."""
    items = frame.sentence.items
    named = any(w.table and items[w.position].text in NAMES for w in frame.draft.wanted)
    named = named or any(group.period for group in frame.draft.groups)
    if named or any(wanted.ref or wanted.function for wanted in frame.draft.wanted):
        return True
    return asks_details(frame) and details_kept(frame) is not None


def _score(ref: Ref) -> float:
    """Return how well the mention names the column chosen; 1 for those chosen otherwise."""
    return max(
        (hit.score for hit in ref.hits if (hit.table, hit.column) == ref.choice), default=1.0
    )

"""How a sentence is read, for people: the reading and what there is to doubt, not the plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from kpi_client.cli.tables import card, grid
from kpi_client.cli.visible import line


def preview(answer: Mapping[str, Any]) -> RenderableType:
    """Show the reading, its SQL and confidence, other readings and words not understood."""
    understood = answer.get("understood", True)
    about = {
        "reading" if understood else "not understood": answer.get("explanation"),
        "SQL": answer.get("generated_sql"),
        "confidence": answer.get("confidence_score"),
        "operation": answer.get("operation"),
        "joined on": _pairs(answer.get("joined_columns") or []),
        "unknown words": _listed(answer.get("unknown_words") or []),
        "did you mean": _listed(answer.get("closest") or []),
        "remark": answer.get("remark"),
    }
    others = answer.get("alternatives") or []
    if not others:
        return card(about)
    columns = ["confidence", "explanation"]
    columns += [name for name in ("model", "generated_sql") if any(name in one for one in others)]
    headings = {"explanation": "reading", "generated_sql": "SQL"}
    title = Text("Other readings", style="bold")
    return Group(card(about), Text(), title, grid(columns, others, headings))


def _pairs(joined: Sequence[Sequence[str]]) -> str | None:
    return ", ".join(" = ".join(map(line, pair)) for pair in joined) or None


def _listed(words: Sequence[str]) -> str | None:
    return ", ".join(map(line, words)) or None

"""API shapes as rich tables. Every text goes through :mod:`kpi_client.cli.visible`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from kpi_client.cli.visible import block, line
from kpi_client.models import (
    AuditLog,
    Drilldown,
    Execution,
    ExecutionList,
    Kpi,
    KpiList,
    Row,
    ServiceHealth,
    SourceList,
)

_NARROWEST = 11  # characters a column needs, its gap included
_HEADINGS = {
    "kpi_id": "KPI",
    "alias_name": "alias",
    "group_name": "group",
    "is_active": "active",
    "nl_definition": "definition",
    "execution_status": "status",
    "execution_timestamp": "when",
    "number_of_records": "records",
    "execution_time_ms": "ms",
    "error_message": "error",
    "performed_at": "when",
    "performed_by": "who",
    "action": "what",
}
_STATUS_STYLE = {
    "success": "green",
    "failed": "red",
    "timeout": "red",
    "rejected": "red",
    "cancelled": "yellow",
}


@dataclass(frozen=True, slots=True)
class FittingRows:
    """Rows of any width: columns that would be too narrow to read are counted, not shown."""

    columns: Sequence[str]
    rows: Sequence[Row]

    def __rich_console__(self, _: Console, options: ConsoleOptions) -> RenderResult:
        shown = self.columns[: max(1, options.max_width // _NARROWEST)]
        yield grid(shown, self.rows)
        if hidden := len(self.columns) - len(shown):
            yield Text(f"… {hidden} more columns: widen the terminal or use --json", style="dim")


def grid(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    headings: Mapping[str, str] = MappingProxyType({}),
) -> Table:
    """Show objects as rows; numbers stand on the right, absent values dim."""
    rows = list(rows)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        numeric = any(_is_number(row.get(name)) for row in rows)
        header = Text(line(headings.get(name, name)), style="bold")
        table.add_column(header, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in columns))
    return table


def card(fields: Mapping[str, Any]) -> Table:
    """Show one object as name and value; absent values are left out, line breaks stay."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields.items():
        if value is not None:
            shown = block(value) if isinstance(value, str) else line(value)
            table.add_row(Text(line(name)), Text(shown, style=_STATUS_STYLE.get(shown, "")))
    return table


def kpi_list(answer: KpiList) -> RenderableType:
    """Show one page of KPIs."""
    columns = ("id", "name", "alias_name", "group_name", "is_active", "nl_definition")
    return _page(columns, answer["kpis"], answer.get("total"), "KPIs")


def kpi(shown: Kpi) -> RenderableType:
    """Show one KPI."""
    return card(shown)


def execution(run: Execution) -> RenderableType:
    """Show a run: what became of it, then its first rows."""
    about = {
        "execution": run.get("id"),
        "status": run.get("execution_status"),
        "error": run.get("error_message"),
        "records": run.get("number_of_records"),
        "time": _milliseconds(run.get("execution_time_ms")),
        "confidence": run.get("confidence_score"),
        "operation": run.get("operation"),
        "joined on": run.get("joined_columns"),
        "SQL": run.get("generated_sql"),
    }
    rows = run.get("result_data") or []
    return Group(card(about), FittingRows(columns_of(rows), rows)) if rows else card(about)


def history(answer: ExecutionList) -> RenderableType:
    """Show past runs."""
    columns = (
        "id",
        "kpi_id",
        "execution_status",
        "execution_timestamp",
        "number_of_records",
        "execution_time_ms",
        "error_message",
    )
    return _page(columns, answer["executions"], answer.get("total"), "executions")


def drilldown(answer: Drilldown) -> RenderableType:
    """Show one page of rows and where it stands."""
    place = (
        f"page {answer['page']} of {answer['total_pages']}, {answer['total_records']} records"
        f" · {line(answer.get('kpi_name'))}"
    )
    return Group(FittingRows(answer["columns"], answer["data"]), Text(place, style="dim"))


def audit_log(answer: AuditLog) -> RenderableType:
    """Show who did what."""
    columns = ("performed_at", "performed_by", "action", "changes")
    return _page(columns, answer["audit_log"], answer.get("total"), "entries")


def source_list(answer: SourceList) -> RenderableType:
    """Show all sources."""
    columns = ("id", "name", "kind", "location")
    return _page(columns, answer["sources"], answer.get("total"), "sources")


def health(services: list[ServiceHealth]) -> RenderableType:
    """Show readiness per service."""
    rows = [
        {
            "service": service["service"],
            "state": "ready" if service["ready"] else "not ready",
            "missing": "; ".join(service["missing"]),
        }
        for service in services
    ]
    return grid(("service", "state", "missing"), rows)


def columns_of(rows: Sequence[Row]) -> list[str]:
    """List the columns of rows in the order they first appear."""
    return list(dict.fromkeys(name for row in rows for name in row))


def _page(
    columns: Sequence[str], rows: Sequence[Mapping[str, Any]], total: int | None, what: str
) -> RenderableType:
    count = f"{len(rows)} of {total} {what}" if total is not None else f"{len(rows)} {what}"
    return Group(grid(columns, rows, _HEADINGS), Text(count, style="dim"))


def _cell(value: object) -> Text:
    if value is None:
        return Text("null", style="dim")
    shown = line(value)
    return Text(shown, style=_STATUS_STYLE.get(shown, ""))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _milliseconds(value: float | None) -> str | None:
    return None if value is None else f"{value:,.1f} ms"

"""The newcomer's walk: define KPIs, run them, see their rows, read who did what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from shlex import quote as quoted
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import httpx
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text

from kpi_local.errors import SettingInvalid, TourFailed
from kpi_local.ledger import EXECUTE_TIMEOUT, EXECUTIONS, KPIS, Json, Ledger
from kpi_local.samples import SAMPLES, Sample
from kpi_local.stack import Stack

FIRST_ROWS = 3
SHOWN_COLUMNS = 5
DEMO = "demo"
USUAL_URL = "http://127.0.0.1:8080"


@contextmanager
def guide(stack: Stack, console: Console) -> Iterator[Guide]:
    """Open a guide that speaks to the stack's gateway as its administrator."""
    token = stack.home.token.read_text().strip()
    with httpx.Client(
        base_url=stack.settings.url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=EXECUTE_TIMEOUT + 15,
        trust_env=False,
    ) as http:
        yield Guide(Ledger(http), console, stack.settings.url, stack.home.token)


def decline(stack: Stack, console: Console) -> None:
    """Say why there is no walk where only another issuer's tokens are accepted."""
    lines = (
        f"KPI_JWKS is set: tokens are judged by {stack.settings.given.jwks}, and this stack cannot",
        "sign any. So there is no walk; no data were registered, no KPI was run. With a token of",
        f"your issuer in KPI_TOKEN, go on at {stack.settings.url}:",
        "  .venv/bin/kpi source add mine PATH|URL",
    )
    console.print("\n".join(lines), markup=False, soft_wrap=True)


class Guide:
    """Walks through KPI Ledger and prints what there is to see."""

    def __init__(self, ledger: Ledger, console: Console, url: str, token: Path) -> None:
        self._ledger = ledger
        self._console = console
        self._url = url
        self._token = token
        self._kpi = kpi_command(url, token.parent, Path.cwd())

    def show_demo(self, folder: Path) -> None:
        """Run the sample KPIs on the demo data.

        Raises TourFailed at the first step that does not work, a wrong count included.
        """
        source = self._ledger.register_source(DEMO, str(folder))
        self._show_tables(self._ledger.build_graph(source))
        kpis = [self._show_sample(sample, source["name"]) for sample in SAMPLES]
        self._show_history(kpis)
        self._show_verification()
        self._show_next_steps(kpis[0], source["name"])

    def show_source(self, location: str) -> None:
        """Register the user's own data and suggest KPIs for them."""
        name, shown, password = own_source(location)
        source = self._ledger.register_source(name, shown, password)
        graph = self._ledger.build_graph(source)
        self._show_tables(graph)
        table = Table(title="KPIs to try", show_header=False, box=None, title_justify="left")
        for sentence in suggestions(graph):
            table.add_row(f"• {sentence}")
        self._console.print(table)
        self._show_addresses()
        self._console.print(
            f"  {self._kpi} create 'My first KPI' 'Count all records in …'\n"
            f"  {self._kpi} run 'My first KPI' --kg {source['name']}",
            markup=False,
            soft_wrap=True,
        )

    def _show_tables(self, graph: Json) -> None:
        tables = Table(title="Tables of the knowledge graph", title_justify="left")
        tables.add_column("table")
        tables.add_column("columns")
        for name, columns in tables_of(graph):
            tables.add_row(name, ", ".join(columns))
        self._console.print(tables)

    def _show_sample(self, sample: Sample, graph: str) -> Json:
        kpi = self._ledger.define(sample.definition())
        execution = self._ledger.execute(kpi, graph)
        if execution["execution_status"] != "success":
            raise TourFailed(f"{sample.name}: {execution.get('error_message')}")
        page = self._ledger.rows(execution["id"], FIRST_ROWS)
        self._console.print(Panel(_summary(kpi, execution), title=sample.name, title_align="left"))
        self._console.print(_rows(page["columns"][:SHOWN_COLUMNS], page["data"]))
        drilldown = f"{self._url}{EXECUTIONS}/{execution['id']}/drilldown"
        self._console.print(f"Drill down: {drilldown}\n", soft_wrap=True)
        check(sample, execution, page)
        return kpi

    def _show_history(self, kpis: Sequence[Json]) -> None:
        table = Table(title="Audit history", title_justify="left")
        for column in ("when", "who", "what", "KPI"):
            table.add_column(column)
        for kpi in kpis:
            for entry in self._ledger.history(kpi["id"])[:4]:
                table.add_row(
                    str(entry["performed_at"]), entry["performed_by"], entry["action"], kpi["name"]
                )
        self._console.print(table)

    def _show_verification(self) -> None:
        verdict = self._ledger.verify()
        if not verdict.get("valid"):
            raise TourFailed(f"The audit chain does not verify: {verdict}")
        counted = verdict.get("entries_checked")
        head = verdict.get("head_hash")
        self._console.print(f"Audit chain: valid, {counted} entries checked, head {head}\n")

    def _show_addresses(self) -> None:
        self._console.print(f"KPI Ledger   {self._url}")
        self._console.print(f"REST API     {self._url}/docs")
        self._console.print(f"Admin token  {self._token}", soft_wrap=True)
        self._console.print("Try:", style="bold")

    def _show_next_steps(self, kpi: Json, graph: str) -> None:
        self._show_addresses()
        bearer = f'-H "Authorization: Bearer $(cat {quoted(str(self._token))})"'
        for line in (
            f"{self._kpi} run {kpi['id']} --kg {graph}",
            f"curl -s {bearer} {self._url}{KPIS}",
            f"curl -s {bearer} {self._url}{KPIS}/{kpi['id']}/audit-log",
        ):
            self._console.print(f"  {line}", markup=False, soft_wrap=True)


def kpi_command(url: str, home: Path, here: Path) -> str:
    """Return what calls `kpi` from the folder `here`: it must be told an unusual port or home."""
    told = [f"KPI_URL={url}"] if url != USUAL_URL else []
    if home != here / ".kpi":
        told.append(f"KPI_HOME={quoted(str(home))}")
    return " ".join([*told, ".venv/bin/kpi"])


def own_source(location: str) -> tuple[str, str, str | None]:
    """Split what a user gave as SOURCE into a name, a location without password, the password.

    Raises SettingInvalid for a path that does not exist or a URL of another kind.
    """
    if "://" in location:
        return _database(location)
    path = Path(location).expanduser().resolve()
    if not path.exists():
        raise SettingInvalid(f"SOURCE: there is no {path}")
    return _name(path.stem), str(path), None


def _database(location: str) -> tuple[str, str, str | None]:
    url = urlsplit(location)
    if url.scheme not in ("postgresql", "postgres"):
        raise SettingInvalid(f"SOURCE: {url.scheme}:// is not known; use postgresql:// or a path")
    host = url.netloc.rpartition("@")[2]
    user = f"{quote(unquote(url.username))}@" if url.username else ""
    shown = urlunsplit(url._replace(netloc=f"{user}{host}"))
    password = unquote(url.password) if url.password is not None else None
    return _name(url.path.strip("/") or "postgres"), shown, password


def _name(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_") or "mine"


def tables_of(graph: Json) -> Iterator[tuple[str, list[str]]]:
    """Yield every table of a graph with the names of its columns."""
    for table in graph["tables"]:
        yield table["name"], [column["name"] for column in table["columns"]]


def suggestions(graph: Json) -> list[str]:
    """Word a few KPIs that the tables of a graph allow."""
    tables = list(tables_of(graph))
    sentences = [f"Count all records in {name}" for name, _ in tables[:2]]
    sentences += [
        f"Show me all duplicate {columns[0]} in {name}" for name, columns in tables[:1] if columns
    ]
    for (left, left_columns), (right, right_columns) in pairwise(tables):
        if set(left_columns) & set(right_columns):
            sentences.append(f"Show me all records in {left} which are not in {right}")
            break
    return sentences


def check(sample: Sample, execution: Json, page: Json) -> None:
    """Hold a run to what was planted in the demo data. Raises TourFailed."""
    found = execution["number_of_records"]
    if found != sample.records:
        raise TourFailed(f"{sample.name}: {found} records instead of {sample.records}")
    if sample.value is not None and sample.value not in page["data"][0].values():
        raise TourFailed(f"{sample.name}: {page['data'][0]} instead of {sample.value}")


def _summary(kpi: Json, execution: Json) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_row("KPI", Text(kpi["nl_definition"], style="italic"))
    table.add_row("status", Text(execution["execution_status"], style="bold green"))
    table.add_row("SQL", Syntax(execution["generated_sql"], "sql", word_wrap=True))
    table.add_row("records", f"{execution['number_of_records']:,}")
    table.add_row("time", f"{execution['execution_time_ms']:.0f} ms")
    return table


def _rows(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table()
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(str(row[column])) for column in columns))
    return table

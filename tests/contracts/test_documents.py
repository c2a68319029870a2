"""What the documents say is what the code does."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from marshmallow import missing

from kpi_client.cli import exits
from kpi_client.cli.app import COMMANDS
from kpi_client.models import ExecutionParameters
from kpi_contracts import subjects
from kpi_contracts.catalogue import all_events
from kpi_contracts.commands import ExecuteKpi, load_command
from kpi_executor.api.run_schemas import Parameters, RunRequest
from kpi_executor.attempt_handlers import LOST
from kpi_executor.worker.attempts import STOPPED
from kpi_executor.worker.outcome import FOR_THE_USER, INTERRUPTED
from kpi_local.nats import SYSTEMS_USER
from kpi_local.ports import Ports
from kpi_nlsql import Answer, Engine, Graph, ReadOptions
from kpi_service.auth import ROLES
from tests.contracts import endpoints, settings_read
from tests.contracts.openapi_documents import SERVICES, text_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
README = ROOT / "README.md"
GUIDE = DOCS / "user-guide.md"
OPERATIONS = DOCS / "operations.md"
DECISIONS = DOCS / "decisions"
PAGES = [README, ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
DEMO_GRAPH = ROOT / "libs" / "nlsql" / "tests" / "graphs" / "demo.json"
LANGUAGE_ENGINE = ROOT / "libs" / "nlsql" / "src" / "kpi_nlsql"
METRIC_KINDS = ("Counter", "Gauge", "Histogram")


def cells(page: Path, *, after: str = "") -> Iterator[list[str]]:
    """Yield the rows of a page's tables, split into cells, from the heading `after` on."""
    text = page.read_text()
    for line in text[text.index(after) :].splitlines():
        if line.startswith("|") and not line.startswith("|---"):
            yield [cell.strip() for cell in line.strip("|").split("|")]


def table(page: Path, head: str) -> Iterator[list[str]]:
    """Yield the rows of the one table whose heading begins with `head`, split into cells."""
    _, _, rest = page.read_text().partition(f"\n{head}")
    for line in rest.splitlines()[2:]:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


def first_names(page: Path, prefix: str) -> set[str]:
    """Return the code names in the first column of a page's tables that begin with `prefix`."""
    names = (row[0].strip("`") for row in cells(page))
    return {name for name in names if re.fullmatch(rf"{prefix}\w+", name)}


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^ *```{language}\n(.*?)^ *```", page.read_text(), re.M | re.S)


def code_metrics() -> Iterator[str]:
    for path in [*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                kind, name = node.func.id, node.args[0] if node.args else None
                if kind in METRIC_KINDS and isinstance(name, ast.Constant):
                    suffix = "_total" if kind == "Counter" else ""
                    yield str(name.value).removesuffix("_total") + suffix


def test_every_setting_is_in_the_operations_page_and_no_other() -> None:
    assert first_names(OPERATIONS, "KPI_") == settings_read.variables()


def test_every_metric_is_in_the_operations_page_and_no_other() -> None:
    assert first_names(OPERATIONS, "kpi_") == set(code_metrics())


@pytest.mark.parametrize("service", SERVICES)
def test_the_committed_openapi_document_is_that_of_the_code(service: str) -> None:
    assert (DOCS / "api" / f"{service}.json").read_text() == text_of(service), "run: make docs"


def test_the_list_of_endpoints_is_that_of_the_code() -> None:
    written = (DOCS / "api" / "README.md").read_text()
    assert written == endpoints.page(), (
        "run: python -m tests.contracts.endpoints docs/api/README.md"
    )


def test_every_event_is_in_the_list_of_events() -> None:
    listed = set(
        re.findall(
            r"\(schemas/(io\.kpiledger\..*?)\.json\)", (DOCS / "events" / "README.md").read_text()
        )
    )
    assert listed == set(all_events())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#\s]*)(?:#[^)]*)?\)", page.read_text())
    missing = [target for target in targets if target and not (page.parent / target).exists()]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_command_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"`(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]*)", page.read_text()))
    for block in blocks(page, "bash"):
        named |= set(re.findall(r"^(?:[A-Z_]+=\S+ )*make ([a-z][a-z-]*)", block, re.M))
    assert named <= targets


def test_ci_runs_the_commands_of_the_readme() -> None:
    for command in re.findall(r"^make \w+", (ROOT / ".ci" / "run").read_text(), re.M):
        assert command in README.read_text()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_kpi_command_in_an_example_exists(page: Path) -> None:
    for block in blocks(page, "bash"):
        named = set(re.findall(r"^(?:\.venv/bin/)?kpi ([a-z]+)", block, re.M))
        assert named <= set(COMMANDS)


def test_the_guide_lists_every_command_of_kpi() -> None:
    listed = [row[0].strip("`") for row in cells(GUIDE, after="## The command line")]
    assert [name for name in listed if name.startswith("kpi ")] == [f"kpi {c}" for c in COMMANDS]


def test_the_guide_lists_every_exit_code() -> None:
    rows = [row[0] for row in cells(GUIDE, after="| exit code") if row[0].isdecimal()]
    codes = (exits.DONE, exits.FAILED, exits.USAGE, exits.NOT_FOUND, exits.NOT_ALLOWED)
    more = (exits.UNAVAILABLE, exits.CONFLICT, exits.FAULT, exits.INTERRUPTED)
    assert rows == [str(code) for code in (*codes, *more)]


def test_the_guide_explains_every_role() -> None:
    rows = {row[0].strip("`") for row in cells(GUIDE, after="## Roles")}
    assert rows >= ROLES


def test_the_guide_lists_every_parameter_of_a_run_with_its_default() -> None:
    words = {"required": missing, "none": None, "all": None, "true": True}
    listed = {row[0].strip("`"): row[1] for row in table(GUIDE, "| parameter | default")}
    given = {name: words[text] if text in words else float(text) for name, text in listed.items()}
    assert given == {name: field.load_default for name, field in RunRequest().fields.items()}


def test_the_python_client_knows_every_parameter_of_a_run() -> None:
    assert set(ExecutionParameters.__annotations__) == set(Parameters().fields)


def test_the_guide_explains_every_error_type_of_a_run() -> None:
    types = {*FOR_THE_USER.values(), INTERRUPTED.error_type, STOPPED.error_type, LOST.error_type}
    listed = [name for row in table(GUIDE, "| `error_type`") for name in row[0].split(", ")]
    assert sorted(listed) == sorted(f"`{name}`" for name in {*types, "internal_error"})


SENTENCES = [row for row in cells(GUIDE, after="| sentence") if len(row) == 2 and row[1].isupper()]


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Graph.from_json(json.loads(DEMO_GRAPH.read_text())))


@pytest.mark.parametrize(("sentence", "operation"), SENTENCES)
def test_the_sentences_of_the_guide_are_understood(
    engine: Engine, sentence: str, operation: str
) -> None:
    answer = engine.read(sentence, ReadOptions(limit=1000))
    assert isinstance(answer, Answer), answer
    assert answer.operation == operation


def test_every_package_of_the_language_engine_is_in_its_page() -> None:
    packages = {path.parent.name for path in LANGUAGE_ENGINE.glob("*/__init__.py")}
    told = {row[0].strip("`") for row in table(DOCS / "language-engine.md", "| package |")}
    assert told == packages


def test_the_bus_example_speaks_to_the_bus_that_there_is() -> None:
    (example,) = blocks(README, "python")
    ast.parse(example)
    assert f'user="{SYSTEMS_USER}"' in example
    assert f'inbox_prefix=b"_INBOX.{SYSTEMS_USER}"' in example
    assert f'"{subjects.EXECUTE}"' in example
    assert f"nats://127.0.0.1:{Ports(8080).nats}" in example
    ends = {name.split(".")[3] for name in all_events() if name.split(".")[2] == "execution"}
    assert set(re.findall(r'"(\w+)"', re.findall(r"^ENDS = (.*)$", example, re.M)[0])) <= ends


def test_the_command_of_the_bus_example_is_accepted() -> None:
    (example,) = blocks(README, "python")
    text = re.findall(r"command = (\{.*?\}\s*,[^{}]*\})", example, re.S)[0]
    text = text.replace("str(uuid.uuid4())", '"0195f7a0-0000-7000-8000-000000000000"')
    body = text.replace('"reply": inbox', '"reply": "_INBOX.systems.1"')
    assert load_command(ExecuteKpi, ast.literal_eval(body)).kpi_id == 1


def test_every_decision_is_in_the_index_and_has_its_three_parts() -> None:
    index = (DECISIONS / "README.md").read_text()
    for path in sorted(DECISIONS.glob("0*.md")):
        text = path.read_text()
        assert f"]({path.name}) | {text.splitlines()[0].split(' ', 2)[2]} |" in index
        for part in ("**Context.**", "**Decision.**", "**Consequences.**"):
            assert part in text


def test_a_superseded_decision_links_what_holds_now() -> None:
    for path in sorted(DECISIONS.glob("0*.md")):
        _, note, *_ = path.read_text().split("\n\n")
        assert note.startswith(("**Context.**", "**Superseded")), path.name
        assert note.startswith("**Context.**") or "](" in note, path.name


def test_the_changelog_knows_the_version_of_the_packages() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text()
    for path in ROOT.glob("*/*/pyproject.toml"):
        assert f"## [{tomllib.loads(path.read_text())['project']['version']}]" in changes

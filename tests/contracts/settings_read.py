"""Which `KPI_…` variables the code reads, found in its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The variables of tests are constants of these modules; everything else is read in `settings.py`.
ELSEWHERE = (
    "libs/eventsourcing/src/kpi_eventsourcing/crash_points.py",
    "libs/testkit/src/kpi_testkit/backends.py",
)
PREFIX = "KPI_"
_NAME = re.compile(r"[A-Z]+(_[A-Z]+)*")


def variables() -> set[str]:
    """Return the names of all variables, with their prefix."""
    found: set[str] = set()
    for path in (*_settings_modules(), *(ROOT / name for name in ELSEWHERE)):
        found |= set(_variables(ast.parse(path.read_text())))
    return found


def _settings_modules() -> Iterator[Path]:
    for folder in ("libs", "services", "infra", "tests"):
        yield from (ROOT / folder).rglob("settings.py")


def _variables(tree: ast.Module) -> Iterator[str]:
    prefix = _prefix(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and _is_name(node.value) and PREFIX in str(node.value):
            yield str(node.value)
        elif isinstance(node, ast.Call) and _reads_environment(node):
            yield from (prefix + name for name in _texts(node)[:1] if _is_name(name))


def _prefix(tree: ast.Module) -> str:
    """Return the prefix that the module gives to environs, `KPI_` if it makes no reader itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "prefix":
            return str(ast.literal_eval(node.value))
    return PREFIX


def _reads_environment(call: ast.Call) -> bool:
    """Whether it is `env.str(...)`, or a helper that is handed `env`."""
    function = call.func
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return function.value.id == "env"
    return any(isinstance(argument, ast.Name) and argument.id == "env" for argument in call.args)


def _texts(call: ast.Call) -> list[str]:
    constants = (argument.value for argument in call.args if isinstance(argument, ast.Constant))
    return [text for text in constants if isinstance(text, str)]


def _is_name(text: object) -> bool:
    return isinstance(text, str) and _NAME.fullmatch(text) is not None

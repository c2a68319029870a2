"""Write a copy of the engine in which every condition can be switched off, for ``ablate.py``.

    python libs/nlsql/tools/switched.py --package libs/nlsql/src/kpi_nlsql --out folder

A branch that is off is not taken, an operand of "and" and a filter that are off hold, one of "or"
does not. What is built once for a graph (``schema``, the lexicon) has no switches.
``folder/switches.json`` lists them: file, line, kind, function, source.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
from pathlib import Path
from typing import Any

_WITHOUT = (
    "schema",
    "llm",
    "sql",
    "english",
    "plans",
    "mentions/lexicon",
    "mentions/closest_words",
)
_LONGEST = 160
_SWITCH = '''"""The switch that is off, and those that decided something since they were cleared."""

off = -1
decided: set[int] = set()


def taken(switch, value):
    if not value:
        return value
    decided.add(switch)
    return value if switch != off else False


def held(switch, value):
    if value:
        return value
    decided.add(switch)
    return value if switch != off else True
'''


def main() -> None:
    """Copy the package, and write its switches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    copy = options.out / options.package.name
    shutil.copytree(options.package, copy)
    (copy / "switch.py").write_text(_SWITCH, encoding="utf-8")
    switches: list[dict[str, Any]] = []
    for path in sorted(options.package.rglob("*.py")):
        name = path.relative_to(options.package).as_posix()
        if not name.startswith(_WITHOUT) and path.name != "__init__.py":
            switched = _Switching(name, path.read_text(encoding="utf-8"), switches)
            (copy / name).write_text(switched.text(options.package.name), encoding="utf-8")
    (options.out / "switches.json").write_text(json.dumps(switches), encoding="utf-8")


class _Switching(ast.NodeTransformer):
    """Puts a switch around every condition of the functions of one file."""

    def __init__(self, file: str, source: str, switches: list[dict[str, Any]]) -> None:
        self.file, self.source, self.switches = file, source, switches
        self.functions: list[str] = []

    def text(self, package: str) -> str:
        tree = ast.fix_missing_locations(self.visit(ast.parse(self.source)))
        after = sum(_is_prologue(statement) for statement in tree.body)
        tree.body.insert(after, ast.parse(f"from {package} import switch as _switch").body[0])
        return ast.unparse(tree)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        # What is remembered of one reading must not answer for another.
        node.decorator_list = [each for each in node.decorator_list if not _remembers(each)]
        self.functions.append(node.name)
        node.body = [self.visit(statement) for statement in node.body]
        self.functions.pop()
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self._switch("branch", "taken", node.test)
        self.generic_visit(node)
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        node.test = self._switch("branch", "taken", node.test)
        self.generic_visit(node)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        kind, means = ("and", "held") if isinstance(node.op, ast.And) else ("or", "taken")
        node.values = [self._switch(kind, means, value) for value in node.values]
        self.generic_visit(node)
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.ifs = [self._switch("filter", "held", test) for test in node.ifs]
        self.generic_visit(node)
        return node

    def _switch(self, kind: str, means: str, test: ast.expr) -> ast.expr:
        if not self.functions:
            return test
        source = " ".join((ast.get_source_segment(self.source, test) or "").split())
        told = {"file": self.file, "line": test.lineno, "kind": kind, "source": source[:_LONGEST]}
        self.switches.append(told | {"function": self.functions[-1]})
        number = ast.Constant(len(self.switches) - 1)
        return ast.Call(ast.Attribute(ast.Name("_switch"), means), [number, test], [])


def _is_prologue(statement: ast.stmt) -> bool:
    future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
    return future or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))


def _remembers(decorator: ast.expr) -> bool:
    name = ast.unparse(decorator)
    return "cache" in name and "property" not in name


if __name__ == "__main__":
    main()

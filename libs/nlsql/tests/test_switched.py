from __future__ import annotations

import importlib
import json
import runpy
import sys
from pathlib import Path
from typing import Any

import pytest

_TOOL = Path(__file__).parents[1] / "tools" / "switched.py"
_RULES = '''"""Rules."""

from __future__ import annotations


def read(words, known):
    if not words:
        return None
    named = [word for word in words if word in known]
    return named and words[0] not in named and "later" or named or "unknown"
'''


def test_a_condition_that_is_off_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "switched_sample"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "rules.py").write_text(_RULES, encoding="utf-8")
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", [str(_TOOL), f"--package={package}", f"--out={out}"])
    runpy.run_path(str(_TOOL), run_name="__main__")
    switches = {told["source"]: at for at, told in _switches(out)}

    monkeypatch.syspath_prepend(out)
    rules = importlib.import_module("switched_sample.rules")
    switch: Any = importlib.import_module("switched_sample.switch")
    assert rules.read([], {"a"}) is None
    assert rules.read(["b", "a"], {"a"}) == "later"
    assert rules.read(["a"], {"a"}) == ["a"]
    assert rules.read(["b"], {"a"}) == "unknown"
    switch.decided.clear()
    rules.read(["a"], {"a"})
    assert switches["words[0] not in named"] in switch.decided
    assert switches["not words"] not in switch.decided
    switch.off = switches["words[0] not in named"]
    assert rules.read(["a"], {"a"}) == "later"
    switch.off = switches["word in known"]
    assert rules.read(["b"], {"a"}) == ["b"]
    switch.off = switches["not words"]
    assert rules.read([], {"a"}) == "unknown"


def _switches(folder: Path) -> list[tuple[int, dict[str, str]]]:
    return list(enumerate(json.loads((folder / "switches.json").read_text("utf-8"))))

"""Fit the weights of the confidence to scored questions (plain logistic regression, L2).

    python libs/nlsql/tools/fit_confidence.py --questions questions.jsonl --databases db \
        --detail detail.jsonl --out libs/nlsql/src/kpi_nlsql/judging/confidence_weights.py

``detail.jsonl`` is what the scoring script writes for predictions made with
``--min-confidence 0``: one ``{"id", "EX"}`` a line; a ``weight`` (default 1) says how much a
question counts, so that several sets may be put together. Differences and counted groups are rare
and count for more; readings with a veto are left out. ``--kept`` adds readings of an earlier
grammar (``{"kind", "features", "right", "weight"}`` a line), made before anybody had read those
sentences. Questions over landed tables have weights of their own, fitted to all of it, and so have
reconciliations and duplicates, of few features.
Prints how well the confidence fits.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kpi_nlsql import Engine, ReadOptions
from kpi_nlsql.engine import candidates
from kpi_nlsql.judging.confidence import DIFFERENCES, VETOES, rank
from kpi_nlsql.judging.features import NAMED, NAMES, features
from kpi_nlsql.schema.sqlite_source import graph_from_sqlite

_ROUNDS = 400
_RATE = 0.5
_PENALTY = 0.0005
_NAMED_PENALTY = 0.01
_HEADER = '''"""The weights of the confidence, made by ``tools/fit_confidence.py``."""

from __future__ import annotations
'''

_DIFFERENCE_WEIGHT = 3.0

Entry = dict[str, Any]
"""A reading: its ``kind``, ``features`` by name, whether it is ``right``, and its ``weight``."""

Row = tuple[list[float], float, float]
"""Features, whether right (0 or 1), and how much the question counts."""


def main() -> None:
    """Read, fit, write, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("questions", "databases", "detail", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--kept", type=Path)
    options = parser.parse_args()
    entries = _scored(options.questions, options.databases, options.detail)
    entries += _entries(options.kept) if options.kept else []
    fit = [entry for entry in entries if _is_fit(entry)]
    named = [_row(entry, NAMED) for entry in entries if entry["kind"] != "general"]
    related = [_row(entry, NAMES) for entry in fit if not entry["features"]["landed"]]
    rows = [_row(entry, NAMES) for entry in fit]
    tables = {
        "WEIGHTS": _weights(related, NAMES, _PENALTY),
        "LANDED_WEIGHTS": _weights(rows, NAMES, _PENALTY),
        "NAMED_WEIGHTS": _weights(named, NAMED, _NAMED_PENALTY),
    }
    written = "".join(_table(name, weights) for name, weights in tables.items())
    options.out.write_text(_HEADER + written, encoding="utf-8")
    _report(related, list(tables["WEIGHTS"].values()))
    _report(rows, list(tables["LANDED_WEIGHTS"].values()))
    _report(named, list(tables["NAMED_WEIGHTS"].values()))


def _weights(rows: list[Row], names: Sequence[str], penalty: float) -> dict[str, float]:
    means, spreads = _scales(rows)
    scaled = [(_scaled(row, means, spreads), right, counts) for row, right, counts in rows]
    fitted = _fit(scaled, penalty)
    return dict(zip(names, _unscaled(fitted, means, spreads), strict=True))


def _table(name: str, weights: dict[str, float]) -> str:
    lines = "\n".join(f'    "{feature}": {weight:.4f},' for feature, weight in weights.items())
    return f"\n{name}: dict[str, float] = {{\n{lines}\n}}\n"


def _scored(questions: Path, databases: Path, detail: Path) -> list[Entry]:
    right, counts = {}, {}
    for line in detail.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        # "Show me all X" is answered with whole rows; the questions' own SQL often has the name.
        whole = ".*" in (entry.get("pred") or "")
        right[entry["id"]] = float(entry["EX_extra"] if whole else entry["EX"])
        counts[entry["id"]] = float(entry.get("weight", 1.0))
    engines: dict[str, Engine] = {}
    entries = []
    for line in questions.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        name = question["db"]
        if name not in engines:
            engines[name] = Engine(graph_from_sqlite(databases / f"{name}.sqlite"))
        sentence = engines[name].link(question["question"], ReadOptions())
        ranked = rank(sentence, candidates(sentence))
        if not ranked or question["id"] not in right:
            continue
        best = ranked[0][1]
        found = {
            "kind": best.kind,
            "features": features(sentence, best),
            "right": right[question["id"]],
            "weight": counts[question["id"]],
        }
        entries.append(found)
    return entries


def _entries(path: Path) -> list[Entry]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _is_fit(entry: Entry) -> bool:
    """Tell whether a reading is a general one without a veto."""
    return entry["kind"] == "general" and not any(entry["features"].get(name) for name in VETOES)


def _row(entry: Entry, names: Sequence[str]) -> Row:
    found = entry["features"]
    differs = names is NAMES and any(found.get(name) for name in DIFFERENCES)
    weight = entry["weight"] * (_DIFFERENCE_WEIGHT if differs else 1.0)
    return [found.get(name, 0.0) for name in names], float(entry["right"]), weight


def _scales(rows: list[Row]) -> tuple[list[float], list[float]]:
    count = len(rows)
    columns = range(len(rows[0][0]))
    means = [sum(row[i] for row, *_ in rows) / count for i in columns]
    spreads = [
        math.sqrt(sum((row[i] - means[i]) ** 2 for row, *_ in rows) / count) or 1.0 for i in columns
    ]
    means[0], spreads[0] = 0.0, 1.0
    return means, spreads


def _scaled(row: list[float], means: list[float], spreads: list[float]) -> list[float]:
    return [(x - mean) / spread for x, mean, spread in zip(row, means, spreads, strict=True)]


def _fit(rows: list[Row], penalty: float) -> list[float]:
    weights = [0.0] * len(rows[0][0])
    amount = sum(counts for _, _, counts in rows)
    for _ in range(_ROUNDS):
        slope = [0.0] * len(weights)
        for row, right, counts in rows:
            error = counts * (right - _likelihood(weights, row))
            for i, x in enumerate(row):
                slope[i] += error * x
        weights = [
            weight + _RATE * (total / amount - penalty * weight)
            for weight, total in zip(weights, slope, strict=True)
        ]
    return weights


def _likelihood(weights: list[float], row: list[float]) -> float:
    total = sum(weight * x for weight, x in zip(weights, row, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def _unscaled(weights: list[float], means: list[float], spreads: list[float]) -> list[float]:
    plain = [weight / spread for weight, spread in zip(weights, spreads, strict=True)]
    plain[0] -= sum(weight * mean for weight, mean in zip(plain[1:], means[1:], strict=True))
    return plain


def _report(rows: list[Row], weights: list[float]) -> None:
    scored = sorted(((_likelihood(weights, row), right) for row, right, _ in rows), reverse=True)
    for least in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.0):
        kept = [right for likelihood, right in scored if likelihood >= least]
        share, precision = len(kept) / len(scored), sum(kept) / max(len(kept), 1)
        print(f">= {least}: answered {share:.1%}, right {precision:.1%} of them")  # noqa: T201


if __name__ == "__main__":
    main()

"""Fit the weights of the confidence to scored questions (plain logistic regression, L2).

    python libs/nlsql/tools/fit_confidence.py --questions questions.jsonl --databases db \
        --detail detail.jsonl --out libs/nlsql/src/kpi_nlsql/confidence_weights.py

``detail.jsonl`` is what the scoring script writes for predictions made with
``--min-confidence 0``: one ``{"id", "EX"}`` a line; a ``weight`` (default 1) says how much a
question counts, so that several sets may be put together. Differences and counted groups are rare
and count for more; readings with a veto are left out. ``--kept`` adds the features of readings of
an earlier grammar (``{"features", "right", "weight"}`` a line), made before anybody had read those
questions. Prints how well the confidence fits.
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

from kpi_nlsql import Engine, ReadOptions
from kpi_nlsql.engine import candidates
from kpi_nlsql.judging.confidence import DIFFERENCES, VETOES, rank
from kpi_nlsql.judging.features import NAMES, features
from kpi_nlsql.schema.sqlite_source import graph_from_sqlite

_ROUNDS = 400
_RATE = 0.5
_PENALTY = 0.0005
_HEADER = '''"""The weights of the confidence, made by ``tools/fit_confidence.py``."""

from __future__ import annotations

WEIGHTS: dict[str, float] = {
'''

_DIFFERENCE_WEIGHT = 3.0

Row = tuple[list[float], float, float]
"""Features, whether right (0 or 1), and how much the question counts."""


def main() -> None:
    """Read, fit, write, report."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("questions", "databases", "detail", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--kept", type=Path)
    options = parser.parse_args()
    rows = _rows(options.questions, options.databases, options.detail)
    rows += _kept(options.kept) if options.kept else []
    means, spreads = _scales(rows)
    weights = _fit([(_scaled(row, means, spreads), right, counts) for row, right, counts in rows])
    plain = _unscaled(weights, means, spreads)
    lines = [f'    "{name}": {weight:.4f},' for name, weight in zip(NAMES, plain, strict=True)]
    options.out.write_text(_HEADER + "\n".join(lines) + "\n}\n", encoding="utf-8")
    _report(rows, plain)


def _rows(questions: Path, databases: Path, detail: Path) -> list[Row]:
    right, counts = {}, {}
    for line in detail.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        # "Show me all X" is answered with whole rows; the questions' own SQL often has the name.
        whole = ".*" in (entry.get("pred") or "")
        right[entry["id"]] = float(entry["EX_extra"] if whole else entry["EX"])
        counts[entry["id"]] = float(entry.get("weight", 1.0))
    engines: dict[str, Engine] = {}
    rows = []
    for line in questions.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        name = question["db"]
        if name not in engines:
            engines[name] = Engine(graph_from_sqlite(databases / f"{name}.sqlite"))
        sentence = engines[name].link(question["question"], ReadOptions())
        ranked = rank(sentence, candidates(sentence))
        if not ranked or ranked[0][1].kind != "general" or question["id"] not in right:
            continue
        found = features(sentence, ranked[0][1])
        if any(found[veto] for veto in VETOES):
            continue
        rows.append(_row(found, right[question["id"]], counts[question["id"]]))
    return rows


def _kept(path: Path) -> list[Row]:
    entries = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [_row(entry["features"], entry["right"], entry["weight"]) for entry in entries]


def _row(found: dict[str, float], right: float, counts: float) -> Row:
    differs = any(found.get(name) for name in DIFFERENCES)
    weight = counts * (_DIFFERENCE_WEIGHT if differs else 1.0)
    return [found.get(feature, 0.0) for feature in NAMES], right, weight


def _scales(rows: list[Row]) -> tuple[list[float], list[float]]:
    count = len(rows)
    means = [sum(row[i] for row, *_ in rows) / count for i in range(len(NAMES))]
    spreads = [
        math.sqrt(sum((row[i] - means[i]) ** 2 for row, *_ in rows) / count) or 1.0
        for i in range(len(NAMES))
    ]
    means[0], spreads[0] = 0.0, 1.0
    return means, spreads


def _scaled(row: list[float], means: list[float], spreads: list[float]) -> list[float]:
    return [(x - mean) / spread for x, mean, spread in zip(row, means, spreads, strict=True)]


def _fit(rows: list[Row]) -> list[float]:
    weights = [0.0] * len(NAMES)
    amount = sum(counts for _, _, counts in rows)
    for _ in range(_ROUNDS):
        slope = [0.0] * len(NAMES)
        for row, right, counts in rows:
            error = counts * (right - _likelihood(weights, row))
            for i, x in enumerate(row):
                slope[i] += error * x
        weights = [
            weight + _RATE * (total / amount - _PENALTY * weight)
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

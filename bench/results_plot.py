"""The curve over the sizes: times of views against rows, ours and the peers'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl

from bench.results_lines import (
    DIGITS,
    FILTERED,
    LETTERS,
    NEXT_FILTERED,
    NEXT_SORTED,
    PLAIN,
    SORTED,
)
from bench.table import Line

mpl.use("svg")
from matplotlib import pyplot as plt

DRAWN = (PLAIN, SORTED, NEXT_SORTED, FILTERED, NEXT_FILTERED, LETTERS, DIGITS)


def draw(found: Mapping[int, Sequence[Line]], path: Path) -> None:
    """Write an SVG of all drawn quantities; `found` are the lines by number of rows."""
    # Texts stay texts (small, searchable) and equal numbers give equal files.
    mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "bench", "font.size": 9})
    figure, axes = plt.subplots(2, 4, figsize=(13, 6), sharex=True, sharey=True)
    flat = list(axes.flat)
    for axis, measured in zip(flat, DRAWN, strict=False):
        for label, style in (("results service", "o-"), ("peer", "s--")):
            points = list(_points(found, measured, of_peer=label == "peer"))
            axis.plot([x for x, _ in points], [y for _, y in points], style, label=label)
        axis.set(title=measured, xscale="log", yscale="log")
        axis.grid(visible=True, which="major", alpha=0.3)
    for axis in flat[len(DRAWN) :]:
        axis.axis("off")
        axis.legend(*flat[0].get_legend_handles_labels(), loc="center")
    figure.supxlabel("rows of the result")
    figure.supylabel("ms")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def _points(
    found: Mapping[int, Sequence[Line]], measured: str, *, of_peer: bool
) -> Sequence[tuple[int, float]]:
    points = []
    for rows, lines in found.items():
        for line in lines:
            samples = line.peer if of_peer else line.ours
            if line.measured == measured and samples is not None:
                points.append((rows, samples.median))
    return points

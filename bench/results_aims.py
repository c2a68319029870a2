"""Lines with up to two aims, one of their own and one against the peer, and how they are made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.table import Better, Line, Samples, percentile


class AimedLine(Line):
    """A line that meets its aims only if it meets both."""

    __slots__ = ()

    @property
    def met(self) -> bool | None:
        """Whether the median reaches what was aimed at, all of it; None without an aim."""
        reached = [line.met for line in self._single_aims() if line.met is not None]
        return all(reached) if reached else None

    def cells(self, key: str) -> tuple[str, ...]:
        """Return the texts of a table row, with both aims."""
        *before, _, _, ratio = Line.cells(self, key)  # without the aim and whether it is met
        aims = [line.cells(key)[-3] for line in self._single_aims() if line.met is not None]
        met = "-" if self.met is None else ("yes" if self.met else "no")
        return (*before, ", ".join(aims) or "-", met, ratio)

    def _single_aims(self) -> tuple[Line, Line]:
        plain = Line(
            measured=self.measured,
            unit=self.unit,
            ours=self.ours,
            better=self.better,
            peer=self.peer,
        )
        return replace(plain, aim=self.aim), replace(plain, aim_ratio=self.aim_ratio)


def milliseconds(
    measured: str,
    ours: Samples,
    peer: Samples,
    *,
    aim: float | None = None,
    ratio: float | None = None,
) -> Line:
    """Return a line of times, given in seconds."""
    in_ms = [Samples.of(1000 * value for value in samples.values) for samples in (ours, peer)]
    return AimedLine(
        measured=measured,
        unit="ms",
        ours=in_ms[0],
        peer=in_ms[1],
        aim=aim,
        aim_ratio=ratio,
        better=Better.LOWER,
    )


def p95(
    measured: str,
    ours: Sequence[float],
    peer: Sequence[float],
    *,
    aim: float | None = None,
    ratio: float | None = None,
) -> Line:
    """Return a line of the times, in seconds, that 95 of 100 did not exceed."""
    both = [Samples.of([percentile(values, 0.95)]) for values in (ours, peer)]
    return milliseconds(measured, *both, aim=aim, ratio=ratio)


def per_second(
    measured: str,
    rows: int,
    ours: float,
    peer: float,
    *,
    aim: float | None = None,
    ratio: float | None = None,
) -> Line:
    """Return a line of speeds, given the seconds that so many rows took."""
    return AimedLine(
        measured=measured,
        unit="rows/s",
        ours=Samples.of([rows / ours]),
        peer=Samples.of([rows / peer]),
        aim=aim,
        aim_ratio=ratio,
        better=Better.HIGHER,
    )


def single(
    measured: str,
    unit: str,
    value: float,
    *,
    aim: float | None = None,
    better: Better = Better.LOWER,
) -> Line:
    """Return a line of one value without a peer."""
    return AimedLine(measured=measured, unit=unit, ours=Samples.of([value]), aim=aim, better=better)

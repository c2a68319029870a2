"""Lines with two aims: one of their own, one against the peer."""

from __future__ import annotations

from dataclasses import replace

from bench.table import Line


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

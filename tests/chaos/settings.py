"""What the environment may change about these tests: their dice, and how often they are thrown."""

from __future__ import annotations

import random
from dataclasses import dataclass

from environs import Env


@dataclass(frozen=True, slots=True)
class ChaosSettings:
    """`seed` fixes every random choice; `races` is how many cancellations race completions."""

    seed: int
    races: int

    @classmethod
    def from_environment(cls) -> ChaosSettings:
        """Read KPI_CHAOS_SEED and KPI_CHAOS_RACES."""
        env = Env(prefix="KPI_")
        return cls(seed=env.int("CHAOS_SEED", 20260105), races=env.int("CHAOS_RACES", 120))

    def dice(self, purpose: str) -> random.Random:
        """Return a generator that throws the same in every run with the same seed."""
        return random.Random(f"{self.seed}:{purpose}")

"""Stored reconciliation rules: which columns join two tables, and how values are made alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What is done to both sides before they are compared.

    ``scale`` rounds numbers to that many decimals; ``nulls_equal`` lets NULL match NULL.
    """

    trim: bool = False
    ignore_case: bool = False
    scale: int | None = None
    nulls_equal: bool = False


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """One pair of columns that must be equal for two rows to match."""

    left: str
    right: str
    normalisation: Normalisation = Normalisation()

    def reversed(self) -> ColumnPair:
        """Return the same pair seen from the other table."""
        return ColumnPair(self.right, self.left, self.normalisation)


@dataclass(frozen=True, slots=True)
class TableRule:
    """The pairs (several make a composite key) that join two tables."""

    left_table: str
    right_table: str
    pairs: tuple[ColumnPair, ...]

    def reversed(self) -> TableRule:
        """Return the same rule seen from the other table."""
        pairs = tuple(pair.reversed() for pair in self.pairs)
        return TableRule(self.right_table, self.left_table, pairs)


@dataclass(frozen=True, slots=True)
class Ruleset:
    """A named set of table rules. It wins over joins that were inferred."""

    name: str
    rules: tuple[TableRule, ...] = ()

    def rule(self, left: str, right: str) -> TableRule | None:
        """Return the rule for two tables seen from ``left``, in any case; None without one."""
        wanted = (left.lower(), right.lower())
        for rule in self.rules:
            pair = (rule.left_table.lower(), rule.right_table.lower())
            if pair == wanted:
                return rule
            if pair == wanted[::-1]:
                return rule.reversed()
        return None

    def to_json(self) -> dict[str, Any]:
        """Return plain dicts and lists, ready for any JSON writer."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Ruleset:
        """Read what ``to_json`` wrote."""
        return cls(data["name"], tuple(_rule(rule) for rule in data.get("rules", ())))


def _rule(data: Mapping[str, Any]) -> TableRule:
    pairs = tuple(
        ColumnPair(pair["left"], pair["right"], Normalisation(**(pair.get("normalisation") or {})))
        for pair in data["pairs"]
    )
    return TableRule(data["left_table"], data["right_table"], pairs)

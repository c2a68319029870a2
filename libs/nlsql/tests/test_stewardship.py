"""Sentences of a data steward: an item master, its sites, the warehouse's bins and a shop."""

from __future__ import annotations

from pathlib import Path

from .cases.landed import score

_FOLDER = Path(__file__).parent / "cases" / "stewardship"


def test_rules_on_two_systems_at_once_are_read_rightly(tmp_path: Path) -> None:
    read = score(_FOLDER, tmp_path)
    assert not read.wrong
    assert read.answered >= 0.9 * read.sentences

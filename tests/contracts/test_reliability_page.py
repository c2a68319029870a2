"""The page on reliability names only tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "reliability.md"
NAMED = sorted(
    set(re.findall(r"`((?:chaos|integration)/[\w/]+\.py)(?:::(\w+))?`", PAGE.read_text()))
)


@pytest.mark.parametrize(("module", "test"), NAMED)
def test_every_test_that_the_page_names_exists(module: str, test: str) -> None:
    source = (TESTS / module).read_text()
    assert not test or f"\ndef {test}(" in source

"""Text from elsewhere cannot steer a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpi_client.cli.visible import block, line


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("plain äöü 商品", "plain äöü 商品"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b31m", "\\x9b31m"),
        ("user\u202etxt.exe", "user\\u202etxt.exe"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("\ud800", "\\ud800"),
        (None, ""),
        (True, "true"),
        (1.5, "1.5"),
        ({"a": ["\x07"]}, '{"a": ["\\u0007"]}'),
    ],
)
def test_a_value_is_shown_on_one_line(raw: object, shown: str) -> None:
    assert line(raw) == shown


def test_a_block_keeps_its_line_breaks_and_nothing_else() -> None:
    assert block("SELECT 1\r\nFROM\tt\x1b]0;title\x07") == "SELECT 1\nFROM\tt\\x1b]0;title\\x07"


@given(st.text(st.characters()))
def test_no_text_leaves_a_character_that_cannot_be_printed_on_one_line(text: str) -> None:
    shown = line(text)
    assert len(shown.splitlines()) <= 1
    shown.encode("utf-8")
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in shown)

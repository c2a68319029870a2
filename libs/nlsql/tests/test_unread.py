"""Sentences over landed tables of seventeen trades that nobody reads who works on the grammar.

Their scores are the nearest there is to what an unseen sentence scores, so failures name no
sentence: who reads one and mends it turns the set into a regression, and it takes a new one to
know. The limits lie a little below what was measured (docs/nl-accuracy.md).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .cases.landed import Score, score

_FOLDER = Path(__file__).parent / "cases" / "unread"


@pytest.fixture(scope="module")
def unread(tmp_path_factory: pytest.TempPathFactory) -> Score:
    return score(_FOLDER, tmp_path_factory.mktemp("unread"))


def test_unread_sentences_are_answered_as_rightly_as_measured(unread: Score) -> None:
    assert unread.sentences == 810
    assert round(unread.share, 2) >= 0.72


def test_unread_sentences_are_answered_as_precisely_as_measured(unread: Score) -> None:
    assert round(unread.precision, 2) >= 0.87

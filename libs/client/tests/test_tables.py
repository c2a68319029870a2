"""Tables for people."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType

from kpi_client.cli import tables
from kpi_client.models import Execution


def shown(renderable: RenderableType, width: int = 60) -> str:
    console = Console(file=io.StringIO(), width=width, markup=False, emoji=False)
    console.print(renderable)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_columns_that_do_not_fit_are_counted() -> None:
    names = [f"COLUMN{number:02}" for number in range(20)]
    text = shown(tables.FittingRows(names, [dict.fromkeys(names, 1)]))
    assert "COLUMN04" in text
    assert "COLUMN05" not in text
    assert "15 more columns" in text


def test_a_pipe_has_room_for_all_columns() -> None:
    names = [f"COLUMN{number:02}" for number in range(20)]
    assert "COLUMN19" in shown(tables.FittingRows(names, []), width=10_000)


def test_an_absent_value_differs_from_an_empty_text() -> None:
    text = shown(tables.grid(("a", "b"), [{"a": None, "b": ""}]))
    assert text.count("null") == 1


def test_markup_in_a_column_name_is_text() -> None:
    assert "[red]SKU[/red]" in shown(tables.grid(("[red]SKU[/red]",), []))


def test_a_failed_run_shows_its_error_and_no_rows() -> None:
    run: Execution = {"id": 7, "execution_status": "failed", "error_message": "no join"}
    text = shown(tables.execution(run))
    assert "no join" in text
    assert "null" not in text

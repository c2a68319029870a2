"""Reading and exporting the rows of executions.

Importing this loads DuckDB and Arrow (some 80 MB): an API process does so with the first request
that needs them, see `bootstrap`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kpi_contracts.execution import Manifest
from kpi_contracts.result import ComparedRows, Selection
from kpi_results.comparing import (
    Compared,
    choose_class,
    compare_runs,
    differing_keys,
    natural_key,
)
from kpi_results.exports.formats import FORMATS, Export
from kpi_results.exports.subject import About, Subject
from kpi_results.rows.columns import Columns
from kpi_results.rows.drilldown import Drilldown, Place
from kpi_results.rows.engine import EngineLimits
from kpi_results.rows.pages import Row
from kpi_results.selection import in_words, select
from kpi_results.settings import ResultsSettings
from kpi_results.wish import Question, Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPage:
    """One page of a view: `total` counts the view, `stored` all rows of the run."""

    selection: Selection
    columns: Columns
    rows: list[Row]
    total: int
    pages: int
    stored: int


@dataclass(frozen=True, slots=True)
class Exporting:
    """An export about to be made, and what of the result it holds."""

    selection: Selection
    export: Export
    compared: ComparedRows | None = None
    """The class of a comparison that it is limited to."""


class RowReader:
    """The rows of all executions, for one process and all its threads."""

    def __init__(self, settings: ResultsSettings) -> None:
        place = Place(
            store_url=settings.store_url,
            cache=settings.cache,
            limits=EngineLimits(aside_memory=settings.memory, spill=settings.spill),
            views_bytes=settings.views_bytes,
            row_files_bytes=settings.row_files_bytes,
            parts_bytes=settings.parts_bytes,
        )
        self.drilldown = Drilldown(place)

    def page(self, manifest: Manifest, wish: Wish, page: int, page_size: int) -> RowPage:
        """Read a page, counted from 1. Raises InvalidQuery, PartDamaged or BusyReading."""
        result = self.drilldown.result(manifest)
        selected = select(wish, result.columns)
        found = self.drilldown.page(result, selected.query, page=page, page_size=page_size)
        return RowPage(
            selection=selected.selection,
            columns=result.columns,
            rows=found.records(),
            total=found.total,
            pages=found.pages,
            stored=found.stored,
        )

    def distrust(self, manifest: Manifest) -> None:
        """Hash the parts again when they are next read, though they were found whole before."""
        self.drilldown.store.forget(manifest.parts)

    def select(self, manifest: Manifest, wish: Wish) -> Selection:
        """Check a wish without reading a row. Raises InvalidQuery."""
        return select(wish, Columns(manifest.columns)).selection

    def export(
        self, manifest: Manifest, wish: Wish, format_name: str, run: Mapping[str, Any]
    ) -> Exporting:
        """Prepare an export; `run` is the execution's row of the index.

        Every part is verified first, so that damage is known before the first byte is sent.
        Raises InvalidQuery, PartDamaged or BusyReading.
        """
        result = self.drilldown.result(manifest)
        selected = select(wish, result.columns)
        result.verify()
        stream = self.drilldown.stream(result, selected.query)
        subject = Subject(stream, _about(run, selected.selection))
        return Exporting(selected.selection, Export(subject, FORMATS[format_name]))

    def export_class(
        self,
        manifests: Sequence[Manifest],
        question: Question,
        compared: ComparedRows,
        format_name: str,
        run: Mapping[str, Any],
    ) -> Exporting:
        """Prepare an export of the class that a question is about.

        `run` is the row of the index of the execution that holds its rows. Raises what
        `compare_runs` raises.
        """
        chosen = choose_class(self.drilldown, manifests, question)
        limits = f"{compared.row_class} rows, compared with execution {compared.compared_with}"
        stream = self.drilldown.stream(chosen.result, chosen.query)
        about = _about(run, chosen.selection)
        subject = Subject(stream, replace(about, chosen={"Rows": limits, **about.chosen}))
        return Exporting(chosen.selection, Export(subject, FORMATS[format_name]), compared)

    def natural_key(
        self, joined_columns: Sequence[Sequence[str]] | None, manifests: Sequence[Manifest]
    ) -> list[str]:
        """Return the columns by which rows of these runs are recognised, none for whole rows."""
        first, last = Columns(manifests[0].columns), Columns(manifests[-1].columns)
        return natural_key(joined_columns, first, last)

    def compare(self, manifests: Sequence[Manifest], question: Question) -> Compared:
        """Compare runs, the oldest first. Raises what `compare_runs` raises."""
        return compare_runs(self.drilldown, manifests, question)

    def ledger_key(
        self, joined_columns: Sequence[Sequence[str]] | None, manifests: Sequence[Manifest]
    ) -> list[str]:
        """Return the columns that a break is known by: the natural key, or else all of them."""
        named = self.natural_key(joined_columns, manifests)
        return named or [column.key for column in Columns(manifests[-1].columns)]

    def differing_keys(
        self, manifests: Sequence[Manifest], key: Sequence[str]
    ) -> Iterator[tuple[bytes, int]]:
        """Yield the keys of rows that are new or resolved, as `comparing.differing_keys`."""
        return differing_keys(self.drilldown, manifests, key)

    def close(self) -> None:
        """Let go of the engine and the caches."""
        self.drilldown.close()


def _about(run: Mapping[str, Any], selection: Selection) -> About:
    return About(
        kpi_name=run["kpi_name"] or "Ad-hoc query",
        execution_id=run["id"],
        executed_at=run["execution_timestamp"],
        kpi_version=run["kpi_version"],
        generated_sql=run["generated_sql"],
        chosen=in_words(selection),
    )

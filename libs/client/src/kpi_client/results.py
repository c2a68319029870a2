"""The rows of an execution: drill-down, export, comparison."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import parse_qsl, urlsplit

import httpx

from kpi_client.errors import DamagedDownload
from kpi_client.executions import ROOT
from kpi_client.models import Drilldown, ExportFormat, Row
from kpi_client.transport import Transport

_PAGE = 1000
_MANIFEST_TIMEOUT = 600.0  # seconds; the service may have to make the export again for it


@dataclass(frozen=True, slots=True)
class View:
    """Which rows, in which order; the default is all of them as they were stored.

    ``filters`` maps a column to a value or to ``{op: value}`` with the operators
    ``eq ne lt le gt ge in contains starts_with is_null between``.
    """

    sort_by: Sequence[str] = ()
    descending: bool = False
    filters: Mapping[str, Any] = field(default_factory=dict)
    search: str | None = None

    def params(self) -> dict[str, str]:
        """Give the query parameters of this view."""
        params: dict[str, str] = {}
        if self.sort_by:
            params["sort_by"] = ",".join(self.sort_by)
            params["sort_order"] = "desc" if self.descending else "asc"
        if self.filters:
            params["filters"] = json.dumps(self.filters)
        if self.search:
            params["search"] = self.search
        return params


ALL_ROWS = View()


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote: size in bytes and SHA-256 (hex) of the file as received."""

    bytes: int
    sha256: str


class Results:
    """The rows the ``results`` service keeps."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def rows(
        self, execution_id: int, *, page: int = 1, page_size: int = 50, view: View = ALL_ROWS
    ) -> Drilldown:
        """Read one page of rows; ``page`` counts from 1, ``page_size`` ≤ 1000."""
        params = {"page": page, "page_size": page_size, **view.params()}
        path = f"{ROOT}/executions/{execution_id}/drilldown"
        return cast(Drilldown, self._transport.get(path, params).body)

    def each_row(self, execution_id: int, view: View = ALL_ROWS) -> Iterator[Row]:
        """Read every row of a view, page by page."""
        page, pages = 0, 1
        while page < pages:
            page += 1
            answer = self.rows(execution_id, page=page, page_size=_PAGE, view=view)
            pages = answer["total_pages"]
            yield from answer["data"]

    @contextmanager
    def export(
        self, execution_id: int, export_format: ExportFormat, view: View = ALL_ROWS
    ) -> Iterator[httpx.Response]:
        """Open a response whose ``iter_bytes()`` gives the file while it is made."""
        path = f"{ROOT}/executions/{execution_id}/export/{export_format}"
        with self._transport.stream(path, view.params()) as response:
            yield response

    def write(
        self,
        execution_id: int,
        export_format: ExportFormat,
        target: IO[bytes],
        view: View = ALL_ROWS,
    ) -> Exported:
        """Stream an export into an open file; memory does not grow with its size.

        Raises:
            DamagedDownload: what arrived is not what the service's manifest of it says.
            Unavailable: the body broke off.

        """
        digest, size = hashlib.sha256(), 0
        with self.export(execution_id, export_format, view) as response:
            for piece in response.iter_bytes():
                target.write(piece)
                digest.update(piece)
                size += len(piece)
        exported = Exported(size, digest.hexdigest())
        self._verify(exported, response)
        return exported

    def download(
        self, execution_id: int, export_format: ExportFormat, path: Path, view: View = ALL_ROWS
    ) -> Exported:
        """Write an export to ``path``, which appears only once it is whole and verified.

        Raises what :meth:`write` does.
        """
        partial = path.with_name(f"{path.name}.part")
        try:
            with partial.open("wb") as target:
                exported = self.write(execution_id, export_format, target, view)
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return exported

    def _verify(self, exported: Exported, response: httpx.Response) -> None:
        """Hold a file to its manifest, if the response links to one.

        An export that breaks off in the service may end like a whole one: only this tells.
        """
        link = urlsplit(response.links.get("describedby", {}).get("url", ""))
        if not link.path or link.netloc:  # our token is for this gateway only
            return
        manifest = self._transport.get(
            link.path, dict(parse_qsl(link.query)), read_timeout=_MANIFEST_TIMEOUT
        ).body
        wanted = Exported(int(manifest["bytes"]), str(manifest["sha256"]))
        if exported != wanted:
            raise DamagedDownload((exported.bytes, exported.sha256), (wanted.bytes, wanted.sha256))

    def compare(self, execution_ids: Sequence[int], **options: str | int | None) -> dict[str, Any]:
        """Find the new, resolved, persisting and changed rows between executions."""
        params = {"execution_ids": ",".join(map(str, execution_ids)), **options}
        return self._transport.get(f"{ROOT}/compare-executions", params).body

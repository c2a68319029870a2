"""KPI definitions: create, read, list, change, delete, versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Unpack, cast

from kpi_client.errors import Ambiguous, NotFound, Problem
from kpi_client.models import Kpi, KpiFields, KpiList, PinnedReading
from kpi_client.transport import Answer, Transport

ROOT = "/v1/landing-kpi/kpis"
_PAGE = 200


class Kpis:
    """The ``definitions`` service.

    Remembers the newest version it saw of each KPI, so that a later execute can ask
    for at least that one (read-your-writes).
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._seen: dict[int, int] = {}

    def create(self, *, idempotency_key: str | None = None, **fields: Unpack[KpiFields]) -> Kpi:
        """Create a KPI; it needs ``name`` and ``nl_definition`` or ``sql_definition``."""
        answer = self._transport.create(ROOT, fields, idempotency_key=idempotency_key)
        return self._kpi(answer)

    def get(self, kpi_id: int) -> Kpi:
        """Read one KPI, with its ``version``."""
        return self._kpi(self._transport.get(f"{ROOT}/{kpi_id}"))

    def list(  # one keyword per query parameter of the API
        self,
        *,
        group_name: str | None = None,
        is_active: bool | None = None,
        search: str | None = None,
        sort_by: str | None = None,
        sort_order: str | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> KpiList:
        """List one page of KPIs, at most ``limit`` (≤ 1000)."""
        params = {
            "group_name": group_name,
            "is_active": is_active,
            "search": search,
            "sort_by": sort_by,
            "sort_order": sort_order,
            "limit": limit,
            "offset": offset,
        }
        return cast(KpiList, self._transport.get(ROOT, params).body)

    def each(self, **filters: Any) -> Iterator[Kpi]:
        """Give every KPI the filters of :meth:`list` let through, page by page."""
        offset = 0
        while True:
            page = self.list(**filters, limit=_PAGE, offset=offset)
            yield from page["kpis"]
            offset += len(page["kpis"])
            if not page["kpis"] or offset >= page["total"]:
                return

    def find(self, reference: str) -> Kpi:
        """Read the KPI with this id, name or alias (case does not matter for the last two).

        Raises:
            NotFound: no KPI is called so.
            Ambiguous: several are.

        """
        if reference.isdecimal():
            return self.get(int(reference))
        if not reference.strip():  # else every KPI without an alias would be meant
            raise NotFound(Problem(404, "Not Found", "name the KPI: its id, name or alias"))
        wanted = reference.casefold()
        named = list(self.each(search=reference))
        for field in ("name", "alias_name"):
            matches = [kpi for kpi in named if str(kpi.get(field) or "").casefold() == wanted]
            if len(matches) == 1:
                return self.get(matches[0]["id"])  # a list need not tell the version
            if matches:
                raise Ambiguous(reference, [kpi["id"] for kpi in matches])
        raise NotFound(Problem(404, "Not Found", f"no KPI is called {reference!r}"))

    def update(
        self, kpi_id: int, *, version: int | None = None, **changes: Unpack[KpiFields]
    ) -> Kpi:
        """Change fields; with ``version`` only if nobody changed the KPI since (else Stale)."""
        path = f"{ROOT}/{kpi_id}"
        answer = self._transport.send("PUT", path, json=changes, headers=_if_match(version))
        return self._kpi(answer)

    def delete(self, kpi_id: int, *, version: int | None = None) -> None:
        """Take a KPI out of use; its history stays and :meth:`restore` brings it back."""
        self._transport.send("DELETE", f"{ROOT}/{kpi_id}", headers=_if_match(version))

    def restore(self, kpi_id: int, *, version: int | None = None) -> Kpi:
        """Bring a deleted KPI back."""
        path = f"{ROOT}/{kpi_id}/restore"
        return self._kpi(self._transport.send("POST", path, headers=_if_match(version)))

    def versions(self, kpi_id: int) -> dict[str, Any]:
        """List all versions of a KPI, newest first."""
        return self._transport.get(f"{ROOT}/{kpi_id}/versions").body

    def diff(self, kpi_id: int, older: int, newer: int) -> dict[str, Any]:
        """Show what changed between two versions."""
        return self._transport.get(f"{ROOT}/{kpi_id}/versions/{older}/diff/{newer}").body

    def rollback(self, kpi_id: int, to_version: int, *, version: int | None = None) -> Kpi:
        """Append a new version that equals an older one."""
        path = f"{ROOT}/{kpi_id}/rollback"
        body = {"version": to_version}
        return self._kpi(self._transport.send("POST", path, json=body, headers=_if_match(version)))

    def pin(self, kpi_id: int, reading: PinnedReading, *, version: int | None = None) -> Kpi:
        """Approve a reading: runs on its graph use its SQL as it stands."""
        return self._kpi(
            self._transport.send("PUT", _reading(kpi_id), json=reading, headers=_if_match(version))
        )

    def unpin(self, kpi_id: int, *, version: int | None = None) -> Kpi:
        """Let the engine read the KPI's sentence again."""
        path = _reading(kpi_id)
        return self._kpi(self._transport.send("DELETE", path, headers=_if_match(version)))

    def version_of(self, kpi_id: int) -> int | None:
        """Give the newest version seen of a KPI; ask the service for one never seen."""
        if kpi_id not in self._seen:
            self.get(kpi_id)
        return self._seen.get(kpi_id)

    def _kpi(self, answer: Answer) -> Kpi:
        kpi = cast(Kpi, answer.body["kpi"])
        if answer.version is not None:
            kpi["version"] = answer.version
        if "version" in kpi:
            self._seen[kpi["id"]] = max(kpi["version"], self._seen.get(kpi["id"], 0))
        return kpi


def _reading(kpi_id: int) -> str:
    return f"{ROOT}/{kpi_id}/reading"


def _if_match(version: int | None) -> dict[str, str]:
    return {} if version is None else {"If-Match": f'"{version}"'}

"""What the API reads: the catalogue of KPIs and their versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from kpi_contracts.definition import FieldChange
from kpi_definitions.catalogue import FIELDS, kpi_versions, kpis
from kpi_definitions.errors import KpiDeleted, KpiNotFound, VersionNotFound
from kpi_definitions.reviews import reviews

SORTABLE = ("id", "name", "alias_name", "group_name", "is_active", "created_at", "updated_at")

# Built once: building this statement for every request takes longer than executing it.
_REVIEW = sa.case(
    (
        reviews.c.kpi_id.is_not(None),
        sa.func.json_build_object(
            "kg_name", reviews.c.kg_name, "changes", reviews.c.changes, "since", reviews.c.since
        ),
    )
)
_KPIS = sa.select(
    kpis, reviews.c.kpi_id.is_not(None).label("needs_review"), _REVIEW.label("review")
).join(reviews, reviews.c.kpi_id == kpis.c.id, isouter=True)
_KPI = _KPIS.where(kpis.c.id == sa.bindparam("kpi"))


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiFilter:
    """Which KPIs to list. `search` looks into name, alias, description and definition."""

    group_name: str | None = None
    is_active: bool | None = None
    search: str | None = None
    sort_by: str = "id"
    sort_order: Literal["asc", "desc"] = "asc"


def get_kpi(connection: sa.Connection, kpi_id: int) -> sa.RowMapping:
    """Return a KPI; raises KpiNotFound, or KpiDeleted for one that was put away."""
    row = connection.execute(_KPI, {"kpi": kpi_id}).mappings().one_or_none()
    if row is None:
        raise KpiNotFound(kpi_id)
    if row["deleted_at"] is not None:
        raise KpiDeleted(kpi_id)
    return row


def list_kpis(
    connection: sa.Connection, wanted: KpiFilter, limit: int, offset: int
) -> tuple[int, Sequence[sa.RowMapping]]:
    """Return how many KPIs match and one page of them.

    Deleted KPIs are listed only where inactive ones are asked for, and are inactive there.
    """
    query = _KPIS.where(*_conditions(wanted))
    total = connection.execute(sa.select(sa.func.count()).select_from(query.subquery()))
    column = kpis.c[wanted.sort_by]
    order = column.desc() if wanted.sort_order == "desc" else column.asc()
    page = query.order_by(order.nulls_last(), kpis.c.id).limit(limit).offset(offset)
    return total.scalar_one(), connection.execute(page).mappings().all()


def list_versions(
    connection: sa.Connection, kpi_id: int, limit: int, offset: int
) -> tuple[int, Sequence[sa.RowMapping]]:
    """Return the number of versions and one page of them, newest first; raises KpiNotFound."""
    total = connection.execute(
        sa.select(sa.func.count()).where(kpi_versions.c.kpi_id == kpi_id)
    ).scalar_one()
    if not total:
        raise KpiNotFound(kpi_id)
    page = (
        sa.select(kpi_versions)
        .where(kpi_versions.c.kpi_id == kpi_id)
        .order_by(kpi_versions.c.version.desc())
        .limit(limit)
        .offset(offset)
    )
    return total, connection.execute(page).mappings().all()


def get_version(connection: sa.Connection, kpi_id: int, version: int) -> sa.RowMapping:
    """Return one version of a KPI, deleted or not; raises VersionNotFound."""
    query = sa.select(kpi_versions).where(
        kpi_versions.c.kpi_id == kpi_id, kpi_versions.c.version == version
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise VersionNotFound(kpi_id, version)
    return row


def diff_versions(
    connection: sa.Connection, kpi_id: int, before: int, after: int
) -> Sequence[FieldChange]:
    """Return the fields that differ between two versions; raises VersionNotFound."""
    old = get_version(connection, kpi_id, before)
    new = get_version(connection, kpi_id, after)
    return [
        FieldChange(field, old[field], new[field]) for field in FIELDS if old[field] != new[field]
    ]


def _conditions(wanted: KpiFilter) -> list[sa.ColumnElement[bool]]:
    in_use = kpis.c.deleted_at.is_(None)
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.is_active is None:
        conditions.append(in_use)
    elif wanted.is_active:
        conditions += [in_use, kpis.c.is_active]
    else:
        conditions.append(sa.or_(sa.not_(in_use), sa.not_(kpis.c.is_active)))
    if wanted.group_name is not None:
        conditions.append(kpis.c.group_name == wanted.group_name)
    if wanted.search:
        searched = (kpis.c.name, kpis.c.alias_name, kpis.c.description, kpis.c.nl_definition)
        conditions.append(
            sa.or_(*(column.icontains(wanted.search, autoescape=True) for column in searched))
        )
    return conditions

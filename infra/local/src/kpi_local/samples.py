"""The three sample KPIs of the requirements, and what they find in the demo data."""

from __future__ import annotations

from dataclasses import dataclass

from kpi_local.planted import EXPECTED


@dataclass(frozen=True, slots=True)
class Sample:
    """A KPI, how many records its run gives on the demo data, and the value of a lone cell."""

    name: str
    alias_name: str
    group_name: str
    description: str
    nl_definition: str
    records: int
    value: int | None = None

    def definition(self) -> dict[str, str]:
        """Return the body that creates the KPI."""
        return {
            "name": self.name,
            "alias_name": self.alias_name,
            "group_name": self.group_name,
            "description": self.description,
            "nl_definition": self.nl_definition,
        }


SAMPLES = (
    Sample(
        name="Product Mismatch - RBP vs OPS",
        alias_name="PMR_RBP_OPS",
        group_name="Data Quality",
        description="Products in RBP GPU not in OPS Excel",
        nl_definition="Show me all products in RBP GPU which are not in OPS Excel",
        records=EXPECTED.missing_in_ops,
    ),
    Sample(
        name="Duplicate Planning SKUs",
        alias_name="DUP_SKU",
        group_name="Data Quality",
        description="Find duplicate planning SKUs across systems",
        nl_definition="Show me all duplicate planning SKUs in the product master",
        records=EXPECTED.duplicated_skus,
    ),
    Sample(
        name="Inactive Products Count",
        alias_name="INACT_PROD",
        group_name="Business Metrics",
        description="Count of inactive products",
        nl_definition="Count all products where status is inactive",
        records=1,
        value=EXPECTED.inactive,
    ),
)

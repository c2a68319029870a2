"""The discrepancies planted in the demo data: what the sample KPIs are to find."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expected:
    """What the demo data holds, counted in rows unless said otherwise."""

    products: int = 52_000  # distinct PLANNING_SKU in product_master
    duplicated_skus: int = 620  # distinct PLANNING_SKU that product_master holds more than once
    duplicate_rows: int = 640  # rows of product_master beyond the first of their PLANNING_SKU
    inactive: int = 6_180  # rows of product_master whose STATUS is Inactive
    in_rbp: int = 24_000
    missing_in_ops: int = 1_284  # in brz_lnd_RBP_GPU, not in brz_lnd_OPS_EXCEL
    only_in_ops: int = 750  # in brz_lnd_OPS_EXCEL, not in brz_lnd_RBP_GPU

    @property
    def in_ops(self) -> int:
        """Rows of brz_lnd_OPS_EXCEL."""
        return self.in_rbp - self.missing_in_ops + self.only_in_ops

    @property
    def in_master(self) -> int:
        """Rows of product_master."""
        return self.products + self.duplicate_rows


EXPECTED = Expected()

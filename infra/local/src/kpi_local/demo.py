"""The demo data: three tables about the same products, with a known number of discrepancies.

A planning system (`brz_lnd_RBP_GPU`, Parquet), an operations team's workbook (`brz_lnd_OPS_EXCEL`,
a real .xlsx) and the product master (CSV) never quite agree. How much they disagree is declared in
`EXPECTED`; everything else comes from a seeded generator, so every machine gets the same tables.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from kpi_local.planted import EXPECTED, Expected

SEED = 20240229
FILES = ("brz_lnd_RBP_GPU.parquet", "brz_lnd_OPS_EXCEL.xlsx", "product_master.csv")

CATEGORIES = ("Desktop GPU", "Mobile GPU", "Workstation GPU", "Data Center GPU", "Embedded GPU")
FAMILIES = ("Aurora", "Borealis", "Corona", "Dynamo", "Equinox", "Fathom", "Gale", "Helix")
EDITIONS = ("", " SE", " Pro", " Max", " OEM", " Low Profile")
OPS_COLUMNS = ("PLANNING_SKU", "PRODUCT_NAME", "PLANT", "UNIT_COST", "STOCK", "LAST_STOCKTAKE")
MEMORY_GB = (4, 6, 8, 12, 16, 24, 32, 48)
PLANTS = ("Austin", "Dresden", "Hsinchu", "Penang", "Guadalajara")
FIRST_LAUNCH = date(2015, 1, 5)
LAUNCH_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Product:
    """One row of the product master; the field names in capitals are its columns."""

    planning_sku: str
    product_name: str
    category: str
    status: str
    memory_gb: int
    list_price: float
    unit_cost: float
    launch_date: date


def expected() -> Expected:
    """Tell how many discrepancies the files hold, without reading them."""
    return EXPECTED


def generate(folder: Path) -> bool:
    """Write the three files into `folder` unless they are there; tell whether it was needed.

    `folder` appears complete or not at all.
    """
    if all((folder / name).exists() for name in FILES):
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".demo-", dir=folder.parent))
    try:
        _write_all(draft)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return True


def _write_all(folder: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 - demo data, not secrets
    master = _master(chance)
    planned = sorted(chance.sample(range(EXPECTED.products), EXPECTED.in_rbp))
    operated = _operated(chance, planned)
    _write_rbp(folder / FILES[0], chance, [master[n] for n in planned])
    _write_ops(folder / FILES[1], chance, [master[n] for n in operated])
    _write_master(folder / FILES[2], _with_duplicates(chance, master))


def _master(chance: random.Random) -> list[Product]:
    return [_product(chance, number) for number in range(EXPECTED.products)]


def _product(chance: random.Random, number: int) -> Product:
    memory = chance.choice(MEMORY_GB)
    cost = round(40 + memory * chance.uniform(6, 22), 2)
    series = chance.randrange(100, 990, 10)
    name = f"{chance.choice(FAMILIES)} {series}{chance.choice(EDITIONS)} {memory} GB"
    return Product(
        planning_sku=f"SKU{number + 1:06d}",
        product_name=name,
        category=chance.choice(CATEGORIES),
        status="Active",
        memory_gb=memory,
        list_price=round(cost * chance.uniform(1.2, 2.4), 2),
        unit_cost=cost,
        launch_date=FIRST_LAUNCH + timedelta(days=chance.randrange(LAUNCH_DAYS)),
    )


def _operated(chance: random.Random, planned: Sequence[int]) -> list[int]:
    """Pick the products of the operations workbook: most planned ones and some of its own."""
    missing = set(chance.sample(planned, EXPECTED.missing_in_ops))
    elsewhere = sorted(set(range(EXPECTED.products)).difference(planned))
    own = chance.sample(elsewhere, EXPECTED.only_in_ops)
    return sorted([number for number in planned if number not in missing] + own)


def _with_duplicates(chance: random.Random, master: Sequence[Product]) -> list[Product]:
    """Repeat some products under the same SKU, then mark an exact number of rows inactive."""
    repeated = chance.sample(master, EXPECTED.duplicated_skus)
    thrice = repeated[: EXPECTED.duplicate_rows - EXPECTED.duplicated_skus]
    rows = [*master, *(_variant(chance, product) for product in (*repeated, *thrice))]
    rows.sort(key=lambda product: product.planning_sku)
    inactive = set(chance.sample(range(len(rows)), EXPECTED.inactive))
    return [
        replace(row, status="Inactive") if number in inactive else row
        for number, row in enumerate(rows)
    ]


def _variant(chance: random.Random, product: Product) -> Product:
    price = round(product.list_price * chance.uniform(0.9, 1.1), 2)
    return replace(product, list_price=price, product_name=f"{product.product_name} (copy)")


def _write_rbp(path: Path, chance: random.Random, products: Sequence[Product]) -> None:
    table = pa.table(
        {
            "PLANNING_SKU": [p.planning_sku for p in products],
            "PRODUCT_NAME": [p.product_name for p in products],
            "CATEGORY": [p.category for p in products],
            "STATUS": [chance.choices(("Active", "Inactive"), (9, 1))[0] for _ in products],
            "LIST_PRICE": [p.list_price for p in products],
            "PLANNED_UNITS": [chance.randrange(0, 20_000, 50) for _ in products],
            "LAUNCH_DATE": [p.launch_date for p in products],
        }
    )
    pyarrow.parquet.write_table(table, path)


def _write_ops(path: Path, chance: random.Random, products: Sequence[Product]) -> None:
    """Write the workbook row by row: constant memory, one sheet."""
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Products")
    sheet.write_row(
        0, 0, ("PLANNING_SKU", "PRODUCT_NAME", "PLANT", "UNIT_COST", "STOCK", "LAST_STOCKTAKE")
    )
    for number, row in enumerate(_ops_rows(chance, products), start=1):
        sheet.write_row(number, 0, row)
    book.close()


def _ops_rows(chance: random.Random, products: Sequence[Product]) -> Iterator[tuple[object, ...]]:
    for product in products:
        yield (
            product.planning_sku,
            product.product_name,
            chance.choice(PLANTS),
            product.unit_cost,
            chance.randrange(5_000),
            date(2025, 1, 1) + timedelta(days=chance.randrange(300)),
        )


def _write_master(path: Path, rows: Sequence[Product]) -> None:
    names = [field.name for field in fields(Product)]
    columns = {name.upper(): [getattr(row, name) for row in rows] for name in names}
    pyarrow.csv.write_csv(pa.table(columns), path)

"""Schemas whose names are all written short: a machine rental, and leases in an old system."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Table
from kpi_nlsql.schema.building import build_graph

from .columns import date, number, text

_STATES = ("Rented", "Idle", "Scrapped")
_REGIONS = ("North", "South", "Coast")


def rental() -> Graph:
    """Return machines, the contracts they are rented by, what was paid, and the depots' own list.

    Words are cut off (``mach``), lack their vowels (``cntrct``) or keep first and last (``rgn``).
    """
    return build_graph(
        "rental",
        [
            Table(
                "mach_mst",
                columns=(
                    text("mach_no", unique=True),
                    text("mach_dsc"),
                    text("mfr"),
                    text("stts", *_STATES),
                    date("purch_dt"),
                    number("purch_prc"),
                    text("rgn", *_REGIONS),
                ),
            ),
            Table(
                "rntl_cntrct",
                columns=(
                    text("cntrct_no", unique=True),
                    text("cstmr_no"),
                    text("mach_no"),
                    date("strt_dt"),
                    date("rtrn_dt"),
                    number("dly_rt"),
                    number("dpst_amt"),
                ),
            ),
            Table(
                "cstmr",
                columns=(
                    text("cstmr_no", unique=True),
                    text("cstmr_nm"),
                    text("eml_addr"),
                    text("indstry", "Mining", "Farming", "Building"),
                    number("crdt_lmt"),
                ),
            ),
            Table(
                "dpt_invntry",
                columns=(
                    text("mach_no"),
                    text("stts", *_STATES),
                    text("yrd"),
                    date("cntd_on"),
                ),
            ),
        ],
    )


def leasing() -> Graph:
    """Return leases (``ls``), their drivers, the balances elsewhere, and a planning sheet.

    Short forms of two letters and of seven, and such as stand for other words elsewhere, too.
    """
    return build_graph(
        "leasing",
        [
            Table(
                "core_ls_agr",
                columns=(
                    text("ls_no", unique=True),
                    text("drv_no"),
                    text("veh_no"),
                    date("strt_dt"),
                    number("mthly_rt"),
                    number("out_bal"),
                    text("ls_stts", "Running", "Ended", "Default"),
                    text("trmntn_cs", "Theft", "Sale", "Expiry"),
                ),
            ),
            Table(
                "dwh_ls_bal",
                columns=(
                    text("acct_no"),
                    number("bal_amt"),
                    Column("dpd", "integer"),
                ),
            ),
            Table(
                "drv_mst",
                columns=(
                    text("drv_no", unique=True),
                    text("drv_nm"),
                    text("cry", "DE", "FR", "IT"),
                    number("ann_sal"),
                ),
            ),
            Table(
                "brz_lnd_PLNG_XLS",
                columns=(text("VEH_NO", unique=True), text("PLNNR"), Column("QTY_OH", "integer")),
            ),
            Table(
                "lgcy_ls",
                columns=(text("lgc_ls_no", unique=True), text("lgc_stts", "Running", "Ended")),
            ),
        ],
    )

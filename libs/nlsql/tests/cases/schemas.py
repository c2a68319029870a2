"""The schemas of the written cases: products, finance, retail, clubs, workshops, and a brewery."""

from __future__ import annotations

from kpi_nlsql import Column, Graph, Join, Table
from kpi_nlsql.schema.building import build_graph

from .charter import charter
from .columns import date, number, text
from .harbour import harbour
from .loan_tape import loan_tape
from .orchard import orchard
from .salon import salon
from .shorthand import leasing, rental
from .six_letters import six_letters
from .toolroom import toolroom

_STATUSES = ("Active", "Inactive", "Blocked")
_CATEGORIES = ("Electronics", "Home", "Garden")
_CURRENCIES = ("EUR", "USD", "GBP")


def products() -> Graph:
    """Return the tables of the requirements: a system, a spreadsheet and the master."""
    return build_graph(
        "products",
        [
            Table(
                "brz_lnd_RBP_GPU",
                columns=(
                    text("PLANNING_SKU"),
                    text("PRODUCT_NAME"),
                    text("CATEGORY", *_CATEGORIES),
                    text("STATUS", *_STATUSES),
                    number("PRICE"),
                    number("QUANTITY"),
                    Column("UPDATED_AT", "timestamp"),
                ),
            ),
            Table(
                "brz_lnd_OPS_EXCEL",
                columns=(
                    text("PLANNING_SKU"),
                    text("PRODUCT_NAME"),
                    text("STATUS", *_STATUSES),
                    number("PRICE"),
                    text("REGION", "EMEA", "APAC", "AMER"),
                ),
            ),
            Table(
                "hana_material_master",
                columns=(
                    text("PLANNING_SKU", unique=True),
                    text("MATERIAL"),
                    text("PRODUCT_NAME"),
                    text("CATEGORY", *_CATEGORIES),
                    text("STATUS", *_STATUSES),
                    number("PRICE"),
                    date("CREATED_ON"),
                ),
            ),
        ],
    )


def finance() -> Graph:
    """Return invoices, payments and vendors, without a declared key anywhere."""
    return build_graph(
        "finance",
        [
            Table(
                "sap_invoices",
                columns=(
                    text("invoice_number", unique=True),
                    text("vendor_code"),
                    number("amount"),
                    text("currency", *_CURRENCIES),
                    date("invoice_date"),
                    text("payment_status", "Paid", "Open", "Overdue"),
                ),
            ),
            Table(
                "bank_payments",
                columns=(
                    number("payment_id", unique=True),
                    text("invoice_number"),
                    number("amount"),
                    date("payment_date"),
                    text("currency", *_CURRENCIES),
                ),
            ),
            Table(
                "vendor_master",
                columns=(
                    text("vendor_code", unique=True),
                    text("vendor_name"),
                    text("country", "Germany", "France", "India"),
                    Column("is_active", "char(1)", values=("Y", "N")),
                ),
            ),
        ],
    )


def retail() -> Graph:
    """Return customers, orders and products with foreign keys."""
    return build_graph(
        "retail",
        [
            Table(
                "customers",
                columns=(
                    number("customer_id", unique=True),
                    text("first_name"),
                    text("last_name"),
                    text("email"),
                    text("city", "Berlin", "Paris", "London"),
                    text("segment", "Consumer", "Corporate"),
                ),
                primary_key=("customer_id",),
            ),
            Table(
                "orders",
                columns=(
                    number("order_id", unique=True),
                    number("customer_id"),
                    date("order_date"),
                    text("status", "Shipped", "Cancelled", "Pending"),
                    number("total_amount"),
                ),
                primary_key=("order_id",),
            ),
            Table(
                "order_items",
                columns=(
                    number("order_item_id", unique=True),
                    number("order_id"),
                    number("product_id"),
                    number("quantity"),
                    number("unit_price"),
                ),
                primary_key=("order_item_id",),
            ),
            Table(
                "products",
                columns=(
                    number("product_id", unique=True),
                    text("product_name"),
                    text("category", *_CATEGORIES),
                    number("price"),
                    number("stock"),
                ),
                primary_key=("product_id",),
            ),
        ],
        [
            Join("orders", ("customer_id",), "customers", ("customer_id",)),
            Join("order_items", ("order_id",), "orders", ("order_id",)),
            Join("order_items", ("product_id",), "products", ("product_id",)),
        ],
    )


def clubs() -> Graph:
    """Return clubs that meet in pairs, and players with one club now and several before."""
    players = (
        number("player_id", unique=True),
        text("name"),
        text("country", "Spain", "Portugal", "Norway"),
        text("position", "Goalkeeper", "Defender", "Forward"),
        number("age"),
        number("club_id"),
    )
    matches = (
        number("match_id", unique=True),
        number("home_club_id"),
        number("away_club_id"),
        text("venue", "Lisbon/Porto", "Oslo"),
    )
    return build_graph(
        "clubs",
        [
            Table(
                "clubs",
                columns=(
                    number("club_id", unique=True),
                    text("club_name"),
                    text("city", "Lisbon", "Porto", "Oslo"),
                ),
                primary_key=("club_id",),
            ),
            Table("players", columns=players, primary_key=("player_id",)),
            Table(
                "seasons",
                columns=(number("player_id"), number("club_id"), number("year")),
            ),
            Table("matches", columns=matches, primary_key=("match_id",)),
        ],
        [
            Join("players", ("club_id",), "clubs", ("club_id",)),
            Join("seasons", ("player_id",), "players", ("player_id",)),
            Join("seasons", ("club_id",), "clubs", ("club_id",)),
            Join("matches", ("home_club_id",), "clubs", ("club_id",)),
            Join("matches", ("away_club_id",), "clubs", ("club_id",)),
        ],
    )


def workshops() -> Graph:
    """Return trainees and workshops that several tables tie together, each by what is done."""
    trainees = (
        number("trainee_id", unique=True),
        text("name"),
        text("town", "Graz", "Linz", "Wels"),
        text("trainee_details"),
    )
    held = (
        number("workshop_id", unique=True),
        text("title", unique=True),
        text("topic", "Welding", "Safety"),
    )
    tied = (number("trainee_id"), number("workshop_id"))
    return build_graph(
        "workshops",
        [
            Table("trainees", columns=trainees, primary_key=("trainee_id",)),
            Table("workshops", columns=held, primary_key=("workshop_id",)),
            Table("workshop_bookings", columns=(*tied, number("fee"))),
            Table("workshop_attendance", columns=(*tied, number("hours"))),
        ],
        [
            Join("workshop_bookings", ("trainee_id",), "trainees", ("trainee_id",)),
            Join("workshop_bookings", ("workshop_id",), "workshops", ("workshop_id",)),
            Join("workshop_attendance", ("trainee_id",), "trainees", ("trainee_id",)),
            Join("workshop_attendance", ("workshop_id",), "workshops", ("workshop_id",)),
        ],
    )


def brewery() -> Graph:
    """Return landed tables with words written short and no declared key."""
    return build_graph(
        "brewery",
        [
            Table(
                "brz_lnd_MES_BATCHES",
                columns=(
                    text("BATCH_ID"),
                    text("TANK_CODE"),
                    text("RECIPE", "Lager", "Stout", "Pilsner"),
                    text("BATCH_STATE", "Open", "Closed", "Checked"),
                    date("BREWED_DT"),
                    number("VOLUME"),
                ),
            ),
            Table(
                "brz_lnd_INSTR_RESULTS",
                columns=(
                    number("RESULT_NO", unique=True),
                    text("BTCH_ID"),
                    text("PARAMETER", "Gravity", "Bitterness"),
                    number("RESULT_VAL"),
                ),
            ),
            Table(
                "stg_ExtLab_Findings",
                columns=(
                    text("BatchID"),
                    text("Parameter", "Gravity", "Bitterness"),
                    number("ResultVal"),
                    date("ReportedOn"),
                ),
            ),
            Table(
                "ref_tanks",
                columns=(text("TANK_CODE", unique=True), text("HALL"), number("CAPACITY")),
            ),
            Table(
                "ops_sensor_alerts",
                columns=(number("alert_no", unique=True), text("tank"), text("severity")),
            ),
            Table("ops_cleaning_runs", columns=(text("tank_name"), date("cleaned_on"))),
        ],
    )


def garage() -> Graph:
    """Return jobs and bills of a garage, with amounts that add up and words written short."""
    jobs = (
        number("job_no", unique=True),
        number("cust_no"),
        text("job_typ", "Service", "Repair", "Paint"),
        text("mechanic"),
        number("labour_cost"),
        number("parts_cost"),
        number("est_hrs"),
        number("act_hrs"),
        date("opened_on"),
        date("closed_on"),
    )
    bills = (
        number("bill_no", unique=True),
        number("cust_no"),
        text("bill_state", "Open", "Settled", "Disputed"),
        number("amount"),
        number("paid_amount"),
    )
    return build_graph(
        "garage",
        [
            Table(
                "customer",
                columns=(number("cust_no", unique=True), text("cust_nm"), text("town")),
                primary_key=("cust_no",),
            ),
            Table("wo_job", columns=jobs, primary_key=("job_no",)),
            Table("bill", columns=bills, primary_key=("bill_no",)),
        ],
        [
            Join("wo_job", ("cust_no",), "customer", ("cust_no",)),
            Join("bill", ("cust_no",), "customer", ("cust_no",)),
        ],
    )


SCHEMAS = {
    "garage": garage(),
    "products": products(),
    "finance": finance(),
    "retail": retail(),
    "clubs": clubs(),
    "workshops": workshops(),
    "brewery": brewery(),
    "rental": rental(),
    "leasing": leasing(),
    "loan_tape": loan_tape(),
    "charter": charter(),
    "six_letters": six_letters(),
    "toolroom": toolroom(),
    "salon": salon(),
    "harbour": harbour(),
    "orchard": orchard(),
}

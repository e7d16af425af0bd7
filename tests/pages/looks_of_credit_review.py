"""Pages of 初评, 复核, 公示, 异议 and 公布 of 质量信誉考核."""

from __future__ import annotations

from typing import Final

from tests.pages.look import Look

_WRONG: Final = (("points-calibration", "50"),)
CREDIT_REVIEW: Final = (
    Look("officer-credit", "county", query="?show=confirm", state="to be confirmed"),
    Look("officer-credit", "county", query="?show=proposed", state="open to objections"),
    Look("officer-credit", "county", query="?show=objected", state="objections"),
    Look("officer-credit", "county", query="?show=published&year=all", state="published"),
    Look("officer-credit", "county", query="?show=missing", state="missing"),
    Look(
        "officer-credit-one",
        "county",
        ("credit",),
        state="wrong",
        typed=_WRONG,
        press="main button[value='review']",
        status=422,
    ),
    Look("officer-credit-one", "county", ("credit_reviewed",), state="of one's own"),
    Look("officer-credit-one", "credit colleague", ("credit_reviewed",), state="to be confirmed"),
    Look("officer-credit-one", "county", ("credit_proposed",), state="proposed"),
    Look("officer-credit-one", "credit colleague", ("credit_objected",), state="objected"),
    Look("officer-credit-one", "credit colleague", ("credit_published",), state="published"),
    Look("shop-credit-year", "credit proposed", ("credit_year",), state="proposed"),
    Look(
        "shop-credit-year",
        "credit proposed",
        ("credit_year",),
        state="objection without words",
        press="main form[action$='object'] .btn",
        status=422,
    ),
    Look("shop-credit-year", "credit objected", ("credit_year",), state="objected"),
    Look("graded-shops"),
    Look("graded-shops", query="?grade=A&division=330212", state="empty"),
    Look("graded-shops", query="?division=x", state="wrong", status=422),
)
NO_PAGES_OF_CREDIT: Final = {
    "shop-credit-file": "JPEG or PDF",
    "officer-credit-file": "JPEG or PDF",
    "graded-shops-json": "JSON",
    "graded-shops-csv": "CSV",
}

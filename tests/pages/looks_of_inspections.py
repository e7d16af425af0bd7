"""Pages of inspections, of filings that end, and the list of filed shops."""

from __future__ import annotations

from typing import Final

from tests.pages.look import SEND, Look

DECIDE: Final = "main .btn[value='{}']"
INSPECTIONS: Final = (
    Look("officer-inspections", "inspector"),
    Look("officer-inspections", "inspector", query="?show=done", state="done"),
    Look("officer-inspections", "idle officer", state="empty"),
    Look("officer-inspection-new", "inspector", query="?shop={inspected_shop}"),
    Look("officer-inspection-new", "inspector", query="?shop={inspected_shop}", state="wrong", press=SEND, status=422),
    Look("officer-inspection", "inspector", ("inspection",)),
    Look("officer-inspection", "inspector", ("inspection",), state="wrong", press=DECIDE.format("finish"), status=422),
    Look("officer-inspection", "inspector", ("inspection_late",), state="overdue"),
    Look(
        "officer-inspection",
        "inspector",
        ("inspection_late",),
        state="no reason",
        press=DECIDE.format("drop"),
        status=422,
    ),
    Look("officer-inspection", "province", ("inspection",), state="not named"),
    Look("officer-inspection", "inspector", ("inspection_done",), state="finished"),
    Look("officer-inspections-suggested", "county"),
    Look("officer-inspections-suggested", "idle officer", state="empty"),
    Look("officer-inspection-draws", "inspector"),
    Look("officer-inspection-draws", "inspector", state="wrong", press=SEND, status=422),
    Look("officer-inspection-draw", "inspector", ("draw",)),
    Look("officer-cancel-filing", "inspector", ("ending_shop",)),
    Look(
        "officer-cancel-filing", "inspector", ("ending_shop",), state="wrong", press=DECIDE.format("keep"), status=422
    ),
    Look("officer-cancel-filing", "inspector", ("ended_shop",), state="cancelled"),
    Look("officer-filings-expiring", "inspector"),
    Look("officer-filings-expiring", "idle officer", state="empty"),
    Look("shop-inspections", "inspected manager"),
    Look("shop-inspections", "ended manager", state="empty"),
    Look("shop-inspection", "inspected manager", ("inspection_done",)),
    Look("shop-filing-cancel", "inspected manager"),
    Look("shop-filing-cancel", "inspected manager", state="wrong", press=SEND, typed=(("ended_on", ""),), status=422),
    Look("shop-filing-cancel", "ended manager", state="cancelled"),
    Look("filed-shops"),
    Look("filed-shops", query="?words=没有这家", state="empty"),
    Look("filed-shops", query="?division=33", state="wrong", status=422),
)

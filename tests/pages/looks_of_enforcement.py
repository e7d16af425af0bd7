"""Pages of 通报, 移送, the sanction ledger and evidence packs."""

from __future__ import annotations

from typing import Final

from tests.pages.look import SEND, Look

_EMPTY: Final = (("text", ""),)
ENFORCEMENT: Final = (
    Look("censures"),
    Look("officer-censures", "county"),
    Look("officer-censures", "idle officer", state="empty"),
    Look("officer-censure-new", "county", query="?duty={duty_not_done}"),
    Look(
        "officer-censure-new",
        "county",
        query="?duty={duty_not_done}",
        state="wrong",
        typed=_EMPTY,
        press=SEND,
        status=422,
    ),
    Look("officer-censure", "county", ("censure_draft",), state="draft"),
    Look("officer-censure", "county", ("censure_checking",), state="of one's own"),
    Look("officer-censure", "city", ("censure_checking",), state="to be checked"),
    Look("officer-censure", "county", ("censure_published",)),
    Look("officer-handovers", "county"),
    Look("officer-handovers", "idle officer", state="empty"),
    Look("officer-handover-new", "county", query="?shop={shop}"),
    Look("officer-handover-new", "county", query="?shop={shop}", state="wrong", press=SEND, status=422),
    Look("officer-handover", "county", ("hand_over",)),
    Look("officer-sanctions", "county"),
    Look("officer-sanctions", "idle officer", state="empty"),
    Look("officer-sanction-new", "county", query="?shop={shop}"),
    Look("officer-sanction-new", "county", query="?shop={shop}", state="wrong", press=SEND, status=422),
    Look("officer-sanction", "county", ("sanction",)),
    Look("officer-evidence", "county", ("shop",)),
    Look(
        "officer-evidence", "county", ("shop",), query="?since=2026-01-02&until=2026-01-01", state="wrong", status=422
    ),
    Look("shop-sanctions", "shop"),
    Look("shop-censure", "shop", ("censure_checking",)),
    Look("shop-censure", "shop", ("censure_checking",), state="wrong", press=SEND, status=422),
)
NO_PAGES_OF_ENFORCEMENT: Final = {
    "censures-json": "JSON",
    "censures-csv": "CSV",
    "officer-handover-file": "ZIP",
    "officer-sanction-document": "PDF",
    "shop-sanction-document": "PDF",
}

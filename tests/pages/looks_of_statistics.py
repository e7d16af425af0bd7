"""Pages of coverage, rates, the live board and exports."""

from __future__ import annotations

from typing import Final

from tests.pages.look import Look

STATISTICS: Final = (
    Look("officer-coverage", "province"),
    Look("officer-coverage", "idle officer", state="empty"),
    Look("officer-coverage", "county", query="?category=99", state="wrong", status=422),
    Look("officer-rates", "province", query="?period=30_days&sort=-received"),
    Look("officer-rates", "province", query="?by=day&period=30_days", state="by day"),
    Look("officer-rates", "idle officer", state="empty"),
    Look("officer-rates", "county", query="?period=own&from=x&to=2026-11-02", state="wrong", status=422),
    Look("officer-live", "province"),
    Look("officer-live", "idle officer", state="empty"),
    Look("officer-exports", "province"),
    Look("officer-exports", "idle officer", state="empty"),
    Look("officer-export", "province", ("export_ready",)),
    Look("officer-export", "province", ("export_failed",), state="wrong"),
)

"""Pages of the I/M loop and of the watch list."""

from __future__ import annotations

from typing import Final

from tests.pages.look import Look

EMISSION: Final = (
    Look("officer-emission", "county"),
    Look("officer-emission", "county", query="?show=undecided", state="undecided"),
    Look("officer-emission", "idle officer", state="empty"),
    Look("officer-emission-ticket", "county", ("ticket_undecided",)),
    Look("officer-emission-ticket", "county", ("ticket_open",), state="overdue"),
    Look("officer-emission-ticket", "county", ("ticket_repaired",), state="doubtful"),
    Look(
        "officer-emission-ticket",
        "county",
        ("ticket_undecided",),
        state="wrong",
        press="main .btn[value='accept']",
        status=422,
    ),
    Look("officer-emission-import", "county"),
    Look("officer-emission-stations", "county"),
    Look("officer-emission-stations", "idle officer", state="empty"),
    Look("officer-emission-station", "county", ("test_station",)),
    Look("officer-emission-repairers", "county"),
    Look("officer-emission-repairer", "county", ("shop",)),
    Look("shop-emission", "shop"),
    Look("emission-stations"),
    Look("watch-home", "police"),
    Look("watch-add", "police"),
    Look("watch-import", "police"),
    Look("watch-entry", "police", ("watch_entry",)),
)

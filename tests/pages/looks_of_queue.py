"""Pages of the work queue: shops under supervision, reminders."""

from __future__ import annotations

from typing import Final

from tests.pages.look import Look

QUEUE: Final = (
    Look("officer-shops", "county"),
    Look("officer-shops", "county", query="?concern=silent&reminded=no", state="silent"),
    Look("officer-shops", "idle officer", state="empty"),
    Look("officer-shop", "county", ("queue_reminded",)),
    Look("officer-shop", "county", ("queue_unreminded",), state="unreminded"),
    Look("officer-shop", "county", ("queue_reminded",), state="wrong", press="main .btn[value='end']", status=422),
    Look("officer-remind", "county", query="?concern=silent&who=all"),
    Look("officer-remind", "idle officer", query="?concern=silent&who=all", state="empty"),
    Look(
        "officer-remind",
        "county",
        query="?concern=silent&who=all",
        state="wrong",
        typed=(("text", "{余额}"),),
        press="main .btn[value='send']",
        status=422,
    ),
)

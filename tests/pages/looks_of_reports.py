"""Pages of half-year reports, announcements and public lists."""

from __future__ import annotations

from typing import Final

from tests.pages.look import SEND, Look

REPORTS: Final = (
    Look("officer-reports", "province"),
    Look("officer-reports", "idle officer", state="empty"),
    Look("officer-report", "province", ("report",)),
    Look("officer-report", "province", ("report_issued",), state="issued"),
    Look(
        "officer-report",
        "province",
        ("report_ready",),
        state="conflict",
        typed=(("revision", "99"),),
        press="main .btn[value='issue']",
        status=409,
    ),
    Look("officer-report-text", "province", ("report", "funds")),
    Look(
        "officer-report-text",
        "province",
        ("report", "funds"),
        state="wrong",
        typed=(("text", "{没有这个指标}"),),
        press=SEND,
        status=422,
    ),
    Look("officer-report-figure", "province", ("report", "coverage_by_area.0.coverage")),
    Look("officer-report-figure", "province", ("report", "text.received"), state="counted again", query="?now"),
    Look("officer-report-print", "province", ("report",)),
    Look("announcements"),
    Look("announcements", query="?show=standard", state="empty"),
    Look("announcement", args=("announcement",)),
    Look("announcement", args=("announcement_withdrawn",), state="withdrawn", status=410),
    Look("public-lists"),
    Look("listed-software"),
    Look("officer-announcements", "city"),
    Look("officer-announcements", "idle officer", state="empty"),
    Look("officer-announcement-new", "city"),
    Look("officer-announcement-new", "city", state="wrong", press=SEND, status=422),
    Look("officer-announcement", "city", ("announcement_draft",), state="draft"),
    Look("officer-announcement", "province", ("announcement_checking",), state="to be checked"),
    Look("officer-announcement", "city", ("announcement",)),
    Look(
        "officer-announcement",
        "city",
        ("announcement",),
        state="wrong",
        press="main .btn[value='withdraw']",
        status=422,
    ),
    Look("officer-announcement-write", "city", ("announcement_draft",)),
    Look("officer-announcement-software", "province"),
    Look("officer-announcement-software", "province", state="wrong", press="main form.card .btn", status=422),
)

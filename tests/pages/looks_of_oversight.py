"""Pages of the three administrators, second factors, and officials under their superiors' eyes."""

from __future__ import annotations

from typing import Final

from tests.pages.look import SEND, Look

OVERSIGHT: Final = (
    Look("second-factor", "without a device", state="enrolment code"),
    Look("second-factor", "handed a code", state="enrol"),
    Look("second-factor", "asked for a code"),
    Look("second-factor", "asked for a code", state="wrong", typed=(("code", "x"),), press=SEND, status=422),
    Look("second-factor", "county", state="stands"),
    Look("security-home", "security"),
    Look("security-account", "security", ("waiting_account",)),
    Look("security-account", "security", ("own_account",), state="own"),
    Look(
        "security-account",
        "security",
        ("waiting_account",),
        state="wrong",
        typed=(("division_code", "999999"),),
        press="main .btn[value='rights']",
        status=422,
    ),
    Look("security-account", "security", ("no_device",), state="enrolment code", press="main .btn[value='enrolment']"),
    Look("officer-sign-ins", "province"),
    Look("officer-sign-ins", "idle officer", state="empty"),
    Look("officer-sign-ins", "province", state="wrong", press="main .btn[value='questioned']", status=422),
    Look("officer-acts", "province"),
    Look("officer-acts", "province", query="?action=vehicle:read_file", state="filtered"),
    Look("officer-acts", "province", query="?division=1", state="wrong", status=422),
    Look("audit-home", "auditor"),
    Look("audit-home", "auditor", query="?person=nobody", state="empty"),
)

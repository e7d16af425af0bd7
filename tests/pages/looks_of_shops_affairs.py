"""A shop and its authority: people, 合格证, credit, what its data bring; the officers' side of these too."""

from __future__ import annotations

from typing import Final

from tests.pages.look import SEND, Look

COMPLETION: Final = (
    Look("shop-certificates", "shop"),
    Look("shop-certificates", "idle shop", state="empty"),
    Look("shop-certificates", "shop", state="wrong", press="main form[action$='numbers'] .btn", status=422),
    Look("shop-certificate-new", "shop", ("needs_paper",)),
    Look("shop-certificate-new", "shop", ("needs_paper",), state="wrong", press="main form .btn", status=422),
    Look("shop-certificate-new", "shop", ("has_paper",), state="issued"),
    Look("shop-certificate", "shop", ("paper",)),
    Look("shop-certificate", "shop", ("paper",), state="wrong", press="main form .btn", status=422),
    Look("shop-certificate", "shop", ("paper_cancelled",), state="cancelled"),
    Look("officer-certificates", "county"),
    Look("officer-certificates", "idle officer", state="empty"),
    Look("completion", args=("paper",), state="stands"),
    Look("completion", args=("paper",), state="held", query="?digest={paper_digest}"),
    Look("completion", args=("paper",), state="wrong", query="?digest=00000000", status=422),
    Look("completion", args=("paper_cancelled",), state="cancelled"),
    Look("completion", args=("330106-26-000001-A",), state="unknown", status=404),
)

CREDIT: Final = (
    Look("shop-credit", "shop"),
    Look("shop-credit", "idle shop", state="empty"),
    Look("shop-credit-year", "shop", ("running_year",)),
    Look("shop-credit-year", "shop", ("credit_year",), state="handed in"),
    Look(
        "shop-credit-year",
        "shop",
        ("running_year",),
        state="wrong",
        typed=(("training_hours", "很多"),),
        press="main form button[name='save']",
        status=422,
    ),
    Look("shop-credit-check", "idle shop", ("credit_year",)),
    Look(
        "shop-credit-year",
        "shop",
        ("running_year",),
        state="conflict",
        typed=(("revision", "0"), ("training_hours", "20")),
        press="main form button[name='save']",
        status=422,
    ),
    Look("shop-credit-check", "shop", ("running_year",), state="not over"),
    Look("shop-credit-what-if", "shop", ("running_year",)),
    Look(
        "shop-credit-what-if",
        "shop",
        ("running_year",),
        query="?training_hours=24&review_score=9",
        state="wrong",
        status=422,
    ),
    Look("shop-credit-papers", "shop", ("running_year", "prices_published")),
    Look("shop-credit-papers", "shop", ("running_year", "fire_inspection"), state="empty", press=SEND, status=422),
    Look("officer-credit", "county"),
    Look("officer-credit", "idle officer", state="empty"),
    Look("officer-credit-one", "county", ("credit",)),
)

WHY: Final = (
    Look("shop-why", "shop"),
    Look("shop-why", "idle shop", state="empty"),
    Look("shop-export", "shop"),
    Look("badge-rules"),
    Look("shop-page", args=("trusted_shop",), state="trusted"),
)

_CODE: Final = (("code", "12"),)

STAFF: Final = (
    Look("shop-phone-sign-in"),
    Look("shop-phone-sign-in", state="wrong", press=SEND),
    Look("shop-phone-code", "waits for shop's code"),
    Look("shop-phone-code", "waits for shop's code", state="wrong", typed=_CODE, press=SEND),
    Look("shop-choose", "knows two shops"),
    Look("shop-enrol"),
    Look("shop-enrol", state="wrong", press=SEND, status=422),
    Look("shop-enrol-account", "proved a shop"),
    Look("shop-enrol-account", "proved a shop", state="wrong", press="main form:last-of-type .btn", status=422),
    Look("shop-enrol-code", "proved a shop"),
    Look("change-password", "shop"),
    Look("change-password", "shop", state="wrong", press=SEND, status=422),
    Look("change-password", "with one-time password", state="first"),
    Look("shop-staff", "shop"),
    Look("shop-staff", "clerk", state="for clerks"),
    Look("shop-staff", "shop", query="?show=left", state="left"),
    Look("shop-staff-add", "shop"),
    Look("shop-staff-add", "shop", state="wrong", typed=(("joined_on", ""),), press=SEND, status=422),
    Look("shop-person", "shop", ("person",)),
    Look(
        "shop-person",
        "shop",
        ("person",),
        state="wrong",
        typed=(("name", ""),),
        press="section[aria-labelledby='facts'] .btn",
        status=422,
    ),
    Look("shop-person", "shop", ("person_left",), state="left"),
    Look("shop-person", "shop", ("person_in",), state="signs in"),
    Look("shop-person-leave", "shop", ("person_in",)),
    Look("officer-staff", "county", ("shop",)),
    Look("officer-staff", "county", ("shop",), state="code made", press="main form[action$='first-sign-in'] .btn"),
    Look("officer-staff", "county", ("waiting_shop",), state="empty"),
)

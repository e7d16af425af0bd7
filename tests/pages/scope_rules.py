"""Who may open which address, and which objects of the scene stand behind it. An address that is missing is a fault."""

from __future__ import annotations

from typing import Final

EVERYBODY: Final = frozenset(
    ["", "owner", "shop", "clerk", "technician", "county", "admin", "security", "auditor", "police"]
)
"""People of the scene, one of each sort; '' is a stranger."""
SIGNED_IN: Final = EVERYBODY - {""}
OWNER: Final = frozenset({"owner"})
SHOP: Final = frozenset({"shop", "clerk", "technician"})
OFFICER: Final = frozenset({"county"})

OPEN_TO: Final = (
    ("account/password", SIGNED_IN),
    ("account/second-factor", SIGNED_IN),
    ("account/", OWNER),
    ("admin/", frozenset({"admin"})),
    ("audit/", frozenset({"auditor"})),
    ("certificates/<str:number>/revoke", SIGNED_IN),
    ("c/", frozenset({"", "owner"})),
    ("companies/", OWNER),
    ("healthz", EVERYBODY),
    ("home", SIGNED_IN),
    ("my/", OWNER),
    ("network/", OFFICER | {"admin"}),
    ("police/", frozenset({"police"})),
    ("regulator/", OFFICER),
    ("security/", frozenset({"security"})),
    ("shop/", SHOP),
    ("sign-out", SIGNED_IN),
    ("t/", OWNER),
    ("vehicle/", OFFICER),
)
"""By the beginning of the address: to whom it is open."""
# fmt: off
PUBLIC: Final = frozenset({
    "start", "privacy", "accessibility", "rules", "rule", "makers", "makers-json", "makers-csv", "maker-apply",
    "maker-status", "maker-password", "maker", "sign-in", "switch-size", "switch-language", "phone-sign-in",
    "phone-code", "outbox", "completion", "shop-phone-sign-in", "shop-phone-code", "shop-choose", "shop-enrol",
    "shop-enrol-account", "shop-enrol-code", "share-code", "shared", "certificate-check", "certificate-file",
    "certificate", "score-rules", "shop-page", "correction-figures", "correction-figures-csv", "shop-search",
    "shop-apply", "shop-apply-check", "badge-rules", "graded-shops", "graded-shops-json", "graded-shops-csv",
    "censures", "censures-json", "censures-csv", "filed-shops", "filed-shops-json", "filed-shops-csv",
    "announcements", "announcements-feed", "announcements-json", "announcements-csv", "announcement",
    "announcement-paper", "public-lists", "listed-software", "listed-software-json", "listed-software-csv",
    "emission-stations", "emission-stations-json", "emission-stations-csv", "readyz",
})
# fmt: on
"""Names of addresses that anybody may open."""

COUNTY: Final = "330106"
OBJECTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "regulator-enterprise": (COUNTY, ("shop",)),
    "regulator-review": (COUNTY, ("waiting_shop",)),
    "regulator-channel": (COUNTY, ("shop",)),
    "binding-request": (COUNTY, ("request_waiting_key",)),
    "officer-numbers": (COUNTY, ("grant",)),
    "officer-staff": (COUNTY, ("shop",)),
    "officer-shop-code": (COUNTY, ("shop",)),
    "officer-review": (COUNTY, ("review_appealed",)),
    "officer-review-appeal": (COUNTY, ("review_appealed",)),
    "officer-review-text": (COUNTY, ("review_held",)),
    "officer-review-count": (COUNTY, ("review_reviewed",)),
    "officer-case": (COUNTY, ("case_submitted",)),
    "officer-case-photo": (COUNTY, ("case_submitted", "1")),
    "case-handover": (COUNTY, ("case_handed_over",)),
    "case-handover-json": (COUNTY, ("case_handed_over",)),
    "officer-attachment": ("330110", ("attachment",)),
    "officer-filing": ("330110", ("change",)),
    "officer-credit-one": (COUNTY, ("credit",)),
    "officer-credit-photo": (COUNTY, ("credit", "credit_photo")),
    "officer-credit-file": (COUNTY, ("credit_objected", "credit_file")),
    "officer-notice": (COUNTY, ("notice_sent",)),
    "officer-duty": (COUNTY, ("duty_answered",)),
    "officer-duty-evidence": (COUNTY, ("duty_answered", "1")),
    "officer-shop": (COUNTY, ("queue_reminded",)),
    "officer-letter": (COUNTY, ("queue_letter",)),
    "officer-censure": (COUNTY, ("censure_draft",)),
    "officer-handover": (COUNTY, ("hand_over",)),
    "officer-handover-file": (COUNTY, ("hand_over",)),
    "officer-sanction": (COUNTY, ("sanction",)),
    "officer-sanction-document": (COUNTY, ("sanction",)),
    "officer-evidence": (COUNTY, ("shop",)),
    "officer-inspection-draw": ("330111", ("draw",)),
    "officer-inspection": ("330111", ("inspection",)),
    "officer-inspection-decide": ("330111", ("inspection",)),
    "officer-inspection-save": ("330111", ("inspection",)),
    "officer-inspection-answer": ("330111", ("inspection",)),
    "officer-inspection-paper": ("330111", ("inspection_done",)),
    "officer-inspection-photos": ("330111", ("inspection",)),
    "officer-inspection-photo": ("330111", ("inspection", "inspection_photo")),
    "officer-inspection-photo-remove": ("330111", ("inspection", "inspection_photo")),
    "officer-cancel-filing": ("330111", ("ending_shop",)),
    "officer-report": ("330000", ("report",)),
    "officer-report-text": ("330000", ("report", "funds")),
    "officer-report-figure": ("330000", ("report", "text.received")),
    "officer-report-print": ("330000", ("report",)),
    "officer-report-word": ("330000", ("report_issued",)),
    "officer-report-snapshot": ("330000", ("report",)),
    "officer-announcement": ("330100", ("announcement_draft",)),
    "officer-announcement-write": ("330100", ("announcement_draft",)),
    "officer-announcement-papers": ("330100", ("announcement_draft",)),
    "officer-announcement-paper": ("330100", ("announcement_draft", "announcement_paper")),
    "officer-emission-station": (COUNTY, ("test_station",)),
    "officer-emission-repairer": (COUNTY, ("shop",)),
    "officer-emission-ticket": (COUNTY, ("ticket_undecided",)),
    "officer-assessment-area": ("330100", ("month", "330100")),
    "officer-assessment-figures": ("330100", ("month", "330100")),
    "officer-sign-in-check": (COUNTY, ("drawn_look",)),
}
"""Officers' addresses with an object: whose it is, and what stands in the address (names of the scene's ids, or text).
The first part that is an id is the one that a foreign officer must not be able to tell from an unknown one."""
OWN_TO_THE_PERSON: Final = {"officer-export": ("export_ready",), "officer-export-file": ("export_ready",)}
"""Files that only the officer who asked for them may fetch; those of the scene are the province's."""
ONLY_OF_THE_MINISTRY: Final = frozenset(
    {
        "regulator-maker",
        "regulator-maker-decide",
        "regulator-maker-dealers",
        "regulator-maker-end-dealer",
        "regulator-maker-password",
    }
)
"""Makers are the ministry's; a province has none."""
LISTS_WITH_PARTS: Final = {
    "officer-chart": (("coverage",), ("trend",), ("rates",)),
    "officer-export-now": (("coverage", "csv"), ("coverage", "xlsx"), ("rates", "csv"), ("rates", "xlsx")),
    "officer-assessment-month": (("month",),),
    "officer-assessment-file": (("month", "csv"), ("month", "xlsx")),
    "officer-assessment-chart": (("month",),),
}
"""Officers' addresses whose parts say what is shown, not of whom."""

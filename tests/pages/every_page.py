"""Every page of the site, once: who sees it, at which address of the scene, in which states worth a look.

A page added later has to be entered here, or in NO_PAGES with what it is instead; a test holds this against the
addresses of the site.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.pages.look import Look
from tests.pages.looks_of_credit_review import CREDIT_REVIEW, NO_PAGES_OF_CREDIT
from tests.pages.looks_of_emission import EMISSION
from tests.pages.looks_of_enforcement import ENFORCEMENT, NO_PAGES_OF_ENFORCEMENT
from tests.pages.looks_of_inspections import INSPECTIONS
from tests.pages.looks_of_officers import MINISTRY, OFFICER
from tests.pages.looks_of_oversight import OVERSIGHT
from tests.pages.looks_of_owners import OWNER, PUBLIC
from tests.pages.looks_of_queue import QUEUE
from tests.pages.looks_of_reports import REPORTS
from tests.pages.looks_of_shops import SHOP
from tests.pages.looks_of_shops_affairs import COMPLETION, CREDIT, STAFF, WHY
from tests.pages.looks_of_statistics import STATISTICS

LOOKS: Final = (
    *WHY,
    *CREDIT,
    *CREDIT_REVIEW,
    *PUBLIC,
    *OWNER,
    *SHOP,
    *COMPLETION,
    *OFFICER,
    *MINISTRY,
    *STAFF,
    *OVERSIGHT,
    *REPORTS,
    *QUEUE,
    *INSPECTIONS,
    *STATISTICS,
    *EMISSION,
    *ENFORCEMENT,
)

NO_PAGES: Final = {
    **NO_PAGES_OF_CREDIT,
    **NO_PAGES_OF_ENFORCEMENT,
    "shop-settlement-list-pdf": "PDF",
    "shop-credit-photo": "JPEG",
    "officer-credit-photo": "JPEG",
    "shop-certificates-csv": "CSV",
    "shop-certificate-pdf": "PDF",
    "officer-certificates-csv": "CSV",
    "home": "leads on to the first page of the role",
    "makers-json": "JSON",
    "makers-csv": "CSV",
    "emission-stations-json": "JSON",
    "emission-stations-csv": "CSV",
    "officer-emission-template": "CSV",
    "vehicle-chart": "SVG",
    "officer-chart": "SVG",
    "officer-export-now": "xlsx or CSV",
    "officer-export-file": "xlsx or CSV",
    "car-chart": "SVG",
    "shop-day-csv": "CSV",
    "shop-file-template": "xlsx or CSV",
    "shop-file-answer": "xlsx or CSV",
    "car-export-json": "JSON",
    "car-export-csv": "CSV",
    "car-export-lubelogger": "CSV",
    "car-calendar": "iCalendar",
    "car-inspection": "iCalendar",
    "fleet-export": "CSV",
    "certificate-file": "PDF or JSON",
    "officer-report-word": "Word file",
    "officer-report-snapshot": "JSON",
    "announcements-feed": "Atom",
    "announcements-json": "JSON",
    "announcements-csv": "CSV",
    "announcement-paper": "PDF",
    "officer-announcement-paper": "PDF",
    "listed-software-json": "JSON",
    "listed-software-csv": "CSV",
    "filed-shops-json": "JSON",
    "filed-shops-csv": "CSV",
    "officer-inspection-answer": "JSON, for the page's script",
    "officer-inspection-photos": "JSON, for the page's script",
    "officer-inspection-photo": "JPEG",
    "officer-inspection-photo-remove": "leads back to officer-inspection",
    "officer-inspection-paper": "PDF",
    "officer-inspection-save": "shows officer-inspection",
    "officer-inspection-decide": "shows officer-inspection",
    "shop-inspection-photo": "JPEG",
    "shop-inspection-paper": "PDF",
    "roster-template": "CSV",
    "case-handover-json": "JSON",
    "correction-figures-csv": "CSV",
    "my-case-photo": "JPEG",
    "shop-case-photo": "JPEG",
    "officer-case-photo": "JPEG",
    "shop-attachment": "JPEG or PDF",
    "officer-attachment": "JPEG or PDF",
    "shop-duty-evidence": "JPEG or PDF",
    "officer-duty-evidence": "JPEG or PDF",
    "officer-letter": "PDF",
    "officer-assessment-file": "xlsx or CSV",
    "watch-list-file": "xlsx or CSV",
    "watch-alerts-file": "xlsx or CSV",
    "officer-assessment-chart": "SVG",
    "officer-assessment-figures": "JSON",
}
"""Addresses that answer GET with something else than a page."""
EVERYBODYS_OWN: Final = {
    "shop-credit-year": "16.7",
    "shop-credit-check": "16.7",
    "shop-credit-what-if": "16.7",
    "shop-credit-papers": "/photos/",
    "shop-day": "SCENE-NAMED-",
}
"""Addresses that name a year or a day and no object of somebody, so that each shop sees its own there; with what only
the page of the scene's shop shows: hours of training that it stated, its photos, its numbers."""
ONLY_POST: Final = frozenset(
    [
        "officer-climb",
        "officer-assessment-freeze",
        "officer-sign-in-check",
        "security-change",
        "watch-acknowledge",
        "officer-announcement-papers",
        "shop-apply-check",
        "shop-filing-withdraw",
        "shop-attachments",
        "shop-attachment-remove",
        "shop-person-account",
        "shop-person-certificates",
        "shop-person-certificate-end",
        "shop-person-return",
        "officer-shop-code",
        "shop-draft-save",
        "shop-draft-delete",
        "shop-suggest-car",
        "shop-order-cancel",
        "shop-order-reopen",
        "shop-order-send",
        "shop-my-job",
        "shop-credit-take-back",
        "shop-credit-object",
        "officer-credit-publish",
        "officer-credit-take-up",
        "shop-credit-photo-remove",
        "shop-numbers",
        "shop-numbers-withdraw",
        "officer-numbers",
        "sign-out",
        "switch-size",
        "switch-language",
        "vehicle-vin",
        "my-car-vin",
        "shop-connect-software",
        "shop-secrets",
        "shop-secret-end",
        "regulator-review",
        "regulator-channel",
        "regulator-maker-decide",
        "regulator-maker-dealers",
        "regulator-maker-end-dealer",
        "regulator-maker-password",
        "account-sessions",
        "withdraw-request",
        "binding-word",
        "car-people-revoke",
        "give-up",
        "car-transfer-cancel",
        "fleet-roster",
        "fleet-add-member",
        "fleet-end-member",
        "fleet-move-car",
        "fleet-end-car",
        "revoke-share",
        "revoke-certificate",
        "review-withdraw",
        "shop-review-reply",
        "shop-review-appeal",
        "officer-review-appeal",
        "officer-review-text",
        "officer-review-count",
    ]
)
"""Addresses of deeds: they answer GET with 405."""


def looks(node: str = "province", *accounts: str) -> Iterator[Look]:
    """Those of a node, of all accounts or of these."""
    return (look for look in LOOKS if look.node == node and (not accounts or look.account in accounts))

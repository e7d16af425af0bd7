"""Every page of the site, once: who sees it, at which address of the scene, in which states worth a look.

A page added later has to be entered here, or in NO_PAGES with what it is instead; a test holds this against the
addresses of the site.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from django.urls import reverse

from tests.pages.scene import Scene


class Look(NamedTuple):
    """One page in one state, as somebody sees it."""

    name: str
    """Of the address; '' for one that no page has."""
    account: str = ""
    """Of the scene; '' for a stranger."""
    args: tuple[str, ...] = ()
    """Parts of the address: names of the scene's ids, or themselves."""
    state: str = ""
    """'' for what the page mostly shows."""
    query: str = ""
    status: int = 200
    typed: tuple[tuple[str, str], ...] = ()
    """Names of fields and what is typed there before ``press``."""
    press: str = ""
    """Selector of a button that leads to the state."""
    file: str = ""
    """Text of a file that is chosen before ``press``."""
    node: str = "province"

    @property
    def title(self) -> str:
        """Names a picture of it: ``bind-wrong``."""
        place = self.name or "nowhere"
        return f"{place}-{self.state.replace(' ', '-')}" if self.state else place

    def path(self, scene: Scene) -> str:
        """Address at the scene's site."""
        if not self.name:
            return "/nothing-here"
        query = self.query.format_map(scene.ids)
        return reverse(self.name, args=[scene.ids.get(part, part) for part in self.args]) + query


_SEND: Final = "main form .btn"
_CAR: Final = ("car",)
_VISIT: Final = ("car", "visit")
_DOUBTFUL: Final = ("visit_doubtful",)
_CHECK: Final = "main form .btn[value='check']"
_UNKNOWN_ID: Final = "2222222222ab"
_ROSTER: Final = "车牌号码,车架号,认领码,结算清单编号,送修里程,结算日期\n浙A00001,123456,,000000,1,\n浙A1,,,,,\n"

_COMPLETION: Final = (
    Look("shop-certificates", "shop"),
    Look("shop-certificates", "idle shop", state="empty"),
    Look("shop-certificates", "shop", state="wrong", press="main form[action$='numbers'] .btn", status=422),
    Look("shop-certificate-new", "shop", ("needs_paper",)),
    Look("shop-certificate-new", "shop", ("needs_paper",), state="wrong", press="main form .btn", status=422),
    Look("shop-certificate-new", "shop", ("has_paper",), state="issued"),
    Look("shop-certificate", "shop", ("paper",)),
    Look("shop-certificate", "shop", ("paper_cancelled",), state="cancelled"),
    Look("officer-certificates", "county"),
    Look("officer-certificates", "idle officer", state="empty"),
    Look("completion", args=("paper",), state="stands"),
    Look("completion", args=("paper",), state="held", query="?digest={paper_digest}"),
    Look("completion", args=("paper",), state="wrong", query="?digest=00000000", status=422),
    Look("completion", args=("paper_cancelled",), state="cancelled"),
    Look("completion", args=("330106-26-000001-A",), state="unknown", status=404),
)
_PUBLIC: Final = (
    Look("start"),
    Look("privacy"),
    Look("accessibility"),
    Look("rules"),
    Look("rule", args=("VIN_EMPTY",)),
    Look("makers", state="empty"),
    Look("sign-in"),
    Look("sign-in", state="wrong", press=_SEND),
    Look("phone-sign-in"),
    Look("phone-sign-in", state="wrong", typed=(("number", "123"),), press=_SEND),
    Look("phone-code", "waits for code"),
    Look("phone-code", "waits for code", state="wrong", typed=(("code", "12"),), press="main form .btn"),
    Look("outbox"),
    Look("claim", args=("free_code",), state="stranger"),
    Look("share-code"),
    Look("share-code", state="wrong", press=_SEND, status=422),
    Look("shared", args=("share_live",), state="before"),
    Look("shared", args=("share_opened",), state="full"),
    Look("shared", args=("share_verdict",), state="verdict"),
    Look("shared", args=("share_expired",), state="expired", status=404),
    Look("certificate-check"),
    Look("certificate-check", state="wrong", press=_SEND, status=422),
    Look("certificate", args=("certificate",), state="stands"),
    Look("certificate", args=("certificate_superseded",), state="superseded"),
    Look("certificate", args=("certificate_revoked",), state="revoked"),
    Look("certificate", args=("33-2222-2222-2222",), state="unknown", status=404),
    Look("score-rules"),
    Look("shop-apply"),
    Look("shop-apply", state="wrong", press=_SEND, status=422),
    Look("shop-page", args=("shop",)),
    Look("shop-search"),
    Look("shop-search", query="?words=没有这家", state="empty"),
    Look("correction-figures"),
    Look("", state="not found", status=404),
)
_OWNER: Final = (
    Look("garage", "owner"),
    Look("garage", "asker", state="requests"),
    Look("garage", "newcomer", state="empty"),
    Look("bind", "owner"),
    Look("bind", "owner", state="wrong", press="main form:nth-of-type(2) .btn", status=422),
    Look(
        "bind",
        "newcomer",
        state="not at once",
        typed=(("plate", "浙A00009"), ("vin_tail", "123456"), ("number", "000000"), ("mileage", "1")),
        press="main form:nth-of-type(2) .btn",
    ),
    Look("claim", "newcomer", ("free_code",), state="car"),
    Look("claim", "newcomer", ("2222-2222-2223",), state="unknown", status=404),
    Look("claim", "guesser", ("free_code",), state="too many", status=429),
    Look("claim", "newcomer", ("own_code",), state="another's", press=_SEND),
    Look("my-request", "asker", ("request_waiting",), state="waiting"),
    Look("my-request", "asker", ("request_agreed",), state="agreed"),
    Look("my-request", "asker", ("request_refused",), state="refused"),
    Look("end-binding", "owner", _CAR),
    Look("my-car", "owner", _CAR),
    Look("my-car", "owner", ("fallen_car",), state="odometer fell"),
    Look("my-car", "owner", ("empty_car",), state="empty"),
    Look("my-car", "relative", ("seen_car",), state="by consent"),
    Look("my-car", "newcomer", (_UNKNOWN_ID,), state="no such car", status=404),
    Look("car-looks", "owner", _CAR),
    Look("car-looks", "owner", ("empty_car",), state="empty"),
    Look("car-export", "owner", _CAR),
    Look("car-service", "owner", _CAR),
    Look("car-service", "owner", ("empty_car",), state="empty"),
    Look("car-shares", "owner", _CAR),
    Look("car-shares", "owner", ("empty_car",), state="empty"),
    Look(
        "car-shares",
        "owner",
        _CAR,
        state="made",
        press="main form[action$='shares'] .btn, main form:not([action]) .btn",
    ),
    Look("car-certificates", "owner", _CAR),
    Look("car-certificates", "owner", ("empty_car",), state="empty", press=_SEND, status=422),
    Look("certificate", "owner", ("certificate_superseded",), state="own"),
    Look("car-people", "owner", _CAR),
    Look("car-people", "owner", ("empty_car",), state="empty"),
    Look("car-people", "owner", _CAR, state="wrong", press="main form[action$='people'] .btn", status=422),
    Look("car-transfer", "owner", _CAR, state="offered"),
    Look("car-transfer", "owner", ("fallen_car",)),
    Look("car-transfer", "owner", ("empty_car",), state="made", press=_SEND),
    Look("take-over", "newcomer"),
    Look("take-over", "newcomer", state="wrong", typed=(("code", "2222"),), press=_SEND, status=422),
    Look("take-over-code", "newcomer", ("transfer_code",)),
    Look("bind-other", "buyer"),
    Look("bind-other", "buyer", state="wrong", press=_SEND, status=422),
    Look("bind-other-code", "buyer"),
    Look("bind-other-code", "buyer", state="wrong", typed=(("code", "1"),), press=_SEND, status=422),
    Look("fleets", "newcomer", state="empty"),
    Look("fleets", "newcomer", state="wrong", press=_SEND, status=422),
    Look("fleets", "manager"),
    Look("fleet", "manager", ("fleet",)),
    Look("fleet", "manager", ("fleet",), state="roster", file=_ROSTER, press="form[action$='roster'] .btn"),
    Look("fleet", "newcomer", (_UNKNOWN_ID,), state="not yours", status=404),
    Look("account", "owner"),
    Look("account-phone", "owner"),
    Look("account-phone", "owner", state="wrong", typed=(("number", "1"),), press=_SEND),
    Look("account-phone-codes", "relative"),
    Look("account-close", "owner", state="has cars"),
    Look("account-close", "newcomer"),
    Look("review-write", "owner", _VISIT),
    Look("review-write", "owner", _VISIT, state="wrong", press=_SEND, status=422),
    Look("review-write", "owner", ("car", "visit_reviewed"), state="already", status=409),
    Look("my-reviews", "owner"),
    Look("my-reviews", "newcomer", state="empty"),
    Look("review-more", "owner", ("review_appealed",)),
    Look("report-mistake", "owner", _VISIT),
    Look("report-missing", "owner", _CAR),
    Look("report-missing", "owner", _CAR, query="?q=没有这家", state="no such shop"),
    Look("report-missing", "owner", _CAR, query="?shop={shop}", state="shop chosen"),
    Look("complain", "owner", _VISIT),
    Look("complain", "owner", _VISIT, state="wrong", press=_SEND, status=422),
    Look("my-cases", "owner"),
    Look("my-cases", "newcomer", state="empty"),
    *(
        Look("my-case", "owner", (f"case_{state.replace(' ', '_')}",), state=state)
        for state in (
            *("with shop", "refused by shop", "with county", "with city", "corrected", "refused", "missing"),
            *("submitted", "forwarded", "mediated", "dismissed", "handed over"),
        )
    ),
    Look("my-car", "manager", ("company_car",), state="of a company"),
    Look("regulator-home", "owner", state="forbidden", status=403),
)
_SHOP: Final = (
    Look("shop-home", "shop"),
    Look("shop-home", "idle shop", state="empty"),
    Look("shop-records", "shop"),
    *(
        Look("shop-records", "shop", query=f"?show={show}", state=show)
        for show in ("today", "doubtful", "held", "void")
    ),
    Look("shop-records", "shop", query="?show=open", state="no open orders"),
    Look("shop-records", "shop", query="?show=missing", state="nothing missing"),
    Look("shop-records", "shop", query="?show=unsent", state="all sent"),
    Look("shop-records", "idle shop", state="empty"),
    Look("shop-records", "shop", state="found", typed=(("q", "61000"),), press=_SEND),
    Look("shop-record", "shop", ("visit",)),
    *(Look("shop-record", "shop", (f"visit_{name}",), state=name) for name in ("doubtful", "fileless", "voided")),
    Look("shop-record-correct", "shop", _DOUBTFUL),
    Look("shop-record-correct", "shop", ("visit",), state="sound"),
    Look("shop-record-correct", "shop", _DOUBTFUL, state="wrong", press=_CHECK, status=422),
    Look(
        "shop-record-correct",
        "shop",
        _DOUBTFUL,
        state="check",
        typed=(("parts", "机油 | OIL-1 | 4"), ("reason", "核对入库单后改正")),
        press=_CHECK,
    ),
    Look("shop-record-explain", "shop", _DOUBTFUL, query="?code=VIN_CHECK_DIGIT"),
    Look(
        "shop-record-explain", "shop", _DOUBTFUL, state="wrong", query="?code=VIN_CHECK_DIGIT", press=_SEND, status=422
    ),
    Look("shop-record-void", "shop", _DOUBTFUL),
    Look("shop-record-void", "shop", _DOUBTFUL, state="wrong", press=_SEND, status=422),
    Look("shop-connect", "shop"),
    Look("shop-connect", "idle shop", state="empty"),
    Look("shop-connect-try", "shop"),
    Look("shop-connect-try", "shop", state="province", query="?form=lcippro"),
    Look("shop-connect-try", "shop", state="gate down", press=_SEND, status=503),
    Look("shop-errors", "shop"),
    Look("shop-errors", "idle shop", state="empty"),
    Look("shop-days", "shop"),
    Look("shop-day", "shop", ("named_day",), state="differences"),
    Look("shop-day", "shop", ("unnamed_day",), state="not compared"),
    Look("shop-files", "shop"),
    Look("shop-files", "idle shop", state="wrong", press=_SEND, status=422),
    Look("shop-file", "shop", ("shop_file",)),
    Look("shop-claim", "shop", ("visit",)),
    Look("shop-reviews", "shop"),
    Look("shop-reviews", "idle shop", state="empty"),
    Look("shop-review", "shop", ("review_appealed",), state="appealed"),
    Look("shop-review", "shop", ("review_reviewed",)),
    Look("shop-cases", "shop"),
    Look("shop-cases", "idle shop", state="empty"),
    Look("shop-case", "shop", ("case_with_shop",)),
    Look("shop-case", "shop", ("case_forwarded",), state="complaint"),
    Look("shop-filing", "filer"),
    Look("shop-filing", "refused filer", state="refused"),
    Look("shop-filing", "waiting filer", state="waiting"),
    Look("shop-filing", "waiting filer", state="no paper", press="main form[action$='attachments/'] .btn", status=422),
    Look("shop-filing-change", "late filer"),
    Look("shop-filing-change", "refused filer", state="again"),
    Look("shop-filing-change", "waiting filer", state="wrong", typed=(("company_name", ""),), press=_SEND, status=422),
    Look("shop-checklist", "waiting filer"),
    Look("shop-checklist", "filer", state="empty"),
    Look("shop-profile", "filer"),
    Look(
        "shop-profile",
        "filer",
        state="wrong",
        typed=(("latitude", "95"),),
        press="main form .btn:not(.quiet)",
        status=422,
    ),
    Look("shop-notices", "shop"),
    Look("shop-notices", "idle shop", state="empty"),
    Look("shop-notice", "shop", ("notice_sent",)),
    Look("shop-notice", "shop", ("notice_withdrawn",), state="withdrawn"),
    Look("shop-duties", "shop"),
    Look("shop-duties", "idle shop", state="empty"),
    Look("shop-duty", "shop", ("duty_with_shop",)),
    Look("shop-duty", "shop", ("duty_with_shop",), state="wrong", press="main form .btn", status=422),
    Look("shop-duty", "shop", ("duty_returned",), state="returned"),
    Look("shop-duty", "shop", ("duty_overdue",), state="overdue"),
    Look("shop-new", "shop"),
    Look("shop-new", "idle shop", state="no records yet"),
    Look("shop-drafts", "shop"),
    Look("shop-drafts", "idle shop", state="empty"),
    Look("shop-draft", "shop", ("draft_ready",)),
    Look("shop-draft", "shop", ("draft_faulty",), state="wrong", press=_CHECK, status=422),
    Look("shop-draft", "shop", ("draft_waiting",), state="waiting"),
    Look("shop-draft-check", "shop", ("draft_ready",)),
    Look("shop-draft-check", "shop", ("draft_doubtful",), state="unconfirmed", press=_SEND, status=422),
    Look("shop-draft-check", "shop", ("draft_faulty",), state="wrong"),
    Look("shop-draft-check", "shop", ("draft_refused",), state="refused"),
    Look("shop-receipt", "shop", ("record_sent",)),
    Look("shop-receipt", "shop", ("visit_voided",), state="void"),
    Look("shop-orders", "shop"),
    Look("shop-orders", "shop", query="?show=settled", state="settled"),
    Look("shop-orders", "idle shop", state="empty"),
    Look("shop-order-new", "shop"),
    Look("shop-terms", "shop"),
    Look("shop-terms", "shop", state="wrong", typed=(("minor_km", "1"),), press=_SEND, status=422),
    Look("shop-order", "shop", ("order_open",), state="wrong", query="?check=1"),
    Look("shop-order", "shop", ("order_dispatched",), state="dispatched"),
    Look("shop-order", "shop", ("order_settled",), state="settled"),
    Look("shop-order", "shop", ("order_cancelled",), state="cancelled"),
    Look("shop-order-settle", "shop", ("order_dispatched",)),
    Look("shop-order-settle", "shop", ("order_open",), state="not yet"),
    Look("shop-settlement-list", "shop", ("order_settled",)),
    Look("shop-my-jobs", "shop"),
    Look("shop-my-jobs", "idle shop", state="empty"),
)
_OFFICER: Final = (
    Look("regulator-home", "county"),
    Look("regulator-home", "idle officer", state="empty"),
    Look("regulator-enterprises", "county"),
    Look("regulator-enterprises", "county", query="?state=rejected", state="empty"),
    Look("regulator-enterprise", "county", ("waiting_shop",)),
    Look("regulator-records", "county"),
    Look("regulator-records", "county", query="?show=doubts&days=365", state="doubts"),
    Look("look-up", "county"),
    Look("look-up", "county", state="wrong", press=_SEND, status=422),
    Look(
        "look-up",
        "county",
        state="unknown",
        typed=(("plate", "浙A00009"), ("vin_tail", "123456")),
        press=_SEND,
        status=404,
    ),
    Look("vehicle-file", "county", ("file",)),
    Look("vehicle-file", "county", ("1:x:y",), state="expired", status=404),
    Look("binding-queue", "county"),
    Look("binding-queue", "idle officer", state="empty"),
    Look("binding-request", "county", ("request_waiting_key",)),
    Look("binding-request", "province", ("request_refused_key",), state="decided"),
    Look("officer-reviews", "county"),
    Look("officer-reviews", "idle officer", state="empty"),
    Look("officer-review", "county", ("review_appealed",), state="appealed"),
    Look("officer-review", "county", ("review_held",), state="held"),
    Look("officer-cases", "county"),
    Look("officer-cases", "idle officer", state="empty"),
    Look("officer-case", "county", ("case_with_county",)),
    Look("officer-case", "county", ("case_submitted",), state="complaint"),
    Look("officer-case", "city", ("case_with_city",), state="overdue"),
    Look("case-handover", "county", ("case_handed_over",)),
    Look("officer-filings", "province"),
    Look("officer-filings", "idle officer", state="empty"),
    Look("officer-filing", "province", ("change",)),
    Look("officer-filing", "province", ("change",), state="wrong", press="main button[value=refuse]", status=422),
    Look("officer-filing", "province", ("change_late",), state="late"),
    Look("officer-filing", "province", ("change_refused",), state="refused"),
    Look("regulator-enterprise", "province", ("filing_shop",), state="papers"),
    Look("officer-notices", "county"),
    Look("officer-notices", "idle officer", state="empty"),
    Look("officer-notice-new", "county", query="?template=not_uploaded&shop={shop}"),
    Look("officer-notice-new", "county", state="wrong", press="main form[method=post] .btn", status=422),
    Look("officer-notice", "county", ("notice_draft",), state="draft"),
    Look("officer-notice", "county", ("notice_sent",)),
    Look("officer-notice", "county", ("notice_withdrawn",), state="withdrawn"),
    Look("officer-duties", "county"),
    Look("officer-duties", "idle officer", state="empty"),
    Look("officer-duty-new", "county", query="?shop={shop}"),
    Look("officer-duty-new", "county", query="?shop={shop}", state="wrong", press=_SEND, status=422),
    Look("officer-duty", "county", ("duty_answered",)),
    Look("officer-duty", "county", ("duty_longer",), state="longer limit"),
    Look("officer-duty", "county", ("duty_overdue",), state="overdue"),
    Look("certificate", "province", ("certificate",), state="officer"),
    Look("network", "province"),
    Look("network-dead-letters", "province"),
    Look("network-refusals", "province"),
    Look("network-waiting", "province", ("00",)),
    Look("network-comparison", "province", ("comparison",)),
)
_MINISTRY: Final = tuple(
    look._replace(node="ministry")
    for look in (
        Look("makers"),
        Look("maker", args=("maker",)),
        Look("maker-apply"),
        Look("maker-apply", state="wrong", press=_SEND, status=422),
        Look("maker-status"),
        Look("maker-password"),
        Look("regulator-makers", "ministry"),
        Look("regulator-maker", "ministry", ("waiting_maker",), state="waiting"),
        Look("regulator-maker", "ministry", ("maker",)),
        Look("network", "ministry", state="ministry"),
    )
)
_CREDIT: Final = (
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
    Look("shop-credit-papers", "shop", ("running_year", "fire_inspection"), state="empty", press=_SEND, status=422),
    Look("officer-credit", "county"),
    Look("officer-credit", "idle officer", state="empty"),
    Look("officer-credit-one", "county", ("credit",)),
)
_WHY: Final = (
    Look("shop-why", "shop"),
    Look("shop-why", "idle shop", state="empty"),
    Look("shop-export", "shop"),
    Look("badge-rules"),
    Look("shop-page", args=("trusted_shop",), state="trusted"),
)
_CODE: Final = (("code", "12"),)
_STAFF: Final = (
    Look("shop-phone-sign-in"),
    Look("shop-phone-sign-in", state="wrong", press=_SEND),
    Look("shop-phone-code", "waits for shop's code"),
    Look("shop-phone-code", "waits for shop's code", state="wrong", typed=_CODE, press=_SEND),
    Look("shop-choose", "knows two shops"),
    Look("shop-enrol"),
    Look("shop-enrol", state="wrong", press=_SEND, status=422),
    Look("shop-enrol-account", "proved a shop"),
    Look("shop-enrol-account", "proved a shop", state="wrong", press="main form:last-of-type .btn", status=422),
    Look("shop-enrol-code", "proved a shop"),
    Look("change-password", "shop"),
    Look("change-password", "shop", state="wrong", press=_SEND, status=422),
    Look("change-password", "with one-time password", state="first"),
    Look("shop-staff", "shop"),
    Look("shop-staff", "clerk", state="for clerks"),
    Look("shop-staff", "shop", query="?show=left", state="left"),
    Look("shop-staff-add", "shop"),
    Look("shop-staff-add", "shop", state="wrong", typed=(("joined_on", ""),), press=_SEND, status=422),
    Look("shop-person", "shop", ("person",)),
    Look("shop-person", "shop", ("person_left",), state="left"),
    Look("shop-person", "shop", ("person_in",), state="signs in"),
    Look("shop-person-leave", "shop", ("person_in",)),
    Look("officer-staff", "county", ("shop",)),
    Look("officer-staff", "county", ("waiting_shop",), state="empty"),
)
LOOKS: Final = (*_WHY, *_CREDIT, *_PUBLIC, *_OWNER, *_SHOP, *_COMPLETION, *_OFFICER, *_MINISTRY, *_STAFF)

NO_PAGES: Final = {
    "shop-settlement-list-pdf": "PDF",
    "shop-credit-photo": "JPEG",
    "officer-credit-photo": "JPEG",
    "shop-certificates-csv": "CSV",
    "shop-certificate-pdf": "PDF",
    "officer-certificates-csv": "CSV",
    "home": "leads on to the first page of the role",
    "makers-json": "JSON",
    "makers-csv": "CSV",
    "vehicle-chart": "SVG",
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

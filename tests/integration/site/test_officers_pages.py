"""Pages of officers without a browser: what they offer, what they count, and what they answer to nonsense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from random import Random

import openpyxl
import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.integration.site.officials import browser
from tests.integration.supervision.frozen_months import area, keep, measures
from tests.pages.filled_province import TODAY, Province

from chedang.access.model import AuditAction
from chedang.access.models import AuditEvent, User
from chedang.fiction.vehicles import make_vin
from chedang.filing.models.inspections import Inspection, InspectionDraw
from chedang.platform.pdfs import MAX_PDF_BYTES
from chedang.platform.tables import write_xlsx
from chedang.quality.tallying import refresh_shops
from chedang.reviews.models.cases import Case
from chedang.reviews.models.complaints import Complaint
from chedang.site.regulator.enforcement import urls as _urls  # noqa: F401 - registers the table
from chedang.site.regulator.inspections.figures import figures_of
from chedang.site.regulator.reports import pages as reports_pages
from chedang.site.regulator.statistics.exports import registered
from chedang.supervision.models.announcements import Announcement
from chedang.supervision.models.duties import Duty
from chedang.supervision.models.enforcement import Censure, HandOver, Sanction
from chedang.supervision.models.reports import HalfYearReport
from chedang.supervision.models.snapshots import Snapshot

SENTENCE = "请填写日期"


@pytest.fixture
def province(node: str) -> Iterator[Province]:
    """One shop; pages meet this database."""
    with psycopg.connect(node, autocommit=True) as connection:
        made = Province(connection)
        made.add_shop("own", 0, division_code="330106", is_approved=True)
        yield made


@pytest.fixture
def officer(province: Province) -> Client:
    """An official of its county, signed in."""
    user = User.objects.create(
        username="officer", display_name="某人", role="regulator", division_code="330106", password="!"
    )
    return browser(user)


def test_numbers_that_no_page_has_are_the_first_page(officer: Client) -> None:
    for address in ("sanctions/?year=0000", "sanctions/?year=9999", f"filings/expiring?page={'9' * 5000}"):
        assert officer.get(f"/regulator/{address}").status_code == 200, address


def test_a_day_that_no_record_can_have_is_asked_for_again(officer: Client, province: Province) -> None:
    code = province.shops["own"]
    period = {"since": "0001-01-01", "until": "0001-02-01"}
    assert officer.get(f"/regulator/shops/{code}/evidence", period).status_code == 422
    case = {"shop": code, "received_by": "某执法队", "item": "archive_upload", "what": "没有上传"}
    assert officer.post("/regulator/handovers/new", case | period).status_code == 422
    decision = {"shop": code, "item": "warranty", "kind": "warning", "decision_number": "1号", "vehicles": "1"}
    answer = officer.post("/regulator/sanctions/new", decision | {"decided_on": "0001-01-01", "gains_yuan": "0"})
    assert answer.status_code == 422
    assert SENTENCE in answer.content.decode()
    assert not HandOver.objects.exists()
    assert not Sanction.objects.exists()


@pytest.mark.parametrize("name", ["x" * 500, "new", "a/b", "ABCDEF0123456789", "0123456789abcdef\n"])
def test_an_announcement_is_written_under_no_name_but_one_that_a_page_drew(officer: Client, name: str) -> None:
    written = {"draft": name, "kind": "policy", "title": "某公告", "text": "正文"}
    answer = officer.post("/regulator/announcements/new", written)
    assert answer.status_code == 302
    made = Announcement.objects.get()
    assert made.public_id != name
    assert officer.get(f"/regulator/announcements/{made.public_id}").status_code == 200


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_an_announcement_may_be_shown_from_any_day(officer: Client, day: str) -> None:
    made = Announcement.objects.create(
        kind="policy", state="checked", title="某公告", text="正文", division_code="330106", authority="某机关",
        drafted_at=datetime.now(UTC),
    )  # fmt: skip
    address = f"/regulator/announcements/{made.public_id}"
    assert officer.post(address, {"deed": "publish", "shown_on": day, "seen": "0"}).status_code == 302
    assert officer.get(address).status_code == 200
    assert officer.get("/announcements/").status_code == 200


def test_a_deed_that_no_page_offers_is_done_to_no_inspection(officer: Client, province: Province) -> None:
    user = User.objects.get()
    visit = Inspection.objects.create(
        company_code=province.shops["own"], division_code="330106", reason="risk", state="finished",
        planned_on=TODAY, class_key="first", edition="1", planned_by=user, planned_at=datetime.now(UTC),
        closed_at=datetime.now(UTC), outcome="met", presence="present",
    )  # fmt: skip
    visit.officers.add(user)
    answer = officer.post(f"/regulator/inspections/{visit.public_id}/decide", {"deed": "burn", "text": "某事"})
    assert answer.status_code == 404
    assert not visit.steps.exists()


def test_only_who_may_decide_an_order_is_offered_to_draft_a_public_notice_about_it(
    officer: Client, province: Province
) -> None:
    county, city = User.objects.get(), User.objects.create(
        username="city", display_name="某人", role="regulator", division_code="330100", password="!"
    )  # fmt: skip
    now = datetime.now(UTC)
    for code, user in (("7K2M9QXD", county), ("8K2M9QXD", city)):
        Duty.objects.create(
            code=code, kind="order", state="not_done", company_code=province.shops["own"], division_code="330106",
            authority_code=user.division_code, authority="某机关", basis="archive_upload", basis_words="某条",
            what="补传", issued_at=now, issued_by=user, due_at=now, closed_at=now,
        )  # fmt: skip
    said = officer.get("/regulator/censures/").content.decode()
    assert "?duty=7K2M9QXD" in said
    assert "?duty=8K2M9QXD" not in said
    assert "?duty=8K2M9QXD" not in officer.get("/regulator/duties/8K2M9QXD").content.decode()
    for public_id, state in (("dropped23456", "dropped"), ("standing2345", "draft")):
        assert "?duty=7K2M9QXD" in officer.get("/regulator/duties/7K2M9QXD").content.decode()
        Censure.objects.create(
            public_id=public_id, state=state, duty=Duty.objects.get(code="7K2M9QXD"), drafted_by=county, drafted_at=now,
            company_code=province.shops["own"], company_name="某店", division_code="330106", authority_code="330106",
            authority="某机关", what="没有补传", basis_words="某条",
        )  # fmt: skip
    assert "/regulator/censures/standing2345" in officer.get("/regulator/duties/7K2M9QXD").content.decode()


def test_an_amount_is_exported_to_the_fen(tmp_path: Path) -> None:
    columns, paid = registered()["sanctions"].columns(User(), {}), Decimal("1234.50")
    place = [column.heading for column in columns].index("金额（元）")
    row = [None if at != place else paid for at, _column in enumerate(columns)]
    write_xlsx(tmp_path / "x.xlsx", columns, [row], notes=[])
    cell = openpyxl.load_workbook(tmp_path / "x.xlsx")["数据"].cell(2, place + 1)
    assert (cell.value, cell.number_format) == (1234.5, "0.00")


def test_a_list_of_reports_asks_no_more_for_many_than_for_few_and_has_pages(
    officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)

    def add(code: str, year: int) -> None:
        snapshot = Snapshot.objects.create(
            kind="half_year", division_code=code, first_on=date(year, 1, 1), last_on=date(year, 6, 30), edition=1,
            content="{}", digest="0" * 64, made_at=now,
        )  # fmt: skip
        HalfYearReport.objects.create(
            division_code=code, authority="某机关", year=year, half=1, snapshot=snapshot, state="issued",
            begun_at=now, issued_at=now,
        )  # fmt: skip

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            assert "2025年上半年" in officer.get("/regulator/reports/").content.decode()
        return [query["sql"] for query in asked]

    User.objects.update(division_code="330100")
    for code in ("330100", "330106"):
        add(code, 2025)
    few = queries()
    for code in ("330100", "330106", "330108"):
        add(code, 2024)
    many = queries()
    assert len(many) == len(few)
    assert not any('"supervision_snapshot"."content"' in query for query in many)
    monkeypatch.setattr(reports_pages, "_LISTED", 2)
    first, second = (officer.get(f"/regulator/reports/?page={page}").content.decode() for page in (1, 2))
    assert ("滨江区 2024年上半年" in first, "滨江区 2024年上半年" in second) == (False, True)
    assert '?page=2"' in first


def test_who_fetches_frozen_figures_is_written_down(officer: Client) -> None:
    now, content = datetime.now(UTC), "{}"
    snapshot = Snapshot.objects.create(
        kind="half_year", division_code="330106", first_on=date(2026, 1, 1), last_on=date(2026, 6, 30), edition=1,
        content=content, digest="0" * 64, made_at=now,
    )  # fmt: skip
    report = HalfYearReport.objects.create(
        division_code="330106", authority="某机关", year=2026, half=1, snapshot=snapshot, begun_at=now
    )
    assert officer.get(f"/regulator/reports/{report.public_id}/snapshot").content.decode() == content
    assert AuditEvent.objects.get(action=AuditAction.EXPORT_TABLE).object_id == f"{report.public_id}/snapshot"


def test_who_fetches_the_figures_of_a_score_is_written_down(officer: Client) -> None:
    keep(measures("330100", [area("330106")]))
    told = officer.get("/regulator/assessment/2026-10/330106/figures.json")
    assert told.json()["division"] == "330106"
    assert AuditEvent.objects.get(action=AuditAction.EXPORT_TABLE).object_id == "assessment/330106/2026-10.json"


def test_what_was_taken_back_makes_no_shop_worth_a_visit(province: Province, officer: Client) -> None:
    user, now = User.objects.get(), datetime.now(UTC)
    own = {"company_code": province.shops["own"], "division_code": "330106", "authority_code": "330106"}
    for number, (order, sanction) in enumerate((("revoked", "withdrawn"), ("done", "in_force"))):
        Duty.objects.create(
            **own, code=f"{number}K2M9QXD", kind="order", state=order, authority="某机关", basis="archive_upload",
            basis_words="某条", what="补传", issued_at=now, issued_by=user, due_at=now, closed_at=now,
        )  # fmt: skip
        Sanction.objects.create(
            **own, item="warranty", item_words="某事", kind="warning", state=sanction, authority="某机关",
            decision_number=str(number), decided_on=TODAY, entered_at=now,
        )  # fmt: skip
    while refresh_shops(province.connection, clock=lambda: now):
        pass
    (figures,) = figures_of(user, now)
    assert figures.orders == 2


def test_a_list_of_draws_counts_the_shops_and_reads_no_codes(officer: Client) -> None:
    InspectionDraw.objects.create(
        division_code="330106", seed="某种子", shops=[f"{code:015}" for code in range(1234)], officers=[1, 2], count=1,
        drawn=[["000000000000001", [1, 2]]], drawn_by=User.objects.get(), drawn_at=datetime.now(UTC),
    )  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        said = officer.get("/regulator/inspections/draws/").content.decode()
    assert "1,234" in said
    assert not any('"shops",' in query["sql"] for query in asked)


def test_a_number_of_cases_of_a_prefecture_opens_those_of_its_counties(province: Province, officer: Client) -> None:
    User.objects.update(division_code="330000")
    case = Case.objects.create(
        number="TS2026110001", kind="complaint", state="submitted", holder="shop", owner=User.objects.get(),
        vin=make_vin(Random("cases")), company_code=province.shops["own"], division_code="330106",
        submitted_at=datetime.now(UTC), begun_at=datetime.now(UTC),
    )  # fmt: skip
    Complaint.objects.create(case=case, category="price", demand="退款", text="多收了钱")
    for division, is_listed in (("330100", True), ("330106", True), ("330200", False), ("nonsense", False)):
        said = officer.get("/regulator/cases/", {"show": "all", "division": division}).content.decode()
        assert ("TS2026110001" in said) is is_listed, division
    counted = officer.get("/regulator/cases/?show=opened&division=330100").content.decode()
    assert "TS2026110001" not in counted  # the public figure of the code itself


def test_a_decision_that_is_too_large_is_told_and_not_entered_without_it(officer: Client, province: Province) -> None:
    decision = {
        "shop": province.shops["own"], "item": "warranty", "kind": "warning", "decision_number": "1号", "vehicles": "1",
        "decided_on": str(TODAY), "gains_yuan": "0",
    }  # fmt: skip
    for size, status, entered in ((MAX_PDF_BYTES + 2, 422, 0), (100, 302, 1)):
        document = SimpleUploadedFile("决定书.pdf", b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n".ljust(size, b"\n"))
        answer = officer.post("/regulator/sanctions/new", decision | {"document": document})
        assert (answer.status_code, Sanction.objects.count()) == (status, entered)

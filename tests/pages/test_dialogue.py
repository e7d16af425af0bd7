"""Notices with receipts and orders to correct: officer and shop, from the first word to the last."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import PHONE, _assert_good
from tests.unit.platform.test_images import photo

NewContext = Callable[..., BrowserContext]
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
DIVISION = "330114"  # a county without any other shop, so that "to all" is two shops


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def signed_in(site: Site, new_context: NewContext, username: str, **options: Any) -> Page:
    page = new_context(**options).new_page()
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


@pytest.fixture
def shops(site: Site) -> dict[str, str]:
    """Two shops of a county of their own."""
    for place, name in enumerate(("first letters", "second letters"), start=60):
        if name not in site.province.shops:
            site.province.add_shop(name, place, division_code=DIVISION, is_approved=True)
    return site.province.shops


@pytest.fixture
def county(site: Site, new_context: NewContext) -> Page:
    return signed_in(site, new_context, new_account(site, "regulator", division_code=DIVISION), viewport=PHONE)


@pytest.fixture
def clerk(site: Site, shops: dict[str, str], new_context: NewContext) -> Page:
    username = new_account(site, "shop", company_code=shops["first letters"], shop_post="clerk", display_name="小周")
    return signed_in(site, new_context, username, viewport=PHONE)


def test_a_reminder_goes_to_two_shops_and_the_officer_sees_who_has_read_it(
    site: Site, shops: dict[str, str], county: Page, clerk: Page, new_context: NewContext
) -> None:
    # Given an officer with a phone who ticks two shops in the list
    names = site.province.names
    county.goto("/regulator/enterprises?state=approved")
    for name in ("first letters", "second letters"):
        county.get_by_role("checkbox", name=f"选 {names[name]}").check()
    _assert_good(county)
    follow(county.get_by_role("button", name="给选中的企业写通知"))
    county.get_by_label("用现成的文字").select_option(label="备案到期")
    follow(county.get_by_role("button", name="换成这份文字"))
    _assert_good(county)
    county.get_by_label("标题").fill("")
    follow(county.get_by_role("button", name="存为草稿，看一遍再发"))
    expect(county.get_by_role("alert")).to_contain_text("请填写标题")
    county.get_by_label("标题").fill("请核对有效期")
    follow(county.get_by_role("button", name="存为草稿，看一遍再发"))
    expect(county.get_by_text("现在发出，会发给 2 家企业。")).to_be_visible()
    _assert_good(county)
    # Nobody sees a draft
    notice_path = county.url.removeprefix(site.address)
    public_id = notice_path.rsplit("/", 1)[-1]
    assert clerk.request.get(f"/shop/notices/{public_id}").status == 404
    # When it is sent, it is first in the shop's letter box with its own words
    follow(county.get_by_role("button", name="发出", exact=True))
    expect(county.get_by_role("status")).to_have_text("已发给 2 家企业。")
    expect(county.get_by_role("link", name="未读 2", exact=True)).to_be_visible()
    clerk.goto("/shop/notices/")
    expect(heading(clerk)).to_have_text("来自主管机关和车主")
    expect(clerk.get_by_role("heading", name="通知：1 份未读")).to_be_visible()
    _assert_good(clerk)
    follow(clerk.get_by_role("link", name="请核对有效期"))
    expect(clerk.get_by_text(f"{names['first letters']}：")).to_be_visible()
    _assert_good(clerk)
    follow(clerk.get_by_role("button", name="我已知悉"))
    expect(clerk.get_by_role("button", name="我已知悉")).to_have_count(0)
    # Then the officer sees who, and who has not; a shop without people is named
    county.goto(f"{notice_path}?show=read")
    row = county.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(names["first letters"])
    expect(row).to_contain_text("小周")
    _assert_good(county)
    for tab in ("未读 1", "没有人能登录 1", "未确认知悉 1"):
        follow(county.get_by_role("link", name=tab, exact=True))
        expect(county.locator("tbody tr")).to_contain_text(names["second letters"])
    # Withdrawn, it stays, with the reason
    county.get_by_text("发错了？撤回").click()
    follow(county.get_by_role("button", name="撤回", exact=True))
    expect(county.get_by_role("alert")).to_contain_text("请写明撤回的原因")
    county.get_by_label("撤回的原因").fill("有效期已经延长")
    follow(county.get_by_role("button", name="撤回", exact=True))
    clerk.reload()
    expect(clerk.get_by_text("原因：有效期已经延长")).to_be_visible()
    _assert_foreign_to(site, new_context, notice_path, shops)


def _assert_foreign_to(site: Site, new_context: NewContext, notice_path: str, shops: dict[str, str]) -> None:
    """Another county knows nothing of the notice, and cannot write to these shops."""
    elsewhere = signed_in(site, new_context, new_account(site, "regulator", division_code="330212"))
    assert elsewhere.request.get(notice_path).status == 404
    assert "请核对有效期" not in elsewhere.request.get("/regulator/notices/?show=withdrawn").text()
    page = elsewhere.request.get(f"/regulator/notices/new?shop={shops['first letters']}").text()
    assert site.province.names["first letters"] not in page
    assert elsewhere.request.get(f"/regulator/duties/new?shop={shops['first letters']}").status == 404


def test_an_order_is_answered_with_evidence_returned_answered_again_and_closed(
    site: Site, shops: dict[str, str], county: Page, clerk: Page, new_context: NewContext
) -> None:
    # Given an order to one shop, issued from its registration
    number, code = _issue(county, shops["first letters"])
    # The clerk finds it in the letter box, asks for more time, and answers with a photo and a PDF
    clerk.goto("/shop/notices/")
    follow(clerk.get_by_role("link", name=f"责令改正 {number}"))
    expect(clerk.get_by_text(re.compile("须在.*24:00 前改正并答复，还有 10 个工作日"))).to_be_visible()
    _assert_good(clerk)
    clerk.get_by_text("期限内改不完？").click()
    clerk.get_by_label("再要几个工作日").fill("5")
    clerk.get_by_label("延期的理由").fill("等软件公司修好接口")
    follow(clerk.get_by_role("button", name="申请延期"))
    county.goto("/regulator/duties/")
    _assert_good(county)
    follow(county.get_by_role("link", name=f"责令改正 {number}"))
    _assert_good(county)
    follow(county.get_by_role("button", name="同意延期", exact=True))
    clerk.reload()
    expect(clerk.get_by_text(re.compile("还有 15 个工作日"))).to_be_visible()
    _assert_refused(clerk)
    clerk.get_by_label("改正情况").fill("已补传 12 条")
    clerk.get_by_label("证明材料（可不填）").set_input_files(
        [
            {"name": "a.png", "mimeType": "image/png", "buffer": photo()},
            {"name": "b.pdf", "mimeType": "application/pdf", "buffer": PDF},
        ]
    )
    county.goto(f"/regulator/duties/{code}")
    county.get_by_text("发错了？撤销").click()
    follow(clerk.get_by_role("button", name="提交答复"))
    expect(clerk.get_by_role("heading", name="已答复，等主管机关核对")).to_be_visible()
    # An officer whose page is older than the answer is told so, and nothing happens
    county.get_by_label("理由").fill("发错了")
    follow(county.get_by_role("button", name="撤销", exact=True))
    expect(county.get_by_role("alert")).to_contain_text("别人已经办理过这一件")
    # When it is looked at and sent back with a new limit
    _assert_evidence(site, county, code)
    county.get_by_label("还有什么没有改正").fill("还缺 3 条")
    county.get_by_label("新的限期（工作日）").fill("2")
    follow(county.get_by_role("button", name="退回，重新限期"))
    clerk.reload()
    expect(clerk.get_by_role("heading", name="已退回，需要再改正")).to_be_visible()
    expect(clerk.get_by_text("还缺 3 条")).to_be_visible()
    # And the limit passes
    site.province.connection.execute(
        "update supervision_duty set due_at = %s where code = %s", [datetime.now(UTC) - timedelta(seconds=2), code]
    )
    site.province.connection.commit()
    clerk.goto("/shop/duties/?show=overdue")
    expect(clerk.get_by_text(re.compile("已超过 [0-9]+ 个工作日"))).to_be_visible()
    _assert_good(clerk)
    follow(clerk.get_by_role("link", name=f"责令改正 {number}"))
    clerk.get_by_label("改正情况").fill("补齐了")
    follow(clerk.get_by_role("button", name="提交答复"))
    county.goto(f"/regulator/duties/{code}")
    expect(county.get_by_text("最近一次答复晚于期限。")).to_be_visible()
    _assert_good(county)
    # Then it is closed, and both see the whole way
    follow(county.get_by_role("button", name="已改正，办结"))
    clerk.reload()
    expect(clerk.get_by_role("heading", name="已改正，办结")).to_be_visible()
    expect(clerk.locator("ol.line > li")).to_have_count(7)
    expect(clerk.get_by_role("button", name="提交答复")).to_have_count(0)
    _assert_order_hidden(site, new_context, shops, number)


def _issue(county: Page, company_code: str) -> tuple[str, str]:
    """Issue an order from the shop's registration; its number as people read it, and as addresses have it."""
    county.goto(f"/regulator/enterprises/{company_code}")
    follow(county.get_by_role("link", name="责令改正或督办"))
    _assert_good(county)
    county.get_by_label("需要改正的内容").fill("补传 10 月的维修记录")
    county.get_by_label("有关的结算清单编号（可不填）").fill("NO-SUCH-1")
    follow(county.get_by_role("button", name="发出", exact=True))
    expect(county.get_by_role("alert")).to_contain_text("责令改正必须选择依据")
    county.get_by_label("依据").select_option(index=1)
    follow(county.get_by_role("button", name="发出", exact=True))
    expect(county.get_by_role("alert")).to_contain_text("没有找到这家企业结算清单编号为 NO-SUCH-1 的记录")
    county.get_by_label("有关的结算清单编号（可不填）").fill("")
    follow(county.get_by_role("button", name="发出", exact=True))
    number = heading(county).inner_text().removeprefix("责令改正 ")
    assert re.fullmatch("[2-9A-Z]{4}-[2-9A-Z]{4}", number)
    return number, number.replace("-", "")


def _assert_refused(clerk: Page) -> None:
    """What is no photo, and an answer without words, is not taken."""
    clerk.get_by_label("改正情况").fill("已补传 12 条")
    wrong = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}
    clerk.get_by_label("证明材料（可不填）").set_input_files(wrong)  # type: ignore[arg-type]  # a file in memory
    follow(clerk.get_by_role("button", name="提交答复"))
    expect(clerk.get_by_role("alert")).to_contain_text("不是能读的照片")
    clerk.get_by_label("改正情况").fill("")
    follow(clerk.get_by_role("button", name="提交答复"))
    expect(clerk.get_by_role("alert")).to_contain_text("请写明改正了什么")


def _assert_evidence(site: Site, county: Page, code: str) -> None:
    """An officer reads the files, and each look is written down."""
    answer = county.request.get(f"/regulator/duties/{code}/evidence/2")
    assert (answer.body(), answer.headers["content-type"]) == (PDF, "application/pdf")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert county.request.get(f"/regulator/duties/{code}/evidence/1").headers["content-type"] == "image/jpeg"
    looks = site.province.connection.execute(
        "select count(*) from access_audit_event where action = 'supervision:read_evidence' and object_id = %s", [code]
    ).fetchone()
    site.province.connection.commit()
    assert looks == (2,)


def _assert_order_hidden(site: Site, new_context: NewContext, shops: dict[str, str], number: str) -> None:
    """Another county and another shop see nothing of it."""
    code = number.replace("-", "")
    elsewhere = signed_in(site, new_context, new_account(site, "regulator", division_code="330212"))
    other = signed_in(site, new_context, new_account(site, "shop", company_code=shops["second letters"]))
    answers = [
        elsewhere.request.get(f"/regulator/duties/{code}"),
        elsewhere.request.get(f"/regulator/duties/{code}/evidence/1"),
        other.request.get(f"/shop/duties/{code}"),
        other.request.get(f"/shop/duties/{code}/evidence/1"),
    ]
    assert [answer.status for answer in answers] == [404] * 4
    assert number not in elsewhere.request.get("/regulator/duties/?show=all").text()


def test_a_clerk_reaches_owners_reviews_and_cases_from_the_letter_box_and_a_technician_none(
    site: Site, shops: dict[str, str], clerk: Page, new_context: NewContext
) -> None:
    clerk.goto("/shop/notices/")
    for word, path in (("责令改正 ", "duties"), ("反馈与投诉 ", "cases"), ("评价 ", "reviews")):
        tab = clerk.get_by_role("navigation", name="来自主管机关和车主").get_by_role("link", name=re.compile(word))
        assert clerk.request.get(tab.get_attribute("href") or "").status == 200
        assert path in (tab.get_attribute("href") or "")
    username = new_account(site, "shop", company_code=shops["first letters"], shop_post="technician")
    technician = signed_in(site, new_context, username)
    paths = ("notices", "duties", "cases", "reviews")
    assert [technician.request.get(f"/shop/{path}/").status for path in paths] == [403] * 4

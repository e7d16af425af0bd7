"""质量信誉考核 in a browser: 初评, 复核, 异议, 公布, 改判; and what the public and the shop see of it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.pages.conftest import Site, follow
from tests.pages.test_credit import LAST_YEAR, Contexts, add_shop, attach, enter, photo

REASON = "现场核对材料"
COUNTY = "330110"


def test_a_shop_objects_and_is_graded_in_the_open(site: Site, new_context: Contexts) -> None:
    # given a shop that handed in its sheet, with a photo, and two officers of its county
    code, name = add_shop(site, "graded shop", 61), site.province.names["graded shop"]
    shop = enter(site, new_context, "shop", company_code=code)
    attach(shop, "fire_inspection")
    shop.goto(f"/shop/credit/{LAST_YEAR}/check")
    follow(shop.get_by_role("button", name="提交自评表"))
    first, second = (enter(site, new_context, "regulator", division_code=COUNTY) for _each in range(2))
    # when one reviews and the other confirms, the shop is told and objects once
    address = review(first, name)
    confirm(second, first, address)
    object_once(shop)
    # and the other answers, then it is published for everybody
    answer(first, second, address)
    visitor = new_context().new_page()
    publish(first, visitor, name, code)
    # a wrong one is corrected in the open
    correct(second, visitor, address)
    shop.goto("/shop/credit/")
    expect(shop.get_by_text("评定 B")).to_be_visible()
    # another county sees nothing of it, and every step is in the audit
    elsewhere = enter(site, new_context, "regulator", division_code="330212")
    assert elsewhere.goto(address).status == 404  # type: ignore[union-attr]  # it answers
    assert steps_in_audit(site, address) == {
        "credit:decide": 2, "credit:object": 1, "credit:publish": 1, "credit:review": 2,
    }  # fmt: skip


def review(officer: Page, name: str) -> str:
    """Points without a reason are not kept, with one they wait for a colleague; gives the page's address."""
    officer.goto("/regulator/credit/")
    follow(officer.get_by_role("link", name=name))
    officer.locator("#points-calibration").fill("50")
    follow(officer.get_by_role("button", name="保存初评"))
    expect(officer.get_by_role("alert")).to_contain_text("“计量器具检定证书”改了分，请写明理由。")
    expect(officer.locator("#points-calibration")).to_have_value("50")
    officer.locator("#reason-calibration").fill(REASON)
    follow(officer.get_by_role("button", name="保存初评"))
    expect(officer.get_by_text("初评已保存，请另一位同事复核。").first).to_be_visible()
    expect(officer.get_by_role("button", name="复核通过，开始公示")).to_have_count(0)
    return officer.url


def confirm(officer: Page, reviewer: Page, address: str) -> None:
    """A colleague confirms; whoever has the older page open is told."""
    officer.goto(address)
    stale = officer.context.new_page()
    stale.goto(address)
    follow(officer.get_by_role("button", name="复核通过，开始公示"))
    stale.get_by_label("退回的原因").fill("再看看")
    with stale.expect_response(lambda answer: answer.request.method == "POST") as answered:
        stale.get_by_role("button", name="退回", exact=True).click()
    assert answered.value.status == 409
    reviewer.goto("/regulator/credit/?show=proposed")
    expect(reviewer.get_by_text("公示到")).to_be_visible()


def object_once(shop: Page) -> None:
    """The shop has a letter, sees the reason, and objects with a photo."""
    shop.goto("/shop/notices/")
    expect(shop.get_by_text(f"{LAST_YEAR} 年度质量信誉考核公示").first).to_be_visible()
    shop.goto(f"/shop/credit/{LAST_YEAR}")
    expect(shop.get_by_text(REASON)).to_be_visible()
    shop.get_by_label("异议", exact=True).fill("其余材料都在店里，请来看。")
    shop.get_by_label("材料（可不附）").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": photo()})
    follow(shop.get_by_role("button", name="提交异议"))
    expect(shop.get_by_role("button", name="提交异议")).to_have_count(0)
    own = str(shop.get_by_role("link", name="材料 1").get_attribute("href"))
    assert shop.request.get(own).headers["content-type"] == "image/jpeg"


def answer(reviewer: Page, officer: Page, address: str) -> None:
    """The reviewer cannot answer; a colleague gives every row its most, with a reason where that changes it."""
    reviewer.goto(address)
    expect(reviewer.get_by_text("异议由初评人以外的同事答复。")).to_be_visible()
    officer.goto(address)
    for points in officer.locator("input[name^=points-]").all():
        most = re.findall(r"最多 (\d+)", points.locator("xpath=preceding-sibling::label").inner_text())[0]
        if points.input_value() != most:
            points.fill(most)
            officer.locator(f"#{str(points.get_attribute('id')).replace('points', 'reason', 1)}").fill(REASON)
    officer.get_by_label("对异议的答复").fill("异议成立")
    follow(officer.get_by_role("button", name="答复异议"))


def publish(officer: Page, visitor: Page, name: str, code: str) -> None:
    """One is picked; list, JSON, CSV and the shop's page say it."""
    officer.goto("/regulator/credit/?show=ready")
    expect(officer.get_by_role("button", name="全部公布（1 家）")).to_be_visible()
    officer.get_by_label(f"选 {name}").check()
    follow(officer.get_by_role("button", name="公布选中的"))
    expect(officer.get_by_text("已公布 1 家")).to_be_visible()
    visitor.goto(f"/lists/graded-shops?grade=AAA&year={LAST_YEAR}&division=330100")
    expect(visitor.get_by_role("heading", name="质量信誉等级 1 家")).to_be_visible()
    told = visitor.request.get("/lists/graded-shops.json").json()["graded_shops"]
    assert [(row["company_code"], row["grade"], row["points"]) for row in told] == [(code, "AAA", 1000)]
    assert code in visitor.request.get("/lists/graded-shops.csv?grade=AAA").text()
    assert visitor.request.get("/lists/graded-shops.csv?division=x").status == 422
    follow(visitor.get_by_role("link", name=name))
    expect(visitor.get_by_text(f"AAA（{LAST_YEAR} 年度）")).to_be_visible()


def correct(officer: Page, visitor: Page, address: str) -> None:
    """改判 by a veto: effects of the new grade are offered, the public reads what it was and why it is not."""
    officer.goto(address)
    officer.get_by_label("提供虚假材料或者上传虚假维修记录的，评为 B", exact=True).check()
    officer.get_by_label("理由 提供虚假材料").fill("三条记录没有对应的车")
    officer.get_by_label("改判的原因（会公开）").fill("查实虚假记录三条")
    follow(officer.get_by_role("button", name="改判"))
    expect(officer.get_by_role("link", name="安排现场勘验")).to_be_visible()
    follow(officer.get_by_role("link", name="下发责令改正"))
    expect(officer.get_by_text("质量信誉考核评定为 B 级").first).to_be_attached()
    visitor.goto("/lists/graded-shops")
    expect(visitor.get_by_text("由 AAA 改判：查实虚假记录三条")).to_be_visible()


def steps_in_audit(site: Site, address: str) -> dict[str, int]:
    """How often each deed on this assessment is in the audit trail, looks aside."""
    rows = site.province.connection.execute(
        "select action, count(*) from access_audit_event where object_id = %s and after is not null group by 1",
        (address.rsplit("/", 1)[1],),
    ).fetchall()
    site.province.connection.commit()
    return dict(rows)


def test_a_shop_that_handed_in_nothing_is_assessed_from_what_is_counted(site: Site, new_context: Contexts) -> None:
    # given a shop on the register since the year that is assessed
    code, name = add_shop(site, "silent credit shop", 62), site.province.names["silent credit shop"]
    site.province.connection.execute(
        "update enterprise set created_at = created_at - interval '3 years' where company_code = %s", (code,)
    )
    site.province.connection.commit()
    officer = enter(site, new_context, "regulator", division_code=COUNTY)
    officer.goto("/regulator/credit/?show=missing")
    follow(officer.get_by_role("button", name=f"按统计数初评 {name}"))
    expect(officer.get_by_role("heading", name=f"{name}未自评")).to_be_visible()
    follow(officer.get_by_role("button", name="保存初评"))
    expect(officer.get_by_role("button", name="复核通过，开始公示")).to_have_count(0)
    shop = enter(site, new_context, "shop", company_code=code)
    shop.goto(f"/shop/credit/{LAST_YEAR}")
    expect(shop.get_by_role("heading", name=f"{LAST_YEAR} 年度没有自评")).to_be_visible()

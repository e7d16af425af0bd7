"""质量信誉自评 in a browser: a shop fills in, tries, attaches, hands in, takes back; its county reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from random import Random

from PIL import Image
from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.vehicles import make_vin
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.filled_province import TODAY, Car, at
from tests.pages.owners import new_account
from tests.pages.test_pages_for_everybody import _assert_good

Contexts = Callable[..., BrowserContext]
PHONE = {"width": 320, "height": 640}
LAST_YEAR = TODAY.year - 1


def enter(site: Site, new_context: Contexts, role: str, **columns: str) -> Page:
    """Somebody with an account of their own, without scripts, on a small phone."""
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    fill_in_sign_in(page, new_account(site, role, **columns), site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


def add_shop(site: Site, name: str, number: int) -> str:
    """A shop of its own with two records of last year, one of them late."""
    province = site.province
    province.add_shop(name, number, division_code="330110", is_approved=True)
    car = Car("浙A3C331", make_vin(Random(f"credit page {name}")))
    on = TODAY.replace(year=LAST_YEAR, month=6, day=15)
    province.upload(name, car, on, "41000")
    province.upload(name, car, on, "41000", number="CREDIT-LATE", received_at=at(on + timedelta(days=9)))
    province.connection.commit()
    return province.shops[name]


def photo() -> bytes:
    written = BytesIO()
    Image.new("RGB", (60, 40), (10, 10, 200)).save(written, "PNG")
    return written.getvalue()


def attach(page: Page, indicator: str) -> None:
    page.goto(f"/shop/credit/{LAST_YEAR}/papers/{indicator}")
    page.get_by_label("再附一张照片").set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": photo()})
    follow(page.get_by_role("button", name="附上"))


def points_of(page: Page) -> int:
    """What the verdict of the page says."""
    said = page.locator("section", has=page.locator("#total")).inner_text()
    return int(re.findall(r"(\d+) 分（满分", said)[0])


def test_a_shop_sees_its_points_as_it_goes_and_what_more_would_do(site: Site, new_context: Contexts) -> None:
    # given a shop that has done nothing yet
    code = add_shop(site, "credit shop", 41)
    shop = enter(site, new_context, "shop", company_code=code)
    shop.goto("/shop/credit/")
    expect(shop.get_by_role("heading", name=f"{LAST_YEAR} 年度自评还没有提交")).to_be_visible()
    follow(shop.get_by_role("link", name=f"{LAST_YEAR} 年度"))
    # what the archive knows stands there, with what it was counted from
    expect(shop.get_by_text(f"{LAST_YEAR} 年收到 2 条有结算日期的记录，1 条在结算次日前收到。")).to_be_visible()
    before = points_of(shop)
    # when it fills in something wrong, nothing typed is lost
    shop.get_by_label("人均培训学时（学时）").fill("900")
    shop.get_by_label("安全生产责任事故（次）").fill("0")
    follow(shop.get_by_role("button", name="保存", exact=True))
    expect(shop.get_by_role("alert")).to_contain_text("“人均培训学时”请填 0 到 400 之间的数。")
    expect(shop.get_by_label("安全生产责任事故（次）")).to_have_value("0")
    # and right: the points go up at once; hours count only with a photo
    shop.get_by_label("人均培训学时（学时）").fill("12")
    follow(shop.get_by_role("button", name="保存", exact=True))
    assert points_of(shop) == before + 70
    follow(shop.get_by_role("link", name="附照片 人均培训学时"))
    follow(shop.get_by_role("button", name="附上"))
    expect(shop.get_by_role("alert")).to_contain_text("请选择一张照片")
    attach(shop, "training_hours")
    expect(shop.get_by_role("heading", name="人均培训学时：已附 1 张照片")).to_be_visible()
    follow(shop.get_by_role("link", name="回自评表"))
    assert points_of(shop) == before + 90
    # the calculator says what more would do, and keeps nothing
    follow(shop.get_by_role("link", name="试算：改一项会怎样"))
    shop.get_by_label("人均培训学时（学时）").fill("24")
    follow(shop.get_by_role("button", name="试算"))
    expect(shop.get_by_role("heading", name="多 20 分")).to_be_visible()
    assert points_of(shop) == before + 110


def test_two_people_hand_in_one_assessment_and_its_county_reads_it(site: Site, new_context: Contexts) -> None:
    # given a shop whose manager and clerk have the same draft open
    code = add_shop(site, "other credit shop", 42)
    shop = enter(site, new_context, "shop", company_code=code)
    colleague = enter(site, new_context, "shop", company_code=code, shop_post="clerk")
    for page in (shop, colleague):
        page.goto(f"/shop/credit/{LAST_YEAR}")
    # when both save, the second is told, and overwrites nothing
    shop.get_by_label("维修质量责任事故（次）").fill("0")
    follow(shop.get_by_role("button", name="保存", exact=True))
    colleague.get_by_label("维修质量责任事故（次）").fill("1")
    follow(colleague.get_by_role("button", name="保存", exact=True))
    expect(colleague.get_by_role("alert")).to_contain_text("别人刚才改过这张表")
    expect(colleague.get_by_label("维修质量责任事故（次）")).to_have_value("1")
    # a clerk cannot hand in, who manages can
    colleague.goto(f"/shop/credit/{LAST_YEAR}/check")
    expect(colleague.get_by_role("button", name="提交自评表")).to_have_count(0)
    attach(shop, "fire_inspection")
    shop.goto(f"/shop/credit/{LAST_YEAR}")
    follow(shop.get_by_role("button", name="保存并核对"))
    handed_in = points_of(shop)
    follow(shop.get_by_role("button", name="提交自评表"))
    expect(shop.get_by_role("heading", name=f"{LAST_YEAR} 年度自评已提交：{handed_in} 分")).to_be_visible()
    follow(shop.get_by_role("button", name="撤回修改"))
    follow(shop.get_by_role("button", name="保存并核对"))
    follow(shop.get_by_role("button", name="提交自评表"))
    # then the county reads it, photo and all; another county does not
    elsewhere = enter(site, new_context, "regulator", division_code="330212")
    elsewhere.goto("/regulator/credit/")
    expect(elsewhere.get_by_role("heading", name="质量信誉考核：待初评 0 家")).to_be_visible()
    officer = enter(site, new_context, "regulator", division_code="330110")
    officer.goto("/regulator/credit/")
    follow(officer.get_by_role("link", name=site.province.names["other credit shop"]))
    expect(officer.get_by_role("heading", name=f"自评 {handed_in} 分")).to_be_visible()
    address = officer.get_by_role("link", name="照片 1 消防器材检查记录").get_attribute("href")
    assert officer.request.get(str(address)).headers["content-type"] == "image/jpeg"
    assert elsewhere.request.get(str(address)).status == 404
    # and from then on it stays
    shop.reload()
    expect(shop.get_by_text("不能再撤回")).to_be_visible()
    expect(shop.get_by_role("button", name="撤回修改")).to_have_count(0)
    rows = site.province.connection.execute(
        "select action, count(*) from access_audit_event"
        " where action in ('credit:assess_self', 'credit:read') group by 1 order by 1"
    ).fetchall()
    site.province.connection.commit()
    assert [action for action, _count in rows] == ["credit:assess_self", "credit:read"]


def test_pages_of_a_self_assessment_are_sound(site: Site, new_context: Contexts) -> None:
    page = new_context(viewport=PHONE).new_page()
    fill_in_sign_in(page, new_account(site, "shop", company_code=site.province.shops["ningbo"]), _password(site))
    page.wait_for_load_state()
    for place in ("", LAST_YEAR, f"{LAST_YEAR}/check", f"{LAST_YEAR}/what-if", f"{LAST_YEAR}/papers/calibration"):
        page.goto(f"/shop/credit/{place}")
        _assert_good(page)
    assert page.goto("/shop/credit/2019").status == 404  # type: ignore[union-attr]  # it answers
    assert page.goto(f"/shop/credit/{LAST_YEAR}/papers/review_score").status == 404


def _password(site: Site) -> str:
    return site.logins["demo-owner"].password

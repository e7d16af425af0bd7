"""A shop without software files itself, changes what is filed, and an officer decides."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from playwright.sync_api import BrowserContext, Page, expect

from chedang.fiction.shops import make_shop
from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.owners import new_account
from tests.unit.platform.test_images import photo

SignIn = Callable[[Page, str], Page]
NewContext = Callable[..., BrowserContext]
TEXT = make_shop(Random(431), 431).registration
FILLED = {
    "企业名称": "西湖试车场汽车维修有限公司",
    "统一社会信用代码": TEXT.unified_credit_code,
    "许可证号或备案号": "330106431999",
    "经营范围": "二类汽车维修",
    "地址": "西湖区试车路 9 号",
    "邮政编码": "310000",
    "负责人姓名": "某负责人",
    "负责人电话": "14200000431",
    "联系人姓名": "某联系人",
    "联系电话": "14200000432",
}
PASSWORDS = {"登录密码": "a-Long-password-7", "上传密码": "upload-Word-55"}


def fill(page: Page, texts: dict[str, str]) -> None:
    for label, text in texts.items():
        page.get_by_label(label, exact=True).fill(text)


def manager_of(site: Site, new_context: NewContext, code: str) -> Page:
    """The manager of a shop, on the page of its filing."""
    page = new_context().new_page()
    username = new_account(site, role="shop", company_code=code)
    fill_in_sign_in(page, username, site.logins["demo-owner"].password)
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    page.goto("/shop/filing/")
    return page


def test_a_shop_without_software_mends_its_filing_gets_its_code_and_waits(page: Page) -> None:
    # given a form in which something is wrong
    page.goto("/shops/apply")
    fill(page, FILLED | {"统一社会信用代码": TEXT.unified_credit_code[:-1] + "?"})
    page.get_by_label("邮政编码").fill("31")
    page.get_by_label("联系人姓名").focus()
    expect(page.locator("#check_postal_code")).to_contain_text("6 位")  # at once, without sending the form
    # when it is sent, every fault stands at its field and in the summary
    follow(page.get_by_role("button", name="提交备案"))
    summary = page.get_by_role("alert")
    for sentence in (
        "不允许的字符",
        "请选择所在区县",
        "邮政编码应为",
        "请填写账户名",
        "请填写登录密码",
        "请填写上传密码",
    ):
        expect(summary).to_contain_text(sentence)
    expect(page.get_by_label("企业名称")).to_have_value(FILLED["企业名称"])
    # and when it is mended, but for what a person may leave as it is
    fill(page, {"统一社会信用代码": TEXT.unified_credit_code, "邮政编码": "310000", "账户名": "filing-431"} | PASSWORDS)
    page.get_by_label("所在区县").select_option("330106")
    page.get_by_label("经营业务类别").select_option("02")
    page.get_by_label("经营状态").select_option("1")
    follow(page.get_by_role("button", name="提交备案"))
    expect(page.get_by_role("alert")).to_have_text(re.compile(r"^\s*请先改正下面的内容\s*请选择经济类型。\s*$"))
    page.get_by_label("标出的内容我核对过").check()
    fill(page, PASSWORDS)
    follow(page.get_by_role("button", name="提交备案"))
    # then the shop has its code, the person is in and reads what comes next
    expect(page.get_by_role("heading", level=1, name="本店备案")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("维修企业编码是 330106")
    expect(page.get_by_text("待审核")).to_be_visible()
    expect(page.get_by_text("现在就可以上传维修记录")).to_be_visible()
    code = page.locator("strong").first.inner_text()
    # and whoever sends the same again after a lost answer is there again, under the same code
    page.context.clear_cookies()
    page.goto("/shops/apply")
    fill(page, FILLED | {"账户名": "filing-431"} | PASSWORDS)
    page.get_by_label("所在区县").select_option("330106")
    page.get_by_label("经营业务类别").select_option("02")
    page.get_by_label("经营状态").select_option("1")
    page.get_by_label("经济类型").select_option("150")
    follow(page.get_by_role("button", name="提交备案"))
    expect(page.locator("strong").first).to_have_text(code)


def test_a_key_field_waits_for_the_officer_and_contacts_do_not(
    site: Site, new_context: NewContext, sign_in: SignIn
) -> None:
    # given an approved shop
    site.province.add_shop("filing changes", 432, division_code="330106", is_approved=True)
    name = site.province.names["filing changes"]
    shop = manager_of(site, new_context, site.province.shops["filing changes"])
    officer = sign_in(new_context().new_page(), "demo-county")
    # when it changes its name and its e-mail
    follow(shop.get_by_role("link", name="变更", exact=True))
    shop.get_by_label("企业名称").fill("变更后汽车维修有限公司")
    shop.get_by_label("电子邮箱").fill("new@example.com")
    follow(shop.get_by_role("button", name="提交变更"))
    # then only the e-mail counts
    expect(shop.get_by_role("heading", level=2, name=name)).to_be_visible()
    expect(shop.get_by_role("row", name="电子邮箱").first).to_contain_text("new@example.com")
    # and the officer refuses with a reason, which the shop reads
    officer.goto("/regulator/filings/")
    follow(officer.get_by_role("link", name=name))
    expect(officer.get_by_role("row", name="企业名称").first).to_contain_text("变更后汽车维修有限公司")
    follow(officer.get_by_role("button", name="不同意"))
    expect(officer.get_by_role("alert")).to_contain_text("请写明不同意的原因")
    officer.get_by_label("不同意的原因").fill("与营业执照不一致")
    follow(officer.get_by_role("button", name="不同意"))
    shop.reload()
    expect(shop.locator("p.error")).to_contain_text("与营业执照不一致")
    # and when it asks again, the officer agrees
    follow(shop.get_by_role("link", name="变更", exact=True))
    shop.get_by_label("企业名称").fill("变更后汽车维修有限公司")
    follow(shop.get_by_role("button", name="提交变更"))
    officer.goto("/regulator/filings/")
    follow(officer.get_by_role("link", name=name))
    follow(officer.get_by_role("button", name="同意变更"))
    shop.reload()
    expect(shop.get_by_role("heading", level=2, name="变更后汽车维修有限公司")).to_be_visible()
    expect(shop.get_by_text("同意变更", exact=True)).to_be_visible()


def test_papers_and_the_checklist_stand_beside_the_filing_that_an_officer_reviews(
    site: Site, new_context: NewContext, sign_in: SignIn
) -> None:
    # given a shop that waits
    site.province.add_shop("filing papers", 433, division_code="330106", is_approved=False)
    code = site.province.shops["filing papers"]
    shop = manager_of(site, new_context, code)
    # when it adds something that is no paper, and then its licence
    for content, said in ((b"<script>", "请上传 JPG、PNG 照片或 PDF"), (photo(), "附件已收到")):
        shop.get_by_label("文件", exact=True).set_input_files(
            {"name": "licence.jpg", "mimeType": "image/jpeg", "buffer": content}
        )
        follow(shop.get_by_role("button", name="上传附件"))
        expect(shop.get_by_role("main")).to_contain_text(said)
    # and answers the list of its class but for one condition
    follow(shop.get_by_role("link", name="填条件自查表"))
    items = shop.locator("fieldset.check-item")
    for place in range(1, items.count()):
        items.nth(place).get_by_label("有", exact=True).check()
    items.first.get_by_label("无", exact=True).check()
    follow(shop.get_by_role("button", name="保存"))
    expect(shop.get_by_role("status")).to_contain_text("还有 1 项")
    # then the officer sees both beside the filing, and a refusal lets the shop file again
    officer = sign_in(new_context().new_page(), "demo-county")
    officer.goto(f"/regulator/enterprises/{code}")
    expect(officer.get_by_text("缺 1 项")).to_be_visible()
    paper = officer.get_by_role("link", name="营业执照 1").get_attribute("href")
    assert officer.request.get(paper).headers["x-content-type-options"] == "nosniff"
    assert new_context().request.get(paper, max_redirects=0).status == 302
    officer.get_by_label("审核意见").fill("地址不完整")
    follow(officer.get_by_role("button", name="审核不通过"))
    shop.goto("/shop/filing/")
    expect(shop.get_by_text("审核意见：地址不完整")).to_be_visible()
    follow(shop.get_by_role("link", name="改正后重新提交").first)
    shop.get_by_label("地址", exact=True).fill("西湖区补全路 12 号 3 幢")
    follow(shop.get_by_role("button", name="重新提交"))
    expect(shop.get_by_text("待审核")).to_be_visible()
    expect(shop.get_by_role("row", name="地址").first).to_contain_text("补全路 12 号")


def test_what_the_public_reads_changes_at_once_and_the_authoritys_word_does_not(
    site: Site, new_context: NewContext
) -> None:
    site.province.add_shop("filing profile", 434, division_code="330106", is_approved=True)
    code = site.province.shops["filing profile"]
    shop = manager_of(site, new_context, code)
    shop.goto("/shop/profile")
    fill(shop, {"授权或主修品牌": "青禾、云栖", "营业时间": "每天 8:30–18:00", "纬度": "30.2", "经度": "200"})
    shop.get_by_label("4S 店").check()
    follow(shop.get_by_role("button", name="保存"))
    expect(shop.get_by_label("经度")).to_have_value("200")
    shop.get_by_label("经度").fill("120.155")
    follow(shop.get_by_role("button", name="保存"))
    expect(shop.get_by_text("不在名录里")).to_be_visible()
    follow(shop.get_by_role("link", name="看本店的公开页面"))
    expect(shop.get_by_role("main")).to_contain_text("4S 店")
    expect(shop.get_by_role("main")).to_contain_text("青禾、云栖")


def test_nonsense_is_answered_with_a_sentence_never_with_a_fault(site: Site, new_context: NewContext) -> None:
    site.province.add_shop("filing nonsense", 435, division_code="330106", is_approved=True)
    shop = manager_of(site, new_context, site.province.shops["filing nonsense"])
    token = shop.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value")
    odd = ["\x00", "\ud7ff" * 5_000, "' or 1=1 --", "NaN", "9" * 400, "<b>", "\u202e", "1e999"]
    names = [
        "company_name",
        "division_code",
        "license_end_date",
        "latitude",
        "brands",
        "answer-manager",
        "class",
        "kind",
    ]
    origin = {"Referer": site.address}
    for path in ("/shop/filing/change", "/shop/profile", "/shop/filing/checklist", "/shop/filing/attachments/"):
        for text in odd:
            form = dict.fromkeys(names, text) | {"csrfmiddlewaretoken": str(token), "note-manager": text}
            answer = shop.request.post(path, form=form, headers=origin)
            assert answer.status < 500, (path, text, answer.status)
    stranger = new_context().new_page()
    stranger.goto("/shops/apply")
    token = stranger.locator("main input[name=csrfmiddlewaretoken]").get_attribute("value")
    for text in odd:
        form = dict.fromkeys([*names, "username", "password", "account_password", "superintendent_name"], text)
        form |= {"csrfmiddlewaretoken": str(token), "postal_code": text}
        for path in ("/shops/apply", "/shops/apply/check"):
            assert stranger.request.post(path, form=form, headers=origin).status < 500

"""From an order that was not done to the public list, a hand-over, the ledger and an evidence pack."""

from __future__ import annotations

import io
import json
import re
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from tests.pages.conftest import Site, fill_in_sign_in, follow
from tests.pages.owners import new_account
from tests.pages.test_dialogue import DIVISION, PDF, NewContext, heading
from tests.pages.test_pages_for_everybody import PHONE, _assert_good

PLACE = "330200"  # 宁波, whose range of fines is known


def signed_in(site: Site, new_context: NewContext, role: str, **columns: str) -> Page:
    page = new_context(viewport=PHONE).new_page()
    fill_in_sign_in(page, new_account(site, role, **columns), site.logins["demo-owner"].password)
    page.wait_for_load_state()
    return page


def execute(site: Site, statement: str, *values: object) -> None:
    site.province.connection.execute(statement, values)
    site.province.connection.commit()


def test_an_order_not_done_ends_on_the_public_list_after_the_shop_was_heard(  # noqa: PLR0915 - one way to its end
    site: Site, new_context: NewContext
) -> None:
    province = site.province
    if "punished" not in province.shops:
        province.add_shop("punished", 70, division_code=DIVISION, is_approved=True)
    shop, name = province.shops["punished"], province.names["punished"]
    drafter, checker = (signed_in(site, new_context, "regulator", division_code=DIVISION) for _each in range(2))
    clerk = signed_in(site, new_context, "shop", company_code=shop, shop_post="clerk")
    elsewhere = signed_in(site, new_context, "regulator", division_code="330106")
    # Given an order that the system checks, and that was not done
    drafter.goto(f"/regulator/duties/new?shop={shop}")
    drafter.get_by_label("依据").select_option(index=1)
    drafter.get_by_label("需要改正的内容").fill("补传十月的维修记录")
    drafter.get_by_label("由系统复查（可不选）").select_option(label="所列记录都没有错误和疑问")
    follow(drafter.get_by_role("button", name="发出"))
    expect(drafter.get_by_role("alert")).to_contain_text("请写明结算清单编号")
    drafter.get_by_label("由系统复查（可不选）").select_option(label="已经收到过记录")
    follow(drafter.get_by_role("button", name="发出"))
    expect(drafter.get_by_text("已经收到过记录")).to_be_visible()
    duty_path = drafter.url.removeprefix(site.address)
    execute(site, "update supervision_duty set state = 'not_done', closed_at = now() where company_code = %s", shop)
    drafter.reload()
    _assert_good(drafter)
    # What the order says stands in a hand-over already
    code = duty_path.rsplit("/", 1)[-1]
    drafter.goto(f"/regulator/handovers/new?shop={shop}&duty={code}")
    expect(drafter.get_by_label("涉嫌违法的事项")).to_have_value("archive_upload")
    expect(drafter.get_by_label("案情和理由")).to_have_value("补传十月的维修记录")
    # When it is drafted, a phone number is refused, and the drafter cannot check their own
    drafter.goto("/regulator/censures/")
    _assert_good(drafter)
    follow(drafter.get_by_role("link", name=re.compile("起草通报")))
    drafter.get_by_label("通报的内容").fill("逾期没有补传，电话 13900000000")
    follow(drafter.get_by_role("button", name="存为草稿，看一遍再送复核"))
    expect(drafter.get_by_role("alert")).to_contain_text("内容会公开")
    _assert_good(drafter)
    drafter.get_by_label("通报的内容").fill("逾期没有补传十月的维修记录")
    follow(drafter.get_by_role("button", name="存为草稿，看一遍再送复核"))
    path = drafter.url.removeprefix(site.address)
    follow(drafter.get_by_role("button", name="送复核，并告知企业"))
    expect(drafter.get_by_text("请另一位同事复核")).to_be_visible()
    expect(drafter.get_by_role("button", name="复核通过，发布")).to_have_count(0)
    checker.goto(path)
    expect(checker.get_by_role("button", name="复核通过，发布")).to_have_count(0)  # the shop is still being heard
    assert elsewhere.request.get(path).status == 404
    assert elsewhere.request.get(f"/regulator/censures/new?duty={duty_path.rsplit('/', 1)[-1]}").status == 404
    # The shop was told and objects; then the checker publishes
    clerk.goto("/shop/notices/")
    expect(clerk.get_by_role("link", name="拟通报告知")).to_be_visible()
    clerk.goto("/shop/sanctions/")
    _assert_good(clerk)
    follow(clerk.get_by_role("link", name=re.compile("逾期没有补传")))
    _assert_good(clerk)
    follow(clerk.get_by_role("button", name="提交申辩"))
    expect(clerk.get_by_role("alert")).to_contain_text("请写明申辩意见")
    clerk.get_by_label("申辩意见").fill("软件坏了")
    follow(clerk.get_by_role("button", name="提交申辩"))
    expect(clerk.get_by_role("status")).to_contain_text("已提交")
    visitor = new_context().new_page()
    visitor.goto("/censures/")
    expect(visitor.get_by_text(name)).to_have_count(0)
    checker.reload()
    expect(checker.get_by_text("软件坏了").first).to_be_visible()
    _assert_good(checker)
    follow(checker.get_by_role("button", name="复核通过，发布"))
    visitor.reload()
    expect(visitor.get_by_role("heading", name=name)).to_be_visible()
    expect(visitor.get_by_text("软件坏了")).to_have_count(0)
    _assert_good(visitor)
    (row,) = json.loads(visitor.request.get("/censures.json").text())["censures"]
    assert (row["company_name"], row["rectified_on"]) == (name, "")
    assert set(row) == {
        "company_name", "company_code", "division_code", "division", "what", "basis", "authority", "published_on",
        "shown_until", "rectified_on",
    }  # fmt: skip
    assert name in visitor.request.get("/censures.csv").text()
    # An older page changes nothing
    drafter.goto(path)
    checker.reload()
    follow(checker.get_by_role("button", name="标明已改正"))
    follow(drafter.get_by_role("button", name="标明已改正"))
    expect(drafter.get_by_role("alert")).to_contain_text("别人已经办理过")


def test_a_case_is_handed_over_decided_and_stands_in_the_ledger_that_only_two_see(  # noqa: PLR0915 - as above
    site: Site, new_context: NewContext
) -> None:
    province = site.province
    if "fined" not in province.shops:
        province.add_shop("fined", 71, division_code="330212", is_approved=True)
        province.add_shop("unfined", 72, division_code="330212", is_approved=True)
    shop = province.shops["fined"]
    officer = signed_in(site, new_context, "regulator", division_code=PLACE)
    clerk = signed_in(site, new_context, "shop", company_code=shop, shop_post="clerk")
    other = signed_in(site, new_context, "shop", company_code=province.shops["unfined"], shop_post="clerk")
    # The evidence pack, on one press
    officer.goto(f"/regulator/shops/{shop}/evidence")
    _assert_good(officer)
    assert officer.request.get(f"/regulator/shops/{shop}/evidence?since=2026-01-02&until=2026-01-01").status == 422
    with officer.expect_download() as started:
        officer.get_by_role("button", name="制作证据包（ZIP）").click()
    with ZipFile(started.value.path()) as archive:
        assert {"封面.pdf", "index.html", "manifest.json", "manifest.sig"} <= set(archive.namelist())
        assert archive.read("封面.pdf").startswith(b"%PDF")
        assert province.names["fined"] in archive.read("index.html").decode()
    # Handed over with a file that is kept
    follow(officer.get_by_role("link", name="移送执法机构"))
    follow(officer.get_by_role("button", name="移送，并制作材料"))
    expect(officer.get_by_role("alert")).to_contain_text("请写明接收机关")
    _assert_good(officer)
    officer.get_by_label("接收机关").fill("宁波市交通运输执法队")
    officer.get_by_label("涉嫌违法的事项").select_option(index=8)
    officer.get_by_label("案情和理由").fill("长期不上传")
    follow(officer.get_by_role("button", name="移送，并制作材料"))
    expect(heading(officer)).to_contain_text("移送 YS330200-")
    _assert_good(officer)
    path = officer.url.removeprefix(site.address)
    fetched = officer.request.get(f"{path}/file")
    with ZipFile(io.BytesIO(fetched.body())) as archive:
        assert json.loads(archive.read("manifest.json"))["number"].startswith("YS330200-")
    assert fetched.body() == officer.request.get(f"{path}/file").body()
    officer.get_by_label("结果", exact=True).select_option(label="已作出处罚决定")
    follow(officer.get_by_role("button", name="登记结果"))
    follow(officer.get_by_role("link", name="登记处罚"))
    # The ledger holds an amount against the range of the place
    expect(officer.get_by_text("300–1000")).to_be_visible()
    officer.get_by_label("种类").select_option(label="罚款")
    officer.get_by_label("决定书文号").fill("甬交罚 1 号")
    officer.get_by_label("金额（元）").fill("5000")
    follow(officer.get_by_role("button", name="登记", exact=True))
    expect(officer.get_by_role("alert")).to_contain_text("金额不在幅度 300 至 1000 元")
    _assert_good(officer)
    officer.get_by_label("金额（元）").fill("500")
    officer.get_by_label("决定书（PDF，不超过 5 MB，可不交）").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    follow(officer.get_by_role("button", name="登记", exact=True))
    _assert_good(officer)
    sanction_path = officer.url.removeprefix(site.address)
    officer.get_by_text("登记有误？更正").click()
    officer.get_by_label("金额（元）").fill("600")
    officer.locator("form", has_text="更正登记").get_by_label("理由", exact=True).fill("看错一位")
    follow(officer.get_by_role("button", name="更正登记"))
    expect(officer.get_by_text("500.00 → 600.00")).to_be_visible()
    officer.goto("/regulator/sanctions/?kind=fine")
    expect(officer.get_by_role("link", name="甬交罚 1 号")).to_be_visible()
    _assert_good(officer)
    officer.goto("/regulator/handovers/")
    _assert_good(officer)
    # The shop sees its own; another shop and another place see nothing
    clerk.goto("/shop/sanctions/")
    expect(clerk.get_by_text("甬交罚 1 号").first).to_be_visible()
    _assert_good(clerk)
    with clerk.expect_download():
        clerk.get_by_role("link", name=re.compile("下载决定书")).click()
    other.goto("/shop/sanctions/")
    expect(other.get_by_text("甬交罚 1 号")).to_have_count(0)
    public_id = sanction_path.rsplit("/", 1)[-1]
    assert other.request.get(f"/shop/sanctions/{public_id}/document").status == 404
    elsewhere = signed_in(site, new_context, "regulator", division_code=DIVISION)
    for foreign in (
        path, f"{path}/file", sanction_path, f"{sanction_path}/document", f"/regulator/shops/{shop}/evidence",
        f"/regulator/sanctions/new?shop={shop}", f"/regulator/handovers/new?shop={shop}",
    ):  # fmt: skip
        assert elsewhere.request.get(foreign).status == 404, foreign

"""The administrator's pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Site


@pytest.fixture
def admin(page: Page, sign_in: Callable[[Page, str], Page]) -> Page:
    """The administrator, signed in."""
    return sign_in(page, "demo-admin")


def test_enterprises_can_be_rejected_with_a_reason_only(admin: Page, site: Site) -> None:
    code = site.province.shops["waiting elsewhere"]
    admin.goto("/admin/archive/enterprise/")
    admin.locator(f"input[value='{code}']").check()
    admin.locator("select[name=action]").select_option("reject")
    admin.get_by_role("button", name="执行").click()
    expect(admin.locator(".messagelist")).to_contain_text("写明不通过的原因")

    admin.locator(f"input[value='{code}']").check()
    admin.locator("select[name=action]").select_option("reject")
    admin.locator("input[name=reason]").fill("没有找到备案")
    admin.get_by_role("button", name="执行").click()
    expect(admin.locator(".messagelist")).to_contain_text("1 家企业已处理")
    row = site.province.connection.execute(
        "select review_state, review_reason, reviewed_by from enterprise where company_code = %s", (code,)
    ).fetchone()
    assert row == ("rejected", "没有找到备案", "demo-admin")
    site.province.connection.execute("update enterprise set review_state = 'pending' where company_code = %s", (code,))
    site.province.connection.commit()


def test_an_enterprise_is_shown_without_its_password_and_cannot_be_edited(admin: Page, site: Site) -> None:
    admin.goto(f"/admin/archive/enterprise/{site.province.shops['ningbo']}/change/")
    expect(admin.get_by_role("main")).to_contain_text(site.province.names["ningbo"])
    assert "argon2" not in admin.content()
    expect(admin.get_by_role("button", name="保存", exact=True)).to_have_count(0)
    registration = site.province.connection.execute(
        "select linkman_phone from enterprise where company_code = %s", (site.province.shops["ningbo"],)
    ).fetchone()
    assert registration is not None
    assert registration[0]
    assert registration[0] not in admin.content()
    looks = site.province.connection.execute(
        "select count(*) from access_audit_event where action = 'enterprise:read' and object_id = %s",
        (site.province.shops["ningbo"],),
    ).fetchone()
    assert looks
    assert looks[0] >= 1


def test_the_audit_trail_is_not_the_administrator_s_to_read(admin: Page) -> None:
    admin.goto("/admin/")
    expect(admin.get_by_role("link", name="账户", exact=True)).to_be_visible()
    expect(admin.get_by_role("link", name="访问记录", exact=True)).to_have_count(0)
    for path in ("/admin/access/auditevent/", "/audit/"):
        answer = admin.request.get(path)
        assert answer.status in {403, 404}, path


def test_a_new_account_needs_the_scope_of_its_role(admin: Page) -> None:
    admin.goto("/admin/access/user/add/")
    admin.get_by_label("账户名").fill("new-officer")
    admin.get_by_label("姓名或称呼").fill("新监管")
    admin.get_by_label("角色").select_option("regulator")
    for name in ("password1", "password2"):
        admin.locator(f"input[name={name}]").fill("long enough 42")
    admin.get_by_role("button", name="保存", exact=True).click()
    expect(admin.get_by_role("main")).to_contain_text("监管人员须填写管辖行政区划代码")

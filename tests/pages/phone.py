"""Owners who sign in the real way: a phone on the start page, a code from the outbox page."""

from __future__ import annotations

import re
from itertools import count

from playwright.sync_api import Page

from tests.pages.conftest import Site, follow

_numbers = count(1)


def new_number() -> str:
    """A phone that nobody has: of a prefix that is given to no operator."""
    return f"1420000{next(_numbers):04}"


def come_from(page: Page, address: str) -> None:
    """Let the browser's requests come through the trusted proxy from this address."""
    page.context.set_extra_http_headers({"X-Forwarded-For": address})


def ask_for_code(page: Page, number: str) -> None:
    """From the start page to the page that asks for the code, or back with a refusal."""
    page.goto("/")
    page.get_by_label("手机号码").fill(number)
    follow(page.get_by_role("button", name="获取验证码"))


def read_code(page: Page, number: str) -> str:
    """The newest code of this phone, as the outbox page shows it; ``page`` stays where it is."""
    texts = page.request.get("/outbox/").text()
    found = re.search(rf"{number}</strong>.*?验证码 (\d{{6}})", texts, re.DOTALL)
    assert found is not None, number
    return found[1]


def sign_in_by_phone(page: Page, site: Site, number: str, *, is_own_phone: bool = False) -> None:
    """Sign in as a person does; makes the account the first time. Another time only after :func:`let_pass`."""
    come_from(page, f"198.51.{int(number[-4:]) // 250 % 250}.{int(number[-4:]) % 250}")
    ask_for_code(page, number)
    page.get_by_label("6 位验证码").fill(read_code(page, number))
    if is_own_phone:
        page.get_by_label("30 天内不用再登录").check()
    follow(page.get_by_role("main").get_by_role("button", name="登录"))


def let_pass(site: Site, time: str) -> None:
    """Let so much time (``1 minute``) go by for limits and codes."""
    connection = site.province.connection
    connection.execute("update access_allowance set began_at = began_at - %s::interval", (time,))
    connection.execute("update access_sms_code set expires_at = expires_at - %s::interval", (time,))
    connection.commit()


def username_of(site: Site, number: str) -> str:
    """The account that signed in last with a phone of this mask."""
    row = site.province.connection.execute(
        "select username from access_user where display_name = %s order by id desc limit 1",
        (f"{number[:3]}****{number[-4:]}",),
    ).fetchone()
    site.province.connection.commit()
    assert row is not None
    return str(row[0])

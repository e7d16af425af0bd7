"""Where somebody is led after signing in."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from chedang.site.wanted import wanted_page

BROWSER = RequestFactory(SERVER_NAME="127.0.0.1")


@pytest.mark.parametrize("wanted", ["/my/", "/regulator/records?show=doubts", "/account/second-factors"])
def test_a_page_of_this_site_is_gone_to(wanted: str) -> None:
    assert wanted_page(BROWSER.post("/x", {"next": wanted}), "second-factor") == wanted
    assert wanted_page(BROWSER.get("/x", {"next": wanted}), "second-factor") == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "", "nowhere", "home", "//elsewhere.example/", "https://elsewhere.example/", "javascript:alert(1)", "///x",
        "/account/second-factor", "/account/second-factor?next=/my/", "\\\\elsewhere.example", "http://127.0.0.1/my/",
    ],
)  # fmt: skip
def test_anything_else_is_not(wanted: str) -> None:
    assert wanted_page(BROWSER.post("/x", {"next": wanted}), "second-factor") == ""

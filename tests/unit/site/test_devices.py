from __future__ import annotations

from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from chedang.site.owner.phone.devices import browser_of, device_of, remember_device


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 MicroMessenger/8.0.47",
            ("WeChat", "Android"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1",
            ("Safari", "iPhone"),
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", ("Edge", "Windows")),
        ("curl/8", ("", "")),
        ("", ("", "")),
    ],
)
def test_a_browser_is_told_in_families(agent: str, words: tuple[str, str]) -> None:
    assert browser_of(RequestFactory().get("/", HTTP_USER_AGENT=agent)) == words


def test_a_device_knows_the_last_four_numbers_that_signed_in_there_and_forges_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHEDANG_DATA_DIR", str(tmp_path))
    request = RequestFactory().get("/")
    names = []
    for number in range(5):
        response = HttpResponse()
        remember_device(request, response, f"1420000000{number}")
        cookie = next(iter(response.cookies.values()))
        assert cookie["httponly"]
        request.COOKIES[cookie.key] = cookie.value
        names.append(device_of(request, f"1420000000{number}"))
    assert len(set(names)) == 5
    assert [device_of(request, f"1420000000{number}") for number in range(5)] == ["", *names[1:]]
    remember_device(request, response, "14200000001")
    assert device_of(request, "14200000001") == names[1]
    request.COOKIES[cookie.key] = cookie.value[:-1] + ("A" if cookie.value[-1] != "A" else "B")
    assert device_of(request, "14200000004") == ""

"""NUL, which no text of the database can hold, does not reach a page."""

from __future__ import annotations

import pytest
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from chedang.site.middleware import WithoutNulMiddleware

_FORM = "application/x-www-form-urlencoded"


def _posted(body: str, content_type: str = _FORM) -> HttpRequest:
    request = RequestFactory().post("/", body, content_type=content_type)
    WithoutNulMiddleware(lambda _request: HttpResponse()).process_view(request)
    return request


def test_what_is_typed_arrives_without_nul() -> None:
    request = _posted("text=a%00b&shop=%00&shop=1&empty=")
    assert dict(request.POST.lists()) == {"text": ["ab"], "shop": ["", "1"], "empty": [""]}


def test_what_holds_none_is_left_as_it_came() -> None:
    assert dict(_posted("text=%E6%9C%BA%E6%B2%B9&shop=1&shop=2").POST.lists()) == {"text": ["机油"], "shop": ["1", "2"]}


def test_a_form_with_files_is_not_read_before_its_page_does() -> None:
    request = _posted("--x\r\n", "multipart/form-data; boundary=x")
    assert not hasattr(request, "_post")


def test_a_form_with_files_whose_token_was_checked_arrives_without_nul_too() -> None:
    request = RequestFactory().post("/", {"text": "a\0b"})
    assert request.POST["text"] == "a\0b"  # read, as the check of the token does
    WithoutNulMiddleware(lambda _request: HttpResponse()).process_view(request)
    assert request.POST["text"] == "ab"


@pytest.mark.parametrize("path", ["/rules/a%00", "/rules?q=%00"])
def test_an_address_with_nul_leads_nowhere(path: str) -> None:
    with pytest.raises(BadRequest):
        WithoutNulMiddleware(lambda _request: HttpResponse())(RequestFactory().get(path))

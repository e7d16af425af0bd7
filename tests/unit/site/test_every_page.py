"""The catalogue of all pages is complete."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, resolve
from tests.pages.every_page import LOOKS, NO_PAGES, ONLY_POST
from tests.pages.scene import Scene

from chedang.site import urls


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    """Names of all addresses, but for those of the administration, which Django makes."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name or str(pattern.pattern)
        elif pattern.namespace != "admin":
            yield from names(pattern.url_patterns)


def test_every_address_is_a_page_of_the_catalogue_or_is_known_to_be_none() -> None:
    listed = [{look.name for look in LOOKS} - {""}, set(NO_PAGES), set(ONLY_POST), {"healthz", "readyz"}]
    assert sorted(names(urls.urlpatterns)) == sorted(name for group in listed for name in group)


def test_no_two_looks_are_called_the_same() -> None:
    titles = [(look.node, look.title) for look in LOOKS]
    assert sorted(titles) == sorted(set(titles))


def test_the_catalogue_leads_to_the_pages_that_it_names() -> None:
    ids = {part: "2222222222ab" for look in LOOKS for part in look.args} | {"shop": "330106000000001"}
    numbers = {
        "waiting_account",
        "own_account",
        "no_device",
        "request_waiting_key",
        "request_refused_key",
        "comparison",
        "credit_year",
        "running_year",
    }
    ids |= dict.fromkeys(numbers, "7") | {"paper_digest": "00000000"}
    records = {part for part in ids if part.startswith(("visit", "change", "draft_", "record_"))}
    records |= {"export_ready", "export_failed", "shop_file", "needs_paper", "has_paper"}
    scene = Scene(ids | dict.fromkeys(records, "6c1a9104-49eb-5f65-8904-a6435b0fd4de"), {})
    asked = {found for look in LOOKS for found in re.findall(r"{(\w+)}", look.query)}
    scene = Scene(dict.fromkeys(asked, "2222222222ab") | scene.ids, {})
    for look in LOOKS:
        if look.name:
            assert resolve(look.path(scene).split("?")[0]).url_name == look.name

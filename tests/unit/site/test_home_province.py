"""车籍 on a vehicle's page: the province, and by what it is known."""

from __future__ import annotations

import msgspec
import pytest

from chedang.site.vehicle.presentation import present_file
from chedang.vehicles.home import Home, HomeBasis, HomeFacts
from chedang.vehicles.rules import assemble_file
from chedang.vehicles.views import View, redact

EMPTY = assemble_file("LZZ1A2B32GA000123", [], home_facts=HomeFacts("33"))


@pytest.mark.parametrize(
    ("home", "shown"),
    [
        (Home("66", HomeBasis.REGISTRATION), ("车籍（按登记）", "兵团")),
        (Home("32", HomeBasis.PLATE), ("车籍（按号牌）", "江苏")),
        (Home("32", HomeBasis.EARLIER_PLATE), ("车籍（按号牌）", "江苏")),
        (Home("00", HomeBasis.PLATE), ("车籍（按号牌）", "部级")),
        (Home("33", HomeBasis.SHOP), ("车籍（按维修地）", "浙江")),
        (Home("", HomeBasis.UNKNOWN), ("车籍（按号牌）", "")),
    ],
)
def test_the_page_says_the_province_and_by_what_it_is_known(home: Home, shown: tuple[str, str]) -> None:
    view = redact(msgspec.structs.replace(EMPTY, home=home), View.AUTHORITY, companies={})
    page = present_file(view)

    assert (page.home_label, page.home_province) == shown

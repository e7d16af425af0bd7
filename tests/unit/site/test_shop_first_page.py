"""How often a shop uploads, and what its people find in the menu."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import resolve

from chedang.access.model import ShopPost
from chedang.site.menus import Entry
from chedang.site.regulator.navigation import officer_menu
from chedang.site.shop.home.rhythm import Rhythm, find_rhythm
from chedang.site.shop.home.sentences import quiet_words, usual_words
from chedang.site.shop.navigation import shop_menu

TODAY = date(2026, 11, 22)


def days_ago(*days: int) -> list[date]:
    return [TODAY - timedelta(days=each) for each in days]


@pytest.mark.parametrize(
    ("days", "rhythm", "is_late"),
    [
        ((), Rhythm(None, 0, None), False),
        ((0, 1, 2, 3), Rhythm(TODAY, 0, 1), False),
        ((3, 4, 5, 6), Rhythm(TODAY - timedelta(days=3), 3, 1), False),
        ((4, 5, 6, 7), Rhythm(TODAY - timedelta(days=4), 4, 1), True),
        ((9, 14, 19, 24), Rhythm(TODAY - timedelta(days=9), 9, 5), False),
        ((11, 16, 21, 26), Rhythm(TODAY - timedelta(days=11), 11, 5), True),
        ((2, 40), Rhythm(TODAY - timedelta(days=2), 2, None), False),
    ],
)
def test_a_shop_is_late_by_its_own_rhythm(days: tuple[int, ...], rhythm: Rhythm, is_late: bool) -> None:
    assert find_rhythm(days_ago(*days), TODAY) == rhythm
    assert rhythm.is_late is is_late


def test_a_clock_that_runs_ahead_makes_nobody_late() -> None:
    assert find_rhythm([TODAY + timedelta(days=1)], TODAY).quiet_days == 0


def test_quiet_days_are_told_beside_what_is_usual() -> None:
    assert quiet_words(Rhythm(TODAY, 9, 1)) == "已经 9 天没有上传，平时差不多每天上传"
    assert quiet_words(Rhythm(TODAY, 9, None)) == "已经 9 天没有上传"
    assert usual_words(Rhythm(TODAY, 9, 4)) == "平时约每 4 天上传一次"


def test_the_menu_shows_what_a_post_opens() -> None:
    labels = {post: [str(entry.label) for entry in shop_menu(post, "shop-home").entries] for post in ShopPost}
    assert labels[ShopPost.MANAGER] == ["今天", "记一单", "工单", "记录", "对接软件", "车主", "通知", "本店"]
    assert {"今天", "记一单", "记录", "车主"} <= set(labels[ShopPost.CLERK])
    for post in ShopPost:
        for entry in shop_menu(post, "shop-certificate").entries + shop_menu(post, "shop-certificate").below:
            assert post in getattr(resolve(entry.href).func, "shop_posts", frozenset(ShopPost))
    assert labels[ShopPost.TECHNICIAN] == ["我的派工"]


def test_the_second_row_is_that_of_the_part_one_is_in() -> None:
    menu = shop_menu(ShopPost.MANAGER, "shop-case")
    assert [str(entry.label) for entry in menu.entries if entry.is_here] == ["车主"]
    assert [str(entry.label) for entry in menu.below] == ["评价", "反馈与投诉"]
    assert [entry.is_here for entry in menu.below] == [False, True]
    assert shop_menu(ShopPost.MANAGER, "shop-record-correct").below == []


ENTRIES = ["今天要办", "企业", "记录", "车主", "督导", "统计", "公告", "使用监督", "部省联网"]


def test_an_officers_menu_reaches_every_kind_of_work_in_a_few_parts() -> None:
    menu = officer_menu("province", "officer-duty")
    assert [str(entry.label) for entry in menu.entries] == ENTRIES
    below = [(str(entry.label), entry.is_here) for entry in menu.below]
    assert below[:2] == [
        ("通知和提醒", False),
        ("责令改正", True),
    ]
    reached = {entry.href for name in ("officer-credit-one", "regulator-records") for entry in _all(name)}
    assert {"/regulator/filings/", "/regulator/certificates/", "/regulator/credit/", "/vehicle/"} <= reached
    assert "总部对总部" in {str(entry.label) for entry in officer_menu("ministry", "regulator-home").entries}


def _all(url_name: str) -> list[Entry]:
    menu = officer_menu("province", url_name)
    return menu.entries + menu.below

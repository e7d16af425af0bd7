"""What is masked in texts, and what holds them back."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chedang.fiction.vehicles import make_vin
from chedang.reviews.moderation import Masked, RuleModerator, built_in


@pytest.mark.parametrize(
    ("text", "shown", "kind"),
    [
        ("打 1420000 8888 找我", "打 *** 找我", Masked.PHONE),
        ("打１４２－００００－８８８８，谢谢", "打***，谢谢", Masked.PHONE),
        ("电话一四二零零零零八八八八", "电话***", Masked.PHONE),
        ("店里座机 0571-87654321 没人接", "店里座机 *** 没人接", Masked.PHONE),
        ("客服 400-000-1234", "客服 ***", Masked.PHONE),
        ("电话142\u200b0000\u200b8888", "电话***", Masked.PHONE),
        ("电话\n142\n0000\n8888", "电话\n***", Masked.PHONE),
        ("电话 142**0000**8888", "电话 ***", Masked.PHONE),
        ("车是浙\u2060A12345", "车是***", Masked.PLATE),
        ("我的车浙A12345停在外面", "我的车***停在外面", Masked.PLATE),
        ("浙A·D12345 是我的", "*** 是我的", Masked.PLATE),
        (f"车架号{make_vin(Random('a car in a text'))}没写", "车架号***没写", Masked.VIN),
        ("去 www.example.com/a 看", "去 *** 看", Masked.LINK),
        ("写信给 a.b@example.org", "写信给 ***", Masked.CONTACT),
        ("加微信：shop_12345 送机油", "加*** 送机油", Masked.CONTACT),
    ],
)
def test_what_tells_who_somebody_is_is_masked(text: str, shown: str, kind: Masked) -> None:
    found = built_in().check(text)
    assert (found.text, found.masked) == (shown, (kind,))


@pytest.mark.parametrize(
    "text",
    [
        "换了4条轮胎花了1200元，跑了20000公里",
        "2026年11月22日去的，等了3小时",
        "机油用的是 5W-30，很好，下次再来！",
        "花了两千零五十元",
        "",
    ],
)
def test_ordinary_texts_stay_as_they_were_typed(text: str) -> None:
    found = built_in().check(text)
    assert (found.text, found.masked, found.is_held) == (text, (), False)


@pytest.mark.parametrize("text", ["老板是王八蛋", "老板是王 八.蛋", "SHIT service"])
def test_insults_hold_a_text_back_whatever_stands_between_their_characters(text: str) -> None:
    assert built_in().check(text).is_held


def test_words_are_data() -> None:
    assert RuleModerator(["坏店"]).check("这是坏店").held_for == ("坏店",)
    with pytest.raises(ValueError, match="characters"):
        RuleModerator(["--"])


@given(st.text(alphabet="打电话 -_.：浙京Aa1２4209八@/wxcom\x00", max_size=60))
def test_checking_twice_changes_nothing_more(text: str) -> None:
    once = built_in().check(text)
    assert built_in().check(once.text).text == once.text

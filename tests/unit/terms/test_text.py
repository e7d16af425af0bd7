"""Cleaning of received text."""

from __future__ import annotations

import pytest

from chedang.terms.text import clean


@pytest.mark.parametrize(
    ("received", "cleaned"),
    [
        ("", ""),
        ("常规保养", "常规保养"),
        ("  20240501 ", "20240501"),
        ("\u3000杭州\u3000西湖\u3000", "杭州 西湖"),
        ("\ufeffABC\u200b\u200d", "ABC"),
        ("浙Ａ１２３４５", "浙A12345"),
        ("（西湖）店", "(西湖)店"),
        ("a\x00b\x1fc\ud800d", "abcd"),
        ("异响\r\n更换\t轴承\n", "异响 更换 轴承"),
        ("\u202e反向\u2066", "反向"),
        ("5㎡ ①", "5㎡ ①"),
        ("\xa0non-breaking\xa0", "non-breaking"),
    ],
)
def test_received_text_is_cleaned(received: str, cleaned: str) -> None:
    assert clean(received) == cleaned


def test_cleaned_text_can_be_stored_as_utf8_without_nul() -> None:
    everything = "".join(map(chr, range(0x11000)))
    assert b"\x00" not in clean(everything).encode("utf-8")

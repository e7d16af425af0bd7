"""Numbers of 合格证 tell a slip, and records tell for which work a paper is due."""

from __future__ import annotations

import pytest

from chedang.records.model import ProjectText, RecordText
from chedang.workshop.completion_model import CompletionKind, kind_of
from chedang.workshop.completion_numbers import make_number, read_number


def test_a_number_is_read_however_it_is_typed() -> None:
    number = make_number("330106", 2026, 123)
    assert number.startswith("330106-26-000123-")
    for typed in (number, number.replace("-", ""), f" {number.replace('-', ' ').lower()} ", number.replace("3", "３")):
        assert read_number(typed) == number


def test_a_slip_makes_no_number() -> None:
    number = make_number("330106", 2026, 123)
    assert all(
        read_number(number[:at] + ("1" if number[at] != "1" else "2") + number[at + 1 :]) is None
        for at in range(len(number))
        if number[at].isdigit()
    )
    assert read_number("") is None
    assert read_number("x" * 10_000) is None


@pytest.mark.parametrize("serial", [0, 1_000_000])
def test_a_serial_has_six_digits(serial: int) -> None:
    with pytest.raises(ValueError, match="six digits"):
        make_number("330106", 2026, serial)


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("二级维护", CompletionKind.LEVEL_TWO),
        ("变速器总成大修", CompletionKind.ASSEMBLY),
        ("整车大修", CompletionKind.WHOLE),
        ("更换机油", None),
        ("二级维护检测", None),
    ],
)
def test_the_items_tell_whether_a_paper_is_due(item: str, kind: CompletionKind | None) -> None:
    assert kind_of(RecordText(projects=(ProjectText(item, "2"),))) is kind

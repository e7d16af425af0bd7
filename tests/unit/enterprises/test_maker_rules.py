"""What an application must say, and why an upload is not an account's to make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from chedang.enterprises.maker_model import ApplicationText, Dealer, Maker, MakerState
from chedang.enterprises.maker_rules import (
    MOST_DEALERS,
    channel_on,
    is_listed,
    read_application,
    read_brands,
    read_dealers,
    why_no_dealer,
    why_not_by,
    why_not_listed,
)
from chedang.enterprises.model import Channel, ChannelChange
from chedang.terms.credit_code import check_character

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
CREDIT_CODE = "91310115MA1K35TQ2"
CREDIT_CODE += check_character(CREDIT_CODE)
TEXT = ApplicationText(
    maker_name="青禾汽车有限公司",
    unified_credit_code=CREDIT_CODE.lower(),
    brands="青禾、 青禾电动,青禾",
    dealers="维修企业编码,品牌\n330106000000012,青禾\n\n320102000000034\t青禾电动\n",
    password="a-long-password-1",
)


def test_an_application_means_brands_and_dealers_each_once() -> None:
    application, complaints, problems = read_application(TEXT)
    assert application is not None
    assert (complaints, problems) == ({}, ())
    assert application.brands == ("青禾", "青禾电动")
    assert application.unified_credit_code == CREDIT_CODE
    assert [(each.line, each.company_code, each.brand) for each in application.dealers] == [
        (2, "330106000000012", "青禾"),
        (4, "320102000000034", "青禾电动"),
    ]
    assert "a-long" not in repr(application) + repr(TEXT)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("maker_name", " "),
        ("maker_name", "青" * 101),
        ("unified_credit_code", CREDIT_CODE[:-1] + ("1" if CREDIT_CODE[-1] != "1" else "2")),
        ("unified_credit_code", ""),
        ("brands", "、"),
        ("brands", "青" * 31),
        ("dealers", "\n"),
        ("password", "abc-123"),
    ],
)
def test_what_lacks_is_named_at_its_field(field: str, value: str) -> None:
    application, complaints, _problems = read_application(msgspec.structs.replace(TEXT, **{field: value}))
    assert application is None
    assert field in complaints
    assert complaints[field].endswith(("。", "符", "码"))


def test_every_line_that_is_no_dealer_is_answered() -> None:
    lines = "33010600,青禾\n330106000000012，青禾\n330106000000012 青禾\n330106000000013,别家\n330106000000014"
    dealers, problems = read_dealers(lines, ["青禾", "青禾电动"])
    assert [dealer.company_code for dealer in dealers] == ["330106000000012"]
    assert [(problem.line, problem.message[:6]) for problem in problems] == [
        (1, "维修企业编码"),
        (3, "与第 2 行"),
        (4, "品牌不在申报"),
        (5, "没有品牌，请"),
    ]


def test_headings_of_several_tables_in_one_list_are_read_over() -> None:
    lines = "企业编码,品牌\n330106000000012,青禾\n维修企业编码，品牌\n330106000000013,青禾"
    dealers, problems = read_dealers(lines, ["青禾"])
    assert problems == ()
    assert [dealer.line for dealer in dealers] == [2, 4]


def test_an_only_brand_may_be_left_out_and_quotes_of_a_csv_are_read_over() -> None:
    dealers, problems = read_dealers('"330106000000012","青禾"\n330106000000013', ["青禾"])
    assert problems == ()
    assert {dealer.brand for dealer in dealers} == {"青禾"}


def test_more_dealers_than_any_maker_has_are_refused() -> None:
    lines = "\n".join(f"330106{number:09d},青禾" for number in range(MOST_DEALERS + 1))
    application, complaints, _ = read_application(msgspec.structs.replace(TEXT, dealers=lines))
    assert application is None
    assert str(MOST_DEALERS) in complaints["dealers"]


def test_brands_are_parted_by_any_comma() -> None:
    assert read_brands("甲，乙、丙;丁\n 戊 戊") == ("甲", "乙", "丙", "丁", "戊 戊")


def maker(**facts: object) -> Maker:
    approved = Maker(
        "1", "青禾", CREDIT_CODE, ("青禾",), MakerState.APPROVED, TODAY, TODAY, datetime(2026, 1, 1, tzinfo=UTC)
    )
    return msgspec.structs.replace(approved, **facts)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (None, "未列入总部对总部名录"),
        (maker(state=MakerState.APPLIED), "未列入总部对总部名录"),
        (maker(state=MakerState.REFUSED), "未列入总部对总部名录"),
        (maker(state=MakerState.ENDED), "未列入总部对总部名录"),
        (maker(valid_from=TODAY + DAY, valid_until=TODAY + DAY), "批准自2026年11月23日起生效"),
        (maker(valid_from=TODAY - DAY, valid_until=TODAY - DAY), "批准已于2026年11月21日到期"),
        (maker(), ""),
    ],
)
def test_a_maker_is_listed_on_the_days_of_its_approval_only(known: Maker | None, why: str) -> None:
    assert why_not_listed(known, TODAY) == why
    assert known is None or is_listed(known, TODAY) == (not why)


@pytest.mark.parametrize(
    ("dealer", "why"),
    [
        (None, "不在"),
        (Dealer("1", "青禾", TODAY + DAY), "自2026年11月23日起"),
        (Dealer("1", "青禾", TODAY - DAY, TODAY - DAY), "2026年11月21日后退出"),
        (Dealer("1", "青禾", TODAY, TODAY), ""),
    ],
)
def test_a_dealer_is_one_from_its_first_to_its_last_day(dealer: Dealer | None, why: str) -> None:
    found = why_no_dealer(dealer, TODAY)
    assert why in found
    assert bool(found) == bool(why)


def test_the_latest_change_that_has_come_counts_and_shops_begin_with_their_own_upload() -> None:
    changes = (
        ChannelChange(TODAY, Channel.HEAD_OFFICE),
        ChannelChange(TODAY + 5 * DAY, Channel.SHOP),
    )
    assert channel_on(changes, TODAY - DAY) is None
    assert channel_on(changes, TODAY) == changes[0]
    assert channel_on(changes, TODAY + 4 * DAY) == changes[0]
    assert channel_on(changes, TODAY + 5 * DAY) == changes[1]
    assert why_not_by(Channel.SHOP, (), TODAY) == ""
    assert why_not_by(Channel.SHOP, changes, TODAY - DAY) == ""
    assert why_not_by(Channel.SHOP, changes, TODAY + 5 * DAY) == ""
    assert why_not_by(Channel.HEAD_OFFICE, changes, TODAY) == ""


def test_the_other_channel_is_refused_with_the_day_of_change() -> None:
    changes = (ChannelChange(TODAY, Channel.HEAD_OFFICE), ChannelChange(TODAY + DAY, Channel.SHOP))
    assert "自2026年11月22日起为总部对总部上传" in why_not_by(Channel.SHOP, changes, TODAY)
    assert "自2026年11月23日起为单店上传" in why_not_by(Channel.HEAD_OFFICE, changes, TODAY + DAY)
    assert why_not_by(Channel.HEAD_OFFICE, (), TODAY) == "门店为单店上传，总部不能代为上传"

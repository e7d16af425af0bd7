"""Makers apply, are approved and end; who may upload for whom; what provinces are told. On a real database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import msgspec
import psycopg
import pytest

from chedang.enterprises import accounts, actions, channels, known, maker_store, makers, store
from chedang.enterprises.errors import (
    AlreadyRegistered,
    DecisionRefused,
    LicenceTaken,
    MakerNotFound,
    MakerNotListed,
    PasswordRefused,
    ReasonMissing,
    ShopNotInChain,
)
from chedang.enterprises.maker_model import Application, DealerLine, Maker, MakerState, NotPermitted, Permission
from chedang.enterprises.model import Channel, RegistrationText, ReviewState, Source
from chedang.enterprises.permissions import may_upload_for
from chedang.platform.announcements import NoticeRefused, read_announcements
from chedang.terms.credit_code import check_character

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
YEAR = timedelta(days=365)
DEALER, OTHER, THIRD = "330106000000012", "320102000000034", "330106000000013"
PASSWORD = "a-long-password-1"
CREDIT_CODE = "91310115MA1K35TQ2"
CREDIT_CODE += check_character(CREDIT_CODE)


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection]:
    """The ministry's database; it was told of two dealers."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        for code, node in ((DEALER, "33"), (OTHER, "32")):
            tell_of(connection, code, node)
        yield connection


def tell_of(connection: psycopg.Connection, code: str, node: str, state: str = "approved") -> None:
    shop = {
        "company_code": code,
        "company_name": f"青禾第{code[-2:]}店",
        "division_code": code[:6],
        "review_state": state,
    }
    known.apply_notice(connection, node, code, msgspec.json.encode(shop), now=NOW)


def application(*codes: str, password: str = PASSWORD) -> Application:
    lines = tuple(DealerLine(number, code, "青禾") for number, code in enumerate(codes, 1))
    return Application("青禾汽车有限公司", CREDIT_CODE, ("青禾",), lines, password)


def applied(connection: psycopg.Connection, *codes: str) -> str:
    return makers.apply(connection, application(*(codes or (DEALER, OTHER))), now=NOW).maker_code


def approved(connection: psycopg.Connection, *codes: str) -> str:
    code = applied(connection, *codes)
    makers.approve(connection, code, valid_from=TODAY, valid_until=TODAY + YEAR, by="officer", now=NOW)
    return code


def reason(connection: psycopg.Connection, account: str, shop: str, day: date = TODAY) -> str:
    answer = may_upload_for(connection, account, shop, day)
    return answer.reason if isinstance(answer, NotPermitted) else ""


def kinds(connection: psycopg.Connection) -> list[tuple[str, str]]:
    return [(each.kind, each.key) for each in read_announcements(connection, after=0, limit=100)]


def test_an_application_opens_an_account_that_may_do_nothing_yet(connection):
    code = applied(connection)
    account = store.find_by_code(connection, code)
    assert (account.source, account.review_state, account.division_code) == (
        Source.MAKER,
        ReviewState.PENDING,
        "310115",
    )
    assert store.list_by_state(connection) == []
    maker = maker_store.find(connection, code)
    assert (maker.state, maker.brands, maker.valid_from) == (MakerState.APPLIED, ("青禾",), None)
    assert [dealer.company_code for dealer in maker_store.dealers_of(connection, code)] == [OTHER, DEALER]
    assert maker_store.list_public(connection, TODAY) == []
    assert reason(connection, code, DEALER) == "未列入总部对总部名录"
    assert ("maker", code) not in kinds(connection)
    assert channels.channel_of(connection, DEALER, TODAY) is Channel.SHOP


def test_an_approval_lists_the_maker_and_switches_its_dealers_from_its_first_day(connection):
    code = applied(connection)
    first = TODAY + 3 * DAY
    makers.approve(connection, code, valid_from=first, valid_until=first + YEAR, by="officer", now=NOW)
    assert store.find_by_code(connection, code).review_state is ReviewState.APPROVED
    assert reason(connection, code, DEALER) == "批准自2026年11月25日起生效"
    assert channels.channel_of(connection, DEALER, first - DAY) is Channel.SHOP
    assert channels.channel_of(connection, DEALER, first) is Channel.HEAD_OFFICE
    assert [maker.maker_code for maker in maker_store.list_public(connection, first)] == [code]
    assert maker_store.count_dealers(connection, first) == {code: 2}
    permission = may_upload_for(connection, code, DEALER, first)
    assert isinstance(permission, Permission)
    assert (permission.shop.company_code, permission.channel) == (DEALER, Channel.HEAD_OFFICE)
    assert (permission.shop.source, permission.shop.password_hash) == (Source.TOLD, "")
    assert reason(connection, code, DEALER, first + YEAR) == ""
    assert reason(connection, code, DEALER, first + YEAR + DAY) == "批准已于2027年11月25日到期"
    assert {("maker", code), ("channel", DEALER), ("channel", OTHER)} <= set(kinds(connection))


def test_only_dealers_on_the_list_that_upload_this_way_may_be_uploaded_for(connection):
    code = approved(connection, DEALER)
    assert reason(connection, code, DEALER) == ""
    assert reason(connection, code, OTHER) == "门店不在本总部申报的经销商名单内"
    makers.add_dealers(connection, code, [DealerLine(1, THIRD, "青禾")], since_on=TODAY, now=NOW)
    assert reason(connection, code, THIRD) == "门店所在省尚未报送该门店的登记信息"
    channels.set_channel(connection, DEALER, Channel.SHOP, TODAY, decided_by="33", reason="设备更换", now=NOW)
    assert reason(connection, code, DEALER) == "门店自2026年11月22日起为单店上传，总部不能代为上传"
    assert reason(connection, "330106000000999", DEALER) == "companyuniquecode不属于本账户"


def test_a_dealer_leaves_the_list_after_its_last_day_and_keeps_its_channel(connection):
    code = approved(connection)
    makers.end_dealer(connection, code, DEALER, until_on=TODAY, now=NOW)
    assert reason(connection, code, DEALER) == ""
    assert "退出" in reason(connection, code, DEALER, TODAY + DAY)
    assert channels.channel_of(connection, DEALER, TODAY + DAY) is Channel.HEAD_OFFICE
    with pytest.raises(DecisionRefused):
        makers.end_dealer(connection, code, THIRD, until_on=TODAY, now=NOW)
    with pytest.raises(DecisionRefused):
        makers.end_dealer(connection, code, DEALER, until_on=TODAY - DAY, now=NOW)


def test_an_end_takes_the_maker_off_the_list_and_switches_nobody(connection):
    code = approved(connection)
    with pytest.raises(ReasonMissing):
        makers.end(connection, code, reason=" ", by="officer", now=NOW)
    makers.end(connection, code, reason="不再授权", by="officer", now=NOW)
    assert reason(connection, code, DEALER) == "未列入总部对总部名录"
    assert maker_store.list_public(connection, TODAY) == []
    assert maker_store.makers_of(connection, DEALER, TODAY) == []
    assert channels.channel_of(connection, DEALER, TODAY) is Channel.HEAD_OFFICE
    with pytest.raises(DecisionRefused):
        makers.end(connection, code, reason="again", by="officer", now=NOW)


def test_a_refused_maker_applies_again_with_its_password_only(connection):
    code = applied(connection)
    with pytest.raises(ReasonMissing):
        makers.refuse(connection, code, reason="", by="officer", now=NOW)
    makers.refuse(connection, code, reason="名单不全", by="officer", now=NOW)
    assert maker_store.find(connection, code).reason == "名单不全"
    with pytest.raises(DecisionRefused):
        makers.refuse(connection, code, reason="again", by="officer", now=NOW)
    with pytest.raises(AlreadyRegistered):
        makers.apply(connection, application(DEALER, password="another-password-1"), now=NOW)
    again = makers.apply(connection, application(DEALER), now=NOW + DAY)
    assert (again.maker_code, again.state) == (code, MakerState.APPLIED)
    assert len(maker_store.dealers_of(connection, code)) == 1


def test_a_listed_maker_does_not_apply_again_and_weak_passwords_open_nothing(connection):
    approved(connection)
    with pytest.raises(DecisionRefused):
        makers.apply(connection, application(DEALER), now=NOW)
    with pytest.raises(PasswordRefused):
        makers.apply(connection, application(DEALER, password="12345678"), now=NOW)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY, TODAY - DAY),
        (TODAY + DAY, TODAY),
        (TODAY - 9 * DAY, TODAY - DAY),
        (TODAY - DAY, TODAY),
        (date.min, TODAY),
        (TODAY, date.max),
        (TODAY, TODAY + 11 * YEAR),
    ],
)
def test_an_approval_needs_a_span_that_is_sensible_and_not_over(connection, first, last):
    code = applied(connection)
    with pytest.raises(DecisionRefused):
        makers.approve(connection, code, valid_from=first, valid_until=last, by="officer", now=NOW)
    with pytest.raises(MakerNotFound):
        makers.approve(connection, "1", valid_from=TODAY, valid_until=TODAY, by="officer", now=NOW)


def test_a_renewal_keeps_its_first_day_and_begins_no_earlier(connection):
    code = approved(connection)
    later = NOW + 9 * DAY
    maker = makers.approve(connection, code, valid_from=TODAY, valid_until=TODAY + YEAR, by="officer", now=later)
    assert maker.valid_from == TODAY
    with pytest.raises(DecisionRefused, match="有效期起"):
        makers.approve(connection, code, valid_from=TODAY - DAY, valid_until=TODAY + YEAR, by="officer", now=later)


def test_a_maker_whose_approval_has_run_out_applies_again_and_is_listed_anew(connection):
    code = approved(connection)
    over = NOW + YEAR + DAY
    with pytest.raises(AlreadyRegistered):
        makers.apply(connection, application(DEALER, password="another-password-1"), now=over)
    channels.set_channel(connection, OTHER, Channel.SHOP, TODAY + YEAR, decided_by="33", reason="总部停报", now=over)
    again = makers.apply(connection, application(DEALER, OTHER, THIRD), now=over)
    assert (again.maker_code, again.state, again.valid_from) == (code, MakerState.APPLIED, None)
    assert msgspec.json.decode(makers.read_notice(connection, code))["state"] == "applied"  # off the provinces' lists
    first = TODAY + YEAR + 2 * DAY
    assert reason(connection, code, DEALER, first) == "未列入总部对总部名录"
    with pytest.raises(DecisionRefused):
        makers.approve(connection, code, valid_from=TODAY, valid_until=first + YEAR, by="officer", now=over)
    makers.approve(connection, code, valid_from=first, valid_until=first + YEAR, by="officer", now=over)
    assert reason(connection, code, DEALER, first) == ""
    # What a province has set back meanwhile it keeps; a new dealer begins with the new approval.
    assert reason(connection, code, OTHER, first) == "门店自2027年11月22日起为单店上传，总部不能代为上传"
    assert channels.channel_of(connection, THIRD, first - DAY) is Channel.SHOP
    assert channels.channel_of(connection, THIRD, first) is Channel.HEAD_OFFICE
    assert [each.since_on for each in channels.list_decisions(connection, DEALER)] == [TODAY]


def test_a_renewal_leaves_a_dealer_alone_that_its_province_set_back(connection):
    code = approved(connection)
    channels.set_channel(connection, DEALER, Channel.SHOP, TODAY + DAY, decided_by="33", reason="设备更换", now=NOW)
    before = channels.list_decisions(connection, OTHER)
    makers.approve(connection, code, valid_from=TODAY, valid_until=TODAY + 2 * YEAR, by="officer", now=NOW + DAY)
    assert channels.channel_of(connection, DEALER, TODAY + DAY) is Channel.SHOP
    assert channels.list_decisions(connection, OTHER) == before
    makers.add_dealers(connection, code, [DealerLine(1, DEALER, "青禾")], since_on=TODAY + 9 * DAY, now=NOW)
    assert channels.channel_of(connection, DEALER, TODAY + 9 * DAY) is Channel.HEAD_OFFICE
    with pytest.raises(DecisionRefused):
        makers.add_dealers(connection, code, [DealerLine(1, DEALER, "青禾")], since_on=TODAY - DAY, now=NOW)


def test_a_maker_gets_the_code_of_its_dealer_and_a_new_one_for_a_shop_that_nobody_knows(connection):
    code = approved(connection, DEALER)

    def ask(name: str, licence: str = "", division: str = "330106") -> str:
        text = RegistrationText(company_name=name, road_transport_license=licence, division_code=division)
        return makers.allocate(connection, code, text, now=NOW).company_code

    assert ask("青禾第12店") == DEALER
    with pytest.raises(ShopNotInChain):
        ask("青禾第34店", division="320102")
    new = ask("青禾新店", "330106880001")
    assert new.startswith("330106")
    assert ask("青禾新店", "330106880001") == new
    with pytest.raises(LicenceTaken):
        ask("别的店", "330106880001")
    assert store.find_by_code(connection, new).review_state is ReviewState.PENDING
    assert reason(connection, code, new) == ""
    makers.end(connection, code, reason="不再授权", by="officer", now=NOW)
    with pytest.raises(MakerNotListed):
        ask("青禾第12店")


def test_a_chain_goes_on_as_before_and_one_channel_holds_for_it_too(connection):
    first = RegistrationText(company_name="青禾连锁", password=PASSWORD, division_code="330106")
    chain = actions.register(connection, first, now=NOW).enterprise.company_code
    shop = actions.register(connection, msgspec.structs.replace(first, company_name="青禾一店"), now=NOW)
    member = shop.enterprise.company_code
    assert reason(connection, chain, member) == "companyuniquecode不属于本账户"
    accounts.add_member(connection, chain, member, now=NOW)
    permission = may_upload_for(connection, chain, member, TODAY)
    assert isinstance(permission, Permission)
    assert (permission.shop, permission.channel) == (shop.enterprise, Channel.SHOP)
    channels.set_channel(connection, member, Channel.HEAD_OFFICE, TODAY, decided_by="00", reason="总部对总部", now=NOW)
    assert "总部对总部上传" in reason(connection, chain, member)


def test_a_dealer_may_be_listed_by_its_national_code(connection):
    shop = {
        "company_code": "33010633000012",
        "national_code": THIRD,
        "company_name": "青禾第13店",
        "division_code": "330106",
        "review_state": "approved",
    }
    known.apply_notice(connection, "33", "33010633000012", msgspec.json.encode(shop), now=NOW)
    code = approved(connection, THIRD)
    assert [each.company_code for each in maker_store.dealers_of(connection, code)] == ["33010633000012"]
    permission = may_upload_for(connection, code, THIRD, TODAY)
    assert isinstance(permission, Permission)
    assert permission.shop.company_code == "33010633000012"


def test_a_province_shows_what_the_ministry_tells_and_hears_nobody_else(connection, make_database):
    code = approved(connection)
    content = makers.read_notice(connection, code)
    assert b"officer" not in content
    assert makers.read_notice(connection, "1") == b""
    with make_database() as url, psycopg.connect(url, autocommit=True) as province:
        for _ in range(2):
            makers.apply_notice(province, "00", code, content, now=NOW)
        told = maker_store.find(province, code)
        assert msgspec.structs.replace(maker_store.find(connection, code), decided_by="") == told
        assert maker_store.dealers_of(province, code) == maker_store.dealers_of(connection, code)
        assert [maker.maker_code for maker in maker_store.makers_of(province, DEALER, TODAY)] == [code]
        assert store.find_by_code(province, code) is None
        for sender, key, said in (("33", code, content), ("00", "1", content), ("00", code, b"{}")):
            with pytest.raises(NoticeRefused):
                makers.apply_notice(province, sender, key, said, now=NOW)
        assert isinstance(told, Maker)
        makers.apply_notice(province, "00", code, b"", now=NOW)
        assert maker_store.list_all(province) == []

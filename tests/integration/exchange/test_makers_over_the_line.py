"""The ministry's approval of a maker reaches the dealer's province, and the province's word the ministry."""

from __future__ import annotations

from datetime import timedelta

import msgspec
from tests.integration.exchange.nodes import NOW, Node, carry

from chedang.enterprises import channels, known, maker_store, makers
from chedang.enterprises.maker_model import Application, DealerLine, NotPermitted, Permission
from chedang.enterprises.model import Channel
from chedang.enterprises.permissions import may_upload_for
from chedang.exchange.routing import route
from chedang.terms.credit_code import check_character
from chedang.terms.dates import day_in_china

TODAY = day_in_china(NOW)
DAY = timedelta(days=1)
DEALER = "330106000000012"
CREDIT_CODE = "91310115MA1K35TQ2"
CREDIT_CODE += check_character(CREDIT_CODE)


def test_an_approval_goes_down_and_the_provinces_no_comes_up(province: Node, ministry: Node) -> None:
    shop = {"company_code": DEALER, "company_name": "青禾西湖店", "division_code": "330106", "review_state": "approved"}
    known.apply_notice(ministry.connection, "33", DEALER, msgspec.json.encode(shop), now=NOW)
    application = Application(
        "青禾汽车有限公司", CREDIT_CODE, ("青禾",), (DealerLine(1, DEALER, "青禾"),), "a-long-password-1"
    )
    maker = makers.apply(ministry.connection, application, now=NOW).maker_code
    makers.approve(ministry.connection, maker, valid_from=TODAY, valid_until=TODAY + 9 * DAY, by="officer", now=NOW)
    ministry.connection.commit()
    assert isinstance(may_upload_for(ministry.connection, maker, DEALER, TODAY), Permission)
    ministry.connection.commit()

    while route(ministry.connection, clock=ministry.clock):
        pass
    assert carry(ministry, province) > 0
    assert province.letters() == []
    assert channels.channel_of(province.connection, DEALER, TODAY) is Channel.HEAD_OFFICE
    assert [each.maker_name for each in maker_store.list_public(province.connection, TODAY)] == ["青禾汽车有限公司"]

    later = NOW + timedelta(hours=1)
    channels.set_channel(
        province.connection, DEALER, Channel.SHOP, TODAY + DAY, decided_by="33", reason="总部停止上传", now=later
    )
    province.connection.commit()
    province.now = ministry.now = later
    assert carry(province, ministry) > 0
    assert ministry.letters() == []
    assert isinstance(may_upload_for(ministry.connection, maker, DEALER, TODAY), Permission)
    refused = may_upload_for(ministry.connection, maker, DEALER, TODAY + DAY)
    assert isinstance(refused, NotPermitted)
    assert "单店上传" in refused.reason
    assert channels.list_decisions(ministry.connection, DEALER) == channels.list_decisions(province.connection, DEALER)

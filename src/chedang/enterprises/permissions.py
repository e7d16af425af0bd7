"""May this account upload for this shop today? The one place that answers, for chains and for makers (ADR 0017, 0025).

A chain's shops are those an officer put into it (``chain_member``), in a province. A maker's are the dealers on its
list while the ministry's approval holds, at the ministry; a dealer may be known there only by what its province told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

import msgspec

from chedang.enterprises import store
from chedang.enterprises.maker_model import Dealer, Maker, MakerState, NotPermitted, Permission
from chedang.enterprises.maker_rules import why_no_dealer, why_not_by, why_not_listed
from chedang.enterprises.model import Channel, ChannelChange, Enterprise, ReviewState, Source
from chedang.enterprises.store import Connection
from chedang.platform.database import load_queries

_SQL = load_queries("chedang.enterprises", "makers.sql")
_NOT_IN_CHAIN = "companyuniquecode不属于本账户"
_UNKNOWN = "门店所在省尚未报送该门店的登记信息"


class _Standing(msgspec.Struct, frozen=True):
    """What an account and a shop are to each other."""

    is_maker: bool
    maker: Maker | None
    dealer: Dealer | None
    is_member: bool


def may_upload_for(
    connection: Connection, account_code: str, company_code: str, today: date
) -> Permission | NotPermitted:
    """Whether the account ``account_code`` may upload for the shop ``company_code`` on this day.

    The shop's review is the caller's question. Whoever asks for its own shop needs not ask here.
    """
    shop = find_shop(connection, company_code)
    standing = _read_standing(connection, account_code, company_code if shop is None else shop.company_code)
    channel = Channel.HEAD_OFFICE if standing.is_maker else Channel.SHOP
    if standing.is_maker:
        reason = why_not_listed(standing.maker, today) or why_no_dealer(standing.dealer, today)
    else:
        reason = "" if standing.is_member else _NOT_IN_CHAIN
    if reason:
        return NotPermitted(reason)
    if shop is None:
        return NotPermitted(_UNKNOWN)
    reason = why_not_by(channel, shop.channel_changes, today)
    return NotPermitted(reason) if reason else Permission(shop, channel)


def find_shop(connection: Connection, company_code: str) -> Enterprise | None:
    """A shop by either of its codes: one of this node, or of another as far as that has told of it.

    A dealer that a maker had a code allocated for is its province's as soon as that has told of it.
    """
    own = store.find_by_code(connection, company_code)
    if own is not None and own.source is not Source.ALLOCATED:
        return own
    told = told_shops(connection, [company_code])
    if own is not None:
        return next((shop for shop in told if shop.company_code == own.company_code), own)
    return told[0] if told else None


def told_shops(connection: Connection, company_codes: Collection[str]) -> list[Enterprise]:
    """Shops of other nodes by either of their codes: what was told of them, and no account; no order."""
    rows = connection.execute(_SQL["told_shops"], {"company_codes": list(company_codes)})
    return [_told_shop(row) for row in rows]


def _told_shop(row: Sequence[Any]) -> Enterprise:
    company_code, national_code, name, division_code, category_code, review_state, told_at, changes = row
    return Enterprise(
        company_name=name,
        division_code=division_code,
        category_code=category_code,
        company_code=company_code,
        national_code=national_code,
        # Stands in no token; tells the shops of other nodes apart, from each other and from those of this node.
        enterprise_id=-int(company_code),
        review_state=ReviewState(review_state),
        reviewed_at=None,
        reviewed_by="",
        review_reason="",
        password_hash="",
        password_is_weak=False,
        password_changed_at=None,
        token_generation=0,
        source=Source.TOLD,
        created_at=told_at,
        channel_changes=msgspec.convert(changes or (), tuple[ChannelChange, ...]),
    )


def _read_standing(connection: Connection, account_code: str, company_code: str) -> _Standing:
    codes = {"account_code": account_code, "company_code": company_code}
    row = connection.execute(_SQL["standing"], codes).fetchone()
    if row is None:
        return _Standing(is_maker=False, maker=None, dealer=None, is_member=False)
    source, code, name, credit_code, brands, state, valid_from, valid_until, applied_at, *rest = row
    maker = None
    if code is not None:
        maker = Maker(code, name, credit_code, tuple(brands), MakerState(state), valid_from, valid_until, applied_at)
    dealer_code, brand, since_on, until_on, is_member = rest
    dealer = None if dealer_code is None else Dealer(dealer_code, brand, since_on, until_on)
    return _Standing(source == Source.MAKER, maker, dealer, is_member)

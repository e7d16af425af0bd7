"""Shops of other nodes: what their own node tells of them, and nothing more (ours).

A file must name the shop of a record that came in elsewhere, and hold the record back while the shop is not approved
at home. No contact, no person and no address travels. The node that registers a shop is the only one to speak for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from chedang.enterprises import store
from chedang.enterprises.model import ReviewState
from chedang.enterprises.store import NOTICE_KIND, Connection
from chedang.platform.announcements import NoticeRefused, announce
from chedang.platform.database import load_queries
from chedang.platform.settings import MINISTRY_CODE
from chedang.terms import enterprise_code

_SQL = load_queries("chedang.enterprises", "known.sql")
_LONGEST_NAME: Final = 200

_SixDigits = Annotated[str, msgspec.Meta(pattern="^[0-9]{6}$")]
_NationalCode = Annotated[str, msgspec.Meta(pattern="^([0-9]{15})?$")]
_NodeCode = Annotated[str, msgspec.Meta(pattern="^([0-9]{2})?$")]


class KnownEnterprise(msgspec.Struct, frozen=True, kw_only=True):
    """A shop as other nodes know it; also the content of its notice, as JSON."""

    company_code: str
    """维修企业编码, under which its records stand."""
    node_code: _NodeCode = ""
    """Two digits of the node that registers it; '' for the one that tells."""
    national_code: _NationalCode = ""
    """全国唯一企业编码; '' for none, or not yet."""
    company_name: Annotated[str, msgspec.Meta(min_length=1, max_length=_LONGEST_NAME)]
    division_code: _SixDigits
    category_code: Annotated[str, msgspec.Meta(max_length=10)] = ""
    review_state: ReviewState
    is_cancelled: bool = False
    """已注销; its records stay in files. A node of an earlier release does not tell."""


_decode = msgspec.json.Decoder(KnownEnterprise).decode


def find(connection: Connection, code: str) -> KnownEnterprise | None:
    """A shop of another node, by its own code or its national one."""
    row = connection.execute(_SQL["find_known"], {"code": code}).fetchone()
    return None if row is None else _known(row)


def find_all(connection: Connection, company_codes: Collection[str]) -> dict[str, KnownEnterprise]:
    """Shops of this node (``node_code`` '') and of others by their own codes; unknown codes are absent."""
    rows = connection.execute(_SQL["find_all"], {"company_codes": list(company_codes)})
    return {row[0]: _known(row) for row in rows}


def read_notice(connection: Connection, key: str) -> bytes:
    """What other nodes are told of the shop with this code, JSON; b'' for a code that no shop has."""
    shop = find_all(connection, [key]).get(key)
    return b"" if shop is None else msgspec.json.encode(shop)


def apply_notice(connection: Connection, sender: str, key: str, content: bytes, *, now: datetime) -> None:
    """Take up what another node tells of a shop. Commits with the caller's transaction. Raises NoticeRefused.

    At the ministry the sender registers the shop, whatever the content says, and what changed is announced on, for the
    provinces that hold records of it. A province is told by the ministry, which names the node; it passes nothing on.
    A code that a third node's shop holds or was given is refused; one that a maker had allocated here in the sender's
    name is the sender's. What the ministry tells a province of the province's
    own shop is passed over: nobody knows it better.
    """
    shop = _read(sender, key, content)
    before = find_all(connection, [key]).get(key)
    if before is not None and not before.node_code and sender == MINISTRY_CODE:
        return
    if before is None and sender != MINISTRY_CODE:
        # Only the ministry gives codes: until this commits, none that the shop brings along.
        store.lock_serial(connection)
    _refuse_foreign_claims(connection, shop)
    if connection.execute(_SQL["save_known"], _columns(shop) | {"told_at": now}).fetchone() is None:
        raise NoticeRefused("该编码的企业由另一节点登记")
    # A dealer that a maker had a code allocated for here is reviewed by its province from now on.
    connection.execute(_SQL["take_over_review"], _columns(shop) | {"told_at": now})
    if sender != MINISTRY_CODE and shop != before:
        announce(connection, NOTICE_KIND, key, now=now)


def told_at(connection: Connection, key: str) -> datetime | None:
    """When a shop's own node told of it last; ``None`` for one of which none did."""
    row = connection.execute(_SQL["told_at"], {"company_code": key}).fetchone()
    return None if row is None else row[0]


def announce_all(connection: Connection, now: datetime) -> int:
    """Announce every shop of this node, once, when it joins. How many? Commits with the caller's transaction."""
    codes = [row[0] for row in connection.execute(_SQL["all_codes"])]
    for company_code in codes:
        announce(connection, NOTICE_KIND, company_code, now=now)
    return len(codes)


def _read(sender: str, key: str, content: bytes) -> KnownEnterprise:
    if not content:
        raise NoticeRefused("登记过的企业不能撤销，其记录仍需名称")
    try:
        shop = _decode(content)
    except msgspec.DecodeError as fault:
        raise NoticeRefused("企业信息不完整或格式不对") from fault
    if shop.company_code != key or not enterprise_code.is_acceptable(key):
        raise NoticeRefused("维修企业编码与通知的标识不符，或不是 12 至 15 位数字")
    is_told_by_ministry = sender == MINISTRY_CODE and shop.node_code
    return msgspec.structs.replace(shop, node_code=shop.node_code if is_told_by_ministry else sender)


def _refuse_foreign_claims(connection: Connection, shop: KnownEnterprise) -> None:
    codes = [shop.company_code, *([shop.national_code] if shop.national_code else [])]
    for place, company_code, node_code in connection.execute(_SQL["claims"], {"codes": codes}):
        if node_code != shop.node_code:
            here = "本节点" if place == "here" else "另一节点"
            raise NoticeRefused(f"该编码属于{here}登记的企业，或已分配给{here}")
        if place == "there" and company_code != shop.company_code:
            raise NoticeRefused("全国唯一企业编码已属于同一节点的另一家企业")


def _known(row: Sequence[Any]) -> KnownEnterprise:
    code, node, national, name, division_code, category, state, is_cancelled = row
    return KnownEnterprise(
        company_code=code,
        node_code=node,
        national_code=national,
        company_name=name,
        division_code=division_code,
        category_code=category,
        review_state=ReviewState(state),
        is_cancelled=is_cancelled,
    )


def _columns(shop: KnownEnterprise) -> dict[str, object]:
    return msgspec.structs.asdict(shop) | {"review_state": shop.review_state.value}

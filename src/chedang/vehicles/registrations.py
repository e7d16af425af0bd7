"""车籍 as stated on a 行驶证 or by an authority: goes before what a plate says. Holds VINs: never logged.

A province tells the ministry, which then brings the vehicle's history to the province stated; others do not hear of it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import msgspec

from chedang.platform.announcements import NoticeRefused, announce
from chedang.platform.database import load_queries
from chedang.records.store import Connection
from chedang.terms import vin as vins
from chedang.terms.division import PROVINCES

_SQL = load_queries("chedang.vehicles", "registrations.sql")

KIND: Final = "registration"
"""Kind under which a statement is announced; the key is the VIN."""
_CLOCKS_DIFFER: Final = timedelta(minutes=10)
"""A statement from further in the future is refused: it would win against every later one."""


class RegistrationBasis(StrEnum):
    """What a statement rests on."""

    DRIVING_LICENCE = "driving_licence"
    """The owner showed the 行驶证."""
    AUTHORITY = "authority"

    @property
    def label(self) -> str:
        """In Chinese, for people."""
        return "行驶证" if self is RegistrationBasis.DRIVING_LICENCE else "主管机关认定"


class Registration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One vehicle's statement. As JSON it is the content of a notice."""

    province_code: str
    """Two digits of a province; 66 is 兵团."""
    basis: RegistrationBasis
    stated_by: str
    """Node at which it was stated, two digits."""
    stated_at: datetime


class RegistrationInvalid(Exception):
    """A statement that cannot stand; the text says why, in Chinese, without the VIN."""


_decode = msgspec.json.Decoder(Registration).decode


def state_registration(
    connection: Connection, vin: str, province_code: str, basis: RegistrationBasis, *, stated_by: str, now: datetime
) -> None:
    """State where ``vin`` (normalised) is registered and announce it, in the caller's transaction.

    ``stated_by`` is this node. Raises RegistrationInvalid for a VIN that opens no file or a province without plates.
    """
    stated = Registration(province_code, basis, stated_by, now)
    _check(vin, stated)
    if _keep(connection, vin, stated):
        announce(connection, KIND, vin, now=now)


def read(connection: Connection, vin: str) -> Registration | None:
    """What was stated last for a normalised VIN; ``None`` when nothing was."""
    row = connection.execute(_SQL["read"], {"vin": vin}).fetchone()
    return None if row is None else Registration(row[0], RegistrationBasis(row[1]), row[2], row[3])


def read_notice(connection: Connection, key: str) -> bytes:
    """Content of the notice about the VIN ``key``; b'' when nothing was stated."""
    stated = read(connection, key)
    return b"" if stated is None else msgspec.json.encode(stated)


def apply_notice(connection: Connection, sender: str, key: str, content: bytes, *, now: datetime) -> None:
    """Take up what another node stated; the newest statement stands, in whatever order they come.

    Announced here in turn when it changes something, so that the vehicle's history is brought to its new home. Raises
    NoticeRefused for one that is no statement of the sender's or cannot stand.
    """
    try:
        stated = _decode(content)
        _check(key, stated)
    except (msgspec.DecodeError, RegistrationInvalid) as fault:
        raise NoticeRefused("车籍登记不可用" if isinstance(fault, msgspec.DecodeError) else str(fault)) from None
    if stated.stated_by != sender:
        raise NoticeRefused("车籍登记不是发送节点自己作出的")
    if stated.stated_at > now + _CLOCKS_DIFFER:
        raise NoticeRefused("车籍登记的时间在将来")
    if _keep(connection, key, stated):
        announce(connection, KIND, key, now=now)


def _check(vin: str, stated: Registration) -> None:
    if not vins.opens_file(vin):
        raise RegistrationInvalid("VIN 不可用，不能登记车籍")
    province = PROVINCES.get(stated.province_code)
    if province is None or province.plate_character is None:
        raise RegistrationInvalid("车籍应为发放号牌的省级行政区划的两位代码，兵团为 66")
    if stated.stated_by not in PROVINCES:
        raise RegistrationInvalid("登记节点不存在")
    if stated.stated_at.tzinfo is None:
        raise RegistrationInvalid("登记时间没有时区")


def _keep(connection: Connection, vin: str, stated: Registration) -> bool:
    """Store a statement unless a newer one stands, and bring the index in step; says whether anything changed."""
    parameters = msgspec.structs.asdict(stated) | {"vin": vin}
    # Before any row, and by whoever states or takes up: two that state about the same vehicles in another order would
    # else wait for each other, one for the lock and one for a row.
    connection.execute(_SQL["lock_refresh"])
    if connection.execute(_SQL["keep"], parameters).fetchone() is None:
        return False
    connection.execute(_SQL["bring_index_in_step"], parameters)
    return True

"""Who calls the native API: the enterprise behind a secret, and the shop's own care of its secrets (ADR 0018).

A secret has 256 random bits: guessing needs no lock, and so nobody can lock a shop out by guessing. Its public part
finds it; what was found is good for five seconds, and with that an ended secret for no longer.

The password of the shop opens nothing here but the making of secrets, under a lock of its own: wrong passwords sent to
this door do not lock the doors of the older vocabularies, nor those this one, and the secrets go on working.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Final, Protocol, TypeVar

import msgspec

from chedang.enterprises import secrets
from chedang.enterprises.errors import ExpiryRefused, TooManySecrets
from chedang.enterprises.model import Enterprise
from chedang.enterprises.secrets import ApiSecret, MadeSecret
from chedang.enterprises.store import Connection
from chedang.intake.accounts import Directory, PasswordChecker
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.service import Database, refuse_rejected
from chedang.platform.clock import Clock
from chedang.terms.dates import day_in_china

NOTICE_DAYS: Final = (3, 14, 30)
"""A shop is told this many days before its secret ends, more urgently each time."""

BY_SIGN_IN: Final = "basic"
"""``by`` of a caller who signed in with the shop's password."""

Answer = TypeVar("Answer")


class Toolbox(Protocol):
    """What is needed of :class:`chedang.intake.service.Intake`."""

    directory: Directory
    passwords: PasswordChecker
    run: Database
    clock: Clock


class Notice(msgspec.Struct, frozen=True):
    """The secret used will soon be good no more."""

    secret_id: str
    expires_on: date
    """Its last day, in China."""
    days_left: int
    stage_days: int
    """The smallest of NOTICE_DAYS that is not yet over."""

    @property
    def text(self) -> str:
        """One sentence for people."""
        left = f"还有{self.days_left}天" if self.days_left else "就在今天"
        urgency = {3: "请立即换用新密钥", 14: "请尽快换用新密钥", 30: "请安排换用新密钥"}[self.stage_days]
        return f"接口密钥cd_{self.secret_id}将于{self.expires_on.isoformat()}到期，{left}，{urgency}。"


def notice_of(secret: ApiSecret, now: datetime) -> Notice | None:
    """What to tell about a live secret; ``None`` when its end is more than 30 days away."""
    expires_on = day_in_china(secret.expires_at)
    days_left = (expires_on - day_in_china(now)).days
    stage = next((days for days in NOTICE_DAYS if days_left <= days), None)
    return None if stage is None else Notice(secret.secret_id, expires_on, max(days_left, 0), stage)


async def authenticate(intake: Toolbox, authorization: str) -> tuple[Enterprise, Notice | None]:
    """The enterprise of ``Authorization: Bearer <secret>``, and a notice when the secret ends soon.

    Raises Refused: BAD_TOKEN, EXPIRED_TOKEN, ENTERPRISE_REJECTED; or the store's error.
    """
    secret = await _live_secret(intake, authorization)
    enterprise = await intake.directory.by_code(secret.company_code)
    if enterprise is None:
        raise Refused(RefusalKind.BAD_TOKEN, "接口密钥不存在或已停用")
    refuse_rejected(enterprise)
    return enterprise, notice_of(secret, intake.clock())


async def authenticate_for_secrets(intake: Toolbox, authorization: str) -> tuple[Enterprise, str, Notice | None]:
    """The same, or ``Basic`` with 维修企业编码 and password. The text says who it was, for ``by``.

    Raises Refused: also UNKNOWN_ENTERPRISE, WRONG_PASSWORD, LOCKED.
    """
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        enterprise, notice = await authenticate(intake, authorization)
        return enterprise, secrets.public_part(credentials.strip()) or "", notice
    company_code, password = _read_basic(credentials)
    known = await intake.directory.by_code(company_code, anew=True)
    if known is None:
        raise Refused(RefusalKind.UNKNOWN_ENTERPRISE)
    await intake.passwords.check(f"secrets:{company_code}", known.password_hash, password)
    refuse_rejected(known)
    return known, BY_SIGN_IN, None


async def list_secrets(intake: Toolbox, enterprise: Enterprise) -> Sequence[ApiSecret]:
    """The shop's secrets, newest first, without what is secret about them."""
    return await intake.run(lambda connection: secrets.list_of(connection, enterprise.company_code))


async def make_secret(intake: Toolbox, enterprise: Enterprise, by: str, expires_at: datetime | None) -> MadeSecret:
    """A new secret. Raises Refused: CONFLICT when two are live, NOT_ACCEPTABLE for an end too far away."""

    def work(connection: Connection) -> MadeSecret:
        return secrets.make(connection, enterprise.company_code, by=by, now=intake.clock(), expires_at=expires_at)

    return await _changing(intake, work)


async def end_secret(intake: Toolbox, enterprise: Enterprise, by: str, secret_id: str) -> None:
    """End a secret now; again changes nothing. Raises Refused(UNKNOWN_RECORD)."""

    def work(connection: Connection) -> bool:
        return secrets.end(connection, enterprise.company_code, secret_id, by=by, now=intake.clock())

    if not await _changing(intake, work):
        raise Refused(RefusalKind.UNKNOWN_RECORD, "没有这个接口密钥")
    intake.directory.forget_secret(secret_id)


async def _changing(intake: Toolbox, work: Callable[[Connection], Answer]) -> Answer:
    try:
        return await intake.run(work)
    except TooManySecrets as fault:
        raise Refused(RefusalKind.CONFLICT, str(fault)) from fault
    except ExpiryRefused as fault:
        raise Refused(RefusalKind.NOT_ACCEPTABLE, str(fault)) from fault


async def _live_secret(intake: Toolbox, authorization: str) -> ApiSecret:
    scheme, _, credentials = authorization.partition(" ")
    text = credentials.strip()
    secret_id = secrets.public_part(text) if scheme.lower() == "bearer" else None
    if secret_id is None:
        raise Refused(RefusalKind.BAD_TOKEN, "请求头应为 Authorization: Bearer cd_…")
    secret = await intake.directory.secret(secret_id)
    if secret is None or not secret.fits(text):
        raise Refused(RefusalKind.BAD_TOKEN, "接口密钥不存在或已停用")
    if not secret.is_live(intake.clock()):
        raise Refused(RefusalKind.EXPIRED_TOKEN, "接口密钥已到期")
    await _note_use(intake, secret)
    return secret


async def _note_use(intake: Toolbox, secret: ApiSecret) -> None:
    """Once a day; whoever comes at the same moment writes the same day again."""
    today = day_in_china(intake.clock())
    if secret.last_used_on is None or secret.last_used_on < today:
        await intake.run(lambda connection: secrets.note_use(connection, secret.secret_id, today))
        intake.directory.forget_secret(secret.secret_id)


def _read_basic(credentials: str) -> tuple[str, str]:
    try:
        name, colon, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except (binascii.Error, ValueError) as fault:
        raise Refused(RefusalKind.WRONG_PASSWORD, "Basic 后应为 Base64 编码的 企业编码:密码") from fault
    if not colon or not name or not password:
        raise Refused(RefusalKind.WRONG_PASSWORD, "Basic 后应为 Base64 编码的 企业编码:密码")
    return name, password

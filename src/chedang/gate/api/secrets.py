"""`/api/v1/secrets`: a shop's care of its own secrets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final, Literal

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from chedang.enterprises.model import Enterprise
from chedang.enterprises.secrets import ApiSecret
from chedang.gate.api.desk import Desk
from chedang.gate.api.noting import note_shop
from chedang.gate.api.who import remember, secret_notices
from chedang.intake import sandbox
from chedang.intake.native.answers import NoticeJson, in_china
from chedang.intake.outcomes import RefusalKind, Refused
from chedang.intake.secrets import authenticate_for_secrets, end_secret, list_secrets, make_secret

State = Literal["live", "expired", "ended"]

MAX_BODY_BYTES: Final = 4096
NO_STORE: Final = {"Cache-Control": "no-store"}


class NewSecret(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new secret shall be like; nothing means good for 180 days."""

    expires_at: datetime | None = None
    """At most 400 days from now, with its offset: ``2027-05-01T00:00:00+08:00``."""


class SecretJson(msgspec.Struct, frozen=True):
    """One secret without what is secret about it."""

    id: str
    state: State
    created_at: datetime
    created_by: str
    """An account of the site; ``basic`` or a secret's public part over this interface."""
    expires_at: datetime
    ended_at: datetime | None
    last_used_on: date | None


class SecretsJson(msgspec.Struct, frozen=True):
    """A shop's secrets, newest first."""

    secrets: tuple[SecretJson, ...]
    notices: tuple[NoticeJson, ...] = ()


class MadeSecretJson(msgspec.Struct, frozen=True):
    """A new secret. ``secret`` is told this once."""

    id: str
    secret: str
    expires_at: datetime
    notices: tuple[NoticeJson, ...] = ()


@get("/secrets", name="secrets")
async def list_all(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> SecretsJson:
    """本企业的接口密钥，最近生成的在前；不含密钥本身。"""
    shop, _by = await _caller(request, desk)
    now = desk.intake.clock()
    found = await list_secrets(desk.intake, shop)
    return SecretsJson(tuple(_secret_json(each, now) for each in found), secret_notices(request))


@post("/secrets", name="make_secret")
async def make(request: Request[Any, Any, Any], desk: NamedDependency[Desk]) -> Response[MadeSecretJson]:
    """生成接口密钥：只在这次应答中给出；同时有效的最多两个。"""
    shop, by = await _caller(request, desk)
    wanted = read_new_secret(await desk.body(request))
    _refuse_for_everybody_s_shop(request, shop)
    made = await make_secret(desk.intake, shop, by, wanted.expires_at)
    body = MadeSecretJson(made.kept.secret_id, made.text, in_china(made.kept.expires_at), secret_notices(request))
    return Response(body, status_code=201, headers=NO_STORE)


@delete("/secrets/{secret_id:str}", name="end_secret")
async def end(request: Request[Any, Any, Any], desk: NamedDependency[Desk], secret_id: FromPath[str]) -> None:
    """停用接口密钥，几秒内处处失效；重复停用结果相同。"""
    shop, by = await _caller(request, desk)
    _refuse_for_everybody_s_shop(request, shop)
    await end_secret(desk.intake, shop, by, secret_id.removeprefix("cd_"))


def read_new_secret(raw: bytes) -> NewSecret:
    """``{"expires_at"}`` or nothing at all. Raises Refused."""
    if len(raw) > MAX_BODY_BYTES:
        raise Refused(RefusalKind.TOO_LARGE, "报文不超过4KB")
    if not raw.strip():
        return NewSecret()
    try:
        wanted = msgspec.json.decode(raw, type=NewSecret)
    except (msgspec.MsgspecError, ValueError) as fault:
        raise Refused(RefusalKind.MALFORMED, "报文应为JSON对象，只可有expires_at") from fault
    if wanted.expires_at is not None and wanted.expires_at.tzinfo is None:
        raise Refused(RefusalKind.MALFORMED, "expires_at应带时区，如2027-05-01T00:00:00+08:00")
    return wanted


async def _caller(request: Request[Any, Any, Any], desk: Desk) -> tuple[Enterprise, str]:
    """The shop, and how it signed in. Raises Refused."""
    authorization = request.headers.get("authorization", "")
    shop, by, notice = await authenticate_for_secrets(desk.intake, authorization)
    remember(request, notice)
    note_shop(request, desk.notebook, shop)
    desk.take_read(shop)
    return shop, by


def _refuse_for_everybody_s_shop(request: Request[Any, Any, Any], shop: Enterprise) -> None:
    """Nobody ends the published secret under which all others try the sandbox. Raises Refused(FORBIDDEN)."""
    if request.scope.get("root_path") and shop.company_code == sandbox.DEMO_CODE:
        raise Refused(RefusalKind.FORBIDDEN, "示范企业人人共用，其密钥不能增减，请先在沙箱注册自己的企业")


def _secret_json(secret: ApiSecret, now: datetime) -> SecretJson:
    state: State = "live" if secret.is_live(now) else "expired" if secret.ended_at is None else "ended"
    return SecretJson(
        secret.secret_id,
        state,
        in_china(secret.created_at),
        secret.created_by,
        in_china(secret.expires_at),
        None if secret.ended_at is None else in_china(secret.ended_at),
        secret.last_used_on,
    )

"""`/api/v1/records`: check, put, amend, void, read back."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import unquote

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from chedang.enterprises.model import Enterprise
from chedang.gate.api.desk import KEY_HEADER, Desk
from chedang.gate.api.who import secret_notices
from chedang.intake.idempotency import read_key
from chedang.intake.native import keeping, listing, reading
from chedang.intake.native.answers import PageJson, ReceiptJson, RecordJson
from chedang.intake.native.checking import CheckJson
from chedang.records.model import RecordState


@post("/records/check", status_code=200, name="check")
async def check(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], shop: NamedDependency[Enterprise]
) -> CheckJson:
    """先检查后上传：判定一条记录而不保存，并指出可能的笔误。"""
    checked = await desk.checks.check(shop, reading.read_record(await desk.body(request)))
    return msgspec.structs.replace(checked, notices=checked.notices + secret_notices(request))


@put("/records/{costlistcode:str}", name="put")
async def put_record(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    shop: NamedDependency[Enterprise],
    costlistcode: FromPath[str],
    idempotency_key: Annotated[str | None, KEY_HEADER] = None,
) -> Response[ReceiptJson]:
    """上传一条记录。内容相同的重发不产生新版本；内容不同则成为新版本，旧版本保留。"""
    key = read_key(idempotency_key)
    sent = reading.read_record(await desk.body(request))
    receipt = await keeping.put(desk.intake, shop, unquote(costlistcode), sent, key)
    return _receipt(request, desk, receipt, 201 if receipt.outcome == "created" else 200)


@post("/records/{costlistcode:str}/amendments", name="amend")
async def amend_record(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    shop: NamedDependency[Enterprise],
    costlistcode: FromPath[str],
) -> Response[ReceiptJson]:
    """更正：带原因的新版本；已作废的记录由此恢复。"""
    sent = reading.read_amendment(await desk.body(request))
    return _receipt(request, desk, await keeping.amend(desk.intake, shop, unquote(costlistcode), sent), 200)


@post("/records/{costlistcode:str}/void", name="void")
async def void_record(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    shop: NamedDependency[Enterprise],
    costlistcode: FromPath[str],
) -> Response[ReceiptJson]:
    """作废：记录保留但不再计入；重复作废得到同一回执。"""
    reason = reading.read_reason(await desk.body(request))
    return _receipt(request, desk, await keeping.void(desk.intake, shop, unquote(costlistcode), reason), 200)


@get("/records/{costlistcode:str}", name="read")
async def read_record(
    desk: NamedDependency[Desk], shop: NamedDependency[Enterprise], costlistcode: FromPath[str]
) -> RecordJson:
    """读回一条记录的最新版本和历次版本。"""
    desk.take_read(shop)
    return desk.with_claim(await listing.read_one(desk.intake, shop, unquote(costlistcode)))


@get("/records", name="list")
async def list_records(
    *,
    desk: NamedDependency[Desk],
    shop: NamedDependency[Enterprise],
    received_from: FromQuery[str | None] = None,
    received_until: FromQuery[str | None] = None,
    wanted_state: Annotated[Literal["active", "void"] | None, QueryParameter(name="state")] = None,
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=listing.MAX_PAGE)] = 100,
) -> PageJson:
    """读回本企业的记录，最近收到的在前，用 cursor 翻页。"""
    desk.take_read(shop)
    page = await listing.read_all(
        desk.intake,
        shop,
        received_from=received_from,
        received_until=received_until,
        state=None if wanted_state is None else RecordState(wanted_state),
        cursor=cursor,
        limit=limit,
    )
    return msgspec.structs.replace(page, records=tuple(map(desk.with_claim, page.records)))


def _receipt(request: Request[Any, Any, Any], desk: Desk, receipt: ReceiptJson, status: int) -> Response[ReceiptJson]:
    told = msgspec.structs.replace(receipt, notices=receipt.notices + secret_notices(request))
    return Response(desk.with_claim(told), status_code=status)

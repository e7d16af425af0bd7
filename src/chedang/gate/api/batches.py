"""`/api/v1/batches`: many records in one call, their state, and what became of each line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from chedang.enterprises.model import Enterprise
from chedang.gate.api.desk import KEY_HEADER, Desk
from chedang.gate.api.in_time import BATCH_PATIENCE_SECONDS
from chedang.gate.api.problems import status_of
from chedang.gate.api.who import secret_notices
from chedang.intake.batches import LineOutcome
from chedang.intake.idempotency import read_key
from chedang.intake.native import sending
from chedang.intake.native.answers import BatchAcceptedJson, BatchJson, batch_json, outcome_json

NDJSON: Final = "application/x-ndjson"
_encode = msgspec.json.Encoder().encode


@post("/batches", status_code=202, name="batch")
async def create(
    request: Request[Any, Any, Any],
    desk: NamedDependency[Desk],
    shop: NamedDependency[Enterprise],
    idempotency_key: Annotated[str | None, KEY_HEADER] = None,
) -> Response[BatchAcceptedJson]:
    """批量上传：每行一条记录（NDJSON），先落盘后应答，逐行给出结果。"""
    key = read_key(idempotency_key)
    async with desk.batch_slots:
        raw = await desk.body(request, patience_seconds=BATCH_PATIENCE_SECONDS)
        accepted = await sending.send_batch(desk.intake, shop, raw, key)
    address = f"{request.scope.get('root_path', '')}/api/v1/batches/{accepted.batch_id}"
    body = BatchAcceptedJson(
        str(accepted.batch_id),
        address,
        f"{address}/outcomes",
        accepted.lines,
        accepted.notices + secret_notices(request),
    )
    return Response(body, status_code=202, headers={"Location": address})


@get("/batches/{batch_id:uuid}", name="batch_state")
async def state(desk: NamedDependency[Desk], shop: NamedDependency[Enterprise], batch_id: FromPath[UUID]) -> BatchJson:
    """批次办到了哪里。"""
    desk.take_read(shop)
    return batch_json(await sending.own_batch(desk.intake, shop, batch_id))


@get("/batches/{batch_id:uuid}/outcomes", name="batch_outcomes", media_type=NDJSON)
async def outcomes(
    desk: NamedDependency[Desk],
    shop: NamedDependency[Enterprise],
    batch_id: FromPath[UUID],
    from_line: Annotated[int, QueryParameter(ge=1, le=1_000_000)] = 1,
) -> Stream:
    """每行的结果，按行的顺序；尚未办到的行不在其中。"""
    desk.take_read(shop)
    await sending.own_batch(desk.intake, shop, batch_id)
    first = await sending.next_outcomes(desk.intake, batch_id, from_line)
    return Stream(_lines(desk, batch_id, first), media_type=NDJSON)


async def _lines(desk: Desk, batch_id: UUID, chunk: Sequence[LineOutcome]) -> AsyncIterator[bytes]:
    """A chunk at a time, however many findings there are."""
    while chunk:
        for outcome in chunk:
            status = None if outcome.refusal is None else status_of(outcome.refusal)
            yield _encode(outcome_json(outcome, status)) + b"\n"
        chunk = await sending.next_outcomes(desk.intake, batch_id, chunk[-1].line + 1)

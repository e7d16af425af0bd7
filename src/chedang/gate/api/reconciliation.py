"""`/api/v1/reconciliation`: what we hold of a day, against what the shop says it sent."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from chedang.enterprises.model import Enterprise
from chedang.gate.api.desk import Desk
from chedang.intake import named_days
from chedang.intake.native import reconciling
from chedang.intake.native.reconciling import By, ComparisonJson, DayJson


@get("/reconciliation/{day:str}", name="reconciliation")
async def read_day(
    *,
    desk: NamedDependency[Desk],
    shop: NamedDependency[Enterprise],
    day: FromPath[str],
    by: FromQuery[By] = "received",
    cursor: FromQuery[str | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=reconciling.MAX_PAGE)] = reconciling.MAX_PAGE,
) -> DayJson:
    """某日（北京时间）我们持有的记录：编号、摘要、状态；用 cursor 翻页。"""
    desk.take_read(shop)
    return await reconciling.list_day(desk.intake, shop, reconciling.read_day(day), by, cursor=cursor, limit=limit)


@post("/reconciliation/{day:str}", status_code=200, name="reconcile")
async def compare_day(
    request: Request[Any, Any, Any], desk: NamedDependency[Desk], shop: NamedDependency[Enterprise], day: FromPath[str]
) -> ComparisonJson:
    """每日对账：贵方发送 n 条，我们持有 m 条，差异列表。"""
    desk.take_read(shop)
    statement = reconciling.read_statement(await desk.body(request))
    return await named_days.name_day(desk.intake, shop, reconciling.read_day(day), statement)

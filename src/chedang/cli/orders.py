"""``chedang orders``: jobs whose settlement has not come, by shop or one by one.

Shows personal data (VIN, plate) of one shop's jobs to whoever may run commands on the node.
"""

from __future__ import annotations

import json as json_text
import sys
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from chedang.cli.archive import open_archive
from chedang.enterprises import store
from chedang.enterprises.store import Connection
from chedang.intake.orders import OpenOrder, count_open, list_open
from chedang.platform.settings import Settings
from chedang.terms.dates import SHANGHAI

_MOST = 1_000


def orders(
    companycode: Annotated[str, typer.Argument(help="维修企业编码；不给则按企业列出数目。")] = "",
    json: Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象 (one JSON object per line)。")] = False,
) -> None:
    """尚未结算的工单：各企业有多少，或一家企业的明细，等待最久的在前。"""
    with open_archive() as connection:
        objects = _of_shop(connection, companycode) if companycode else _by_shop(connection)
    if json:
        for each in objects:
            sys.stdout.write(json_text.dumps(each, ensure_ascii=False) + "\n")
        return
    console = Console(highlight=False)
    if not objects:
        console.print("没有尚未结算的工单。")
        return
    table = Table(*[Column(_HEADINGS[name], overflow="fold") for name in objects[0]])
    for each in objects:
        table.add_row(*[Text(str(value)) for value in each.values()])
    console.print(table)
    days = Settings.from_environment().open_order_days
    total = sum(each.get("count", 1) for each in objects)
    console.print(f"共 {total} 张，最后一次变动 {days} 天后删除（CHEDANG_OPEN_ORDER_DAYS）。", markup=False)


_HEADINGS = {
    "companycode": "企业编码",
    "companyname": "企业名称",
    "count": "工单数",
    "openedat": "最早收到",
    "changedat": "最后变动",
    "dialect": "报文",
    "ordercode": "工单号",
    "vehicleplatenumber": "车牌号码",
    "vin": "VIN",
    "repairdate": "送修日期",
}


def _by_shop(connection: Connection) -> list[dict[str, Any]]:
    counts = count_open(connection)
    names = store.names(connection, [each.company_code for each in counts])
    return [
        {
            "companycode": each.company_code,
            "companyname": names.get(each.company_code, ""),
            "count": each.count,
            "openedat": f"{each.oldest_opened_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        }
        for each in counts
    ]


def _of_shop(connection: Connection, company_code: str) -> list[dict[str, Any]]:
    return [_order_object(order) for order in list_open(connection, company_code, limit=_MOST)]


def _order_object(order: OpenOrder) -> dict[str, Any]:
    return {
        "dialect": order.family,
        "ordercode": order.order_key,
        "vehicleplatenumber": order.text.plate_number,
        "vin": order.text.vin,
        "repairdate": order.text.repair_date,
        "openedat": f"{order.opened_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
        "changedat": f"{order.changed_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }

"""``chedang node reconcile``: compare with the ministry and repair, or (at the ministry) what provinces found.

Names records by identifier only: no VIN, no plate.
"""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from chedang.cli.archive import fail, open_archive
from chedang.exchange import comparisons, peers, reconciling
from chedang.exchange.comparing_model import DifferenceKind, Direction, Found
from chedang.exchange.comparisons import Comparison
from chedang.exchange.http_link import HttpLink
from chedang.exchange.link import LinkDown
from chedang.exchange.model import ExchangeRefused
from chedang.exchange.province import Province
from chedang.platform.clock import system_clock
from chedang.platform.rulebook import read_documents
from chedang.platform.settings import Settings
from chedang.records.current import CurrentLimits
from chedang.records.store import Connection
from chedang.terms.dates import SHANGHAI, day_in_china

_SHOWN: Final = 100
_LISTED: Final = 20
_DIRECTIONS = {Direction.OUT: "上行", Direction.IN: "下行"}
_DAY = {"formats": ["%Y-%m-%d"], "metavar": "YYYY-MM-DD"}


def reconcile(
    from_on: Annotated[datetime | None, typer.Option("--from", help="收到日期的第一天。", **_DAY)] = None,
    until_on: Annotated[datetime | None, typer.Option("--until", help="收到日期的最后一天；默认昨天。", **_DAY)] = None,
    everything: Annotated[bool, typer.Option("--all", help="核对全部记录，不论收到日期。")] = False,
    repair: Annotated[bool, typer.Option("--repair/--no-repair", help="是否修复找到的差异。")] = True,
    json: Annotated[bool, typer.Option("--json", help="输出 JSON (print JSON)。")] = False,
) -> None:
    """对账：与部级节点逐日逐地区核对记录，找出并修复差异；有差异没有修复时退出码为 1。

    默认核对昨天，以及此前没有核对一致的每一天。在途的记录不算差异。部级节点上列出各省对账的结果；对账由省级节点发起。
    """
    settings = Settings.from_environment()
    with open_archive() as connection:
        if settings.node.level == "ministry":
            done = comparisons.newest_comparisons(connection, _LISTED)
        else:
            begin = from_on.date() if from_on else None
            days = _days(connection, settings, begin, until_on.date() if until_on else None, everything=everything)
            done = _compare(connection, settings, days, repair=repair) if days else []
        numbers = [each.comparison_id for each in done]
        found = {number: comparisons.read_differences(connection, number, _SHOWN) for number in numbers}
        counts = [comparisons.count_differences(connection, number) for number in numbers]
    if json:
        sys.stdout.write(json_text.dumps([_object(each, found[each.comparison_id]) for each in done], indent=2) + "\n")
    else:
        _print(done, found, counts, at_ministry=settings.node.level == "ministry")
    if settings.node.level != "ministry" and any(each.unrepaired_count for each in done):
        raise typer.Exit(1)


def _days(
    connection: Connection, settings: Settings, from_on: date | None, until_on: date | None, *, everything: bool
) -> tuple[date, date] | None:
    yesterday = day_in_china(system_clock()) - timedelta(days=1)
    if everything:
        return comparisons.FROM_THE_FIRST, day_in_china(system_clock())
    if from_on is None and until_on is None:
        return reconciling.ordinary_days(connection, settings.node.code, system_clock())
    last = until_on or max(yesterday, from_on or yesterday)
    first = from_on or last
    if first > last:
        fail("--from 不能晚于 --until (the first day comes after the last)")
    return first, last


def _compare(connection: Connection, settings: Settings, days: tuple[date, date], *, repair: bool) -> list[Comparison]:
    """Compare, and read back what was written down. Ends the command with a sentence when the ministry is away."""
    ministry = peers.find_ministry(connection)
    if ministry is None:
        fail("本节点还没有加入部省联网，请先运行 chedang node join (this node has not joined)")
    limits = CurrentLimits(settings.rules_file)
    limits.take(read_documents(connection))
    try:
        with HttpLink(ministry.address) as link:
            province = Province(settings.node.code, settings.data_dir, link, system_clock)
            done = reconciling.reconcile(
                connection,
                province.ask(connection),
                node_code=settings.node.code,
                from_on=days[0],
                until_on=days[1],
                judge=limits.judge,
                now=system_clock(),
                repair=repair,
            )
    except LinkDown as fault:
        fail(f"连接不上部级节点：{fault}；已修复的差异不会丢失，可以再次运行 (the ministry cannot be reached)")
    except ExchangeRefused as refused:
        fail(f"部级节点拒绝：{refused.code.sentence}（{refused}） (the ministry refused)")
    numbers = {each.comparison_id for each in done}
    newest = comparisons.newest_comparisons(connection, _LISTED)
    return sorted((each for each in newest if each.comparison_id in numbers), key=lambda each: each.comparison_id)


def _object(comparison: Comparison, found: Sequence[Found]) -> dict[str, Any]:
    return {
        "comparison": comparison.comparison_id,
        "peer": comparison.peer,
        "direction": comparison.direction.value,
        "from": comparison.from_on.isoformat(),
        "until": comparison.until_on.isoformat(),
        "startedat": comparison.started_at.astimezone(SHANGHAI).isoformat(),
        "isended": comparison.ended_at is not None,
        "ours": comparison.ours,
        "theirs": comparison.theirs,
        "differencecount": comparison.difference_count,
        "repairedcount": comparison.repaired_count,
        "differences": [
            {
                "record": each.difference.key.record_id.hex(),
                "version": each.difference.key.version,
                "state": each.difference.state,
                "receivedon": each.difference.received_on.isoformat(),
                "division": each.difference.division_code,
                "kind": each.difference.kind.value,
                "isrepaired": each.repaired_at is not None,
                "detail": each.difference.detail,
            }
            for each in found
        ],
    }


def _print(
    done: Sequence[Comparison],
    found: dict[int, list[Found]],
    counts: Sequence[Mapping[DifferenceKind, tuple[int, int]]],
    *,
    at_ministry: bool,
) -> None:
    console = Console(highlight=False)
    if at_ministry:
        console.print("对账由各省节点发起；以下是各省最近报来的结果，“本节点”指该省。")
    else:
        console.print("上行：本省产生的记录；下行：部级下发的记录。")
    if not done:
        console.print("还没有对账结果。" if at_ministry else "没有可以核对的日期：记录还在途中，或今天刚开始使用。")
        return
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0))
    for heading in ("节点", "方向", "收到日期", "开始", "本节点", "对方", "差异", "已修复"):
        table.add_column(heading, no_wrap=True)
    for each in done:
        table.add_row(
            each.peer,
            _DIRECTIONS[each.direction],
            f"{each.from_on}～{each.until_on}",
            f"{each.started_at.astimezone(SHANGHAI):%m-%d %H:%M}",
            str(each.ours),
            str(each.theirs),
            str(each.difference_count) if each.ended_at else "未完成",
            str(each.repaired_count),
        )
    console.print(table)
    if any(counts):
        console.print(_kinds_table(counts))
    for comparison in done:
        for difference in found[comparison.comparison_id]:
            console.print(_line(difference), markup=False, soft_wrap=True)
    if any(each.difference_count > len(found[each.comparison_id]) for each in done):
        console.print(f"每次对账只列出前 {_SHOWN} 项差异，未修复的在前。")


def _kinds_table(counts: Sequence[Mapping[DifferenceKind, tuple[int, int]]]) -> Table:
    table = Table("差异", "项数", "已修复")
    for kind in DifferenceKind:
        each = [count[kind] for count in counts if kind in count]
        if each:
            table.add_row(kind.label, str(sum(found for found, _ in each)), str(sum(repaired for _, repaired in each)))
    return table


def _line(found: Found) -> str:
    difference = found.difference
    outcome = "已修复" if found.repaired_at else "未修复"
    which = f"{difference.key.record_id.hex()} v{difference.key.version}"
    where = f"{difference.received_on} {difference.division_code}"
    return f"{difference.kind.label}　{which}　{where}　{outcome}　{difference.detail}".rstrip("　")

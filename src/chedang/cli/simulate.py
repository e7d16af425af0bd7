"""``chedang simulate``: ministry and provinces through days of misfortune, and what is left of the records after it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from chedang.cli.archive import fail
from chedang.terms.division import PROVINCES

_SEATS = frozenset({"71", "81", "82"})
"""台港澳: no nodes of this network."""
MISFORTUNES = {
    "line cut": "断线",
    "answer lost": "应答丢失",
    "arrived late": "迟到乱序",
    "arrived twice": "重复送达",
    "refused unheard": "拒收未收到",
    "killed before a statement": "语句前猝死",
    "killed after a statement": "语句后猝死",
    "node killed": "节点猝死",
}
"""What may happen to a simulated network, in Chinese."""


def simulate(
    seeds: Annotated[str, typer.Option(help="随机种子，如 7 或 1-50；同一种子重现同一经过。")] = "1",
    hours: Annotated[float, typer.Option(min=1, max=24 * 60, help="模拟的小时数。")] = 24.0,
    absent_days: Annotated[float, typer.Option(min=0, max=60, help="部级节点中途离线的天数，计入总时长。")] = 0.0,
    provinces: Annotated[int, typer.Option(min=2, max=32, help="省级节点数。")] = 32,
    uploads: Annotated[int, typer.Option(min=1, max=1000, help="每刻钟全国上传的次数。")] = 12,
) -> None:
    """全国模拟：部级和各省节点在本机经历断线、乱序、重发和进程猝死，之后逐条核对。任何一条不符时退出状态为 1。"""
    from chedang.cli.node import run_migrations
    from chedang.fiction.network.nation import Nation, Plan
    from chedang.fiction.network.servers import empty, simulated_databases

    span = _span(seeds)
    codes = ["00", *sorted(code for code in PROVINCES if code != "00" and code not in _SEATS)[:provinces]]
    absent_hours = absent_days * 24
    tick_minutes = 15.0 if absent_days == 0 else 120.0
    plan = Plan(
        hours=hours + absent_hours,
        tick_minutes=tick_minutes,
        uploads_per_tick=uploads,
        steps_per_tick=max(24, len(codes)),
        absent_from_hour=min(hours / 2, 12.0),
        absent_hours=absent_hours,
    )
    console = Console(highlight=False, soft_wrap=True)
    failed = 0
    with simulated_databases(codes, run_migrations) as databases, tempfile.TemporaryDirectory() as keys:
        for seed in span:
            empty(databases)
            began = time.monotonic()
            outcome = Nation(seed, databases, Path(keys) / str(seed), plan).run()
            failed += bool(outcome.complaints or outcome.differences)
            console.print(
                f"种子 {seed}：{outcome.records} 个版本，各省档案{'一致' if not outcome.complaints else '不一致'}，"
                f"对账差异 {outcome.differences}，{time.monotonic() - began:.0f} 秒；"
                + "，".join(f"{MISFORTUNES[name]} {count}" for name, count in sorted(outcome.misfortunes.items()))
            )
            for complaint in outcome.complaints:
                console.print(f"  {complaint}")
    console.print(f"{len(codes) - 1} 个省级节点，{failed} 个种子不符。")
    if failed:
        raise typer.Exit(1)


def _span(seeds: str) -> range:
    """``7`` or ``1-50``. Ends the command with a sentence for anything else: a run of no seeds would find no fault."""
    first, _, last = seeds.partition("-")
    last = last or first
    if not (first.isascii() and first.isdigit() and last.isascii() and last.isdigit() and int(first) <= int(last)):
        fail("--seeds 应为一个数或一段，如 7 或 1-50 (a number or a span)")
    return range(int(first), int(last) + 1)

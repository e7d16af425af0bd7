"""``chedang statistics``: how far the figures of supervision reach, and making them again from the records."""

from __future__ import annotations

import json as json_text
import sys
import time
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chedang.cli.archive import open_archive
from chedang.platform.clock import system_clock
from chedang.platform.settings import Settings
from chedang.quality.status import Status, read_status
from chedang.quality.tallying import rebuild as rebuild_figures
from chedang.terms.dates import SHANGHAI

app = typer.Typer(help="监管统计：查看统计到什么时候、重新统计。", no_args_is_help=True)


@app.command()
def status(json: Annotated[bool, typer.Option("--json", help="输出 JSON (print JSON)。")] = False) -> None:
    """查看统计到什么时候、还有多少变更没有统计。"""
    with open_archive() as connection:
        found = read_status(connection)
    if json:
        sys.stdout.write(json_text.dumps(_members(found), ensure_ascii=False, indent=2) + "\n")
        return
    console = Console(highlight=False)
    reached = found.reached_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if found.reached_at else "尚未统计"
    console.print(f"统计到：{reached}", markup=False)
    console.print(f"未统计的变更：{found.waiting}", markup=False)
    console.print(f"已统计的记录：{found.records}，企业：{found.shops}", markup=False)


@app.command()
def rebuild() -> None:
    """根据全部记录重新统计。节点运行时也可以执行；期间各项数字照常可查。"""
    settings = Settings.from_environment()
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    console, begun = Console(stderr=True), time.monotonic()
    with open_archive() as connection, Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("重新统计的记录", total=read_status(connection).records)
        count = rebuild_figures(
            connection,
            clock=system_clock,
            node_code=settings.node.code,
            progress=lambda records: progress.advance(task, records),
        )
    Console(highlight=False).print(f"重新统计了 {count} 条记录，用时 {time.monotonic() - begun:.0f} 秒。", markup=False)


def _members(found: Status) -> dict[str, object]:
    return {
        "reached_at": found.reached_at.isoformat() if found.reached_at else None,
        "waiting": found.waiting,
        "records": found.records,
        "shops": found.shops,
    }

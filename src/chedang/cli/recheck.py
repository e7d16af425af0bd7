"""``chedang recheck``: stored records judged again, and everything that is kept twice added up again.

Names records by identifier only: no VIN, no plate.
"""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from chedang.cli.archive import open_archive
from chedang.exchange.recheck import check_exchange
from chedang.platform.rulebook import read_documents
from chedang.platform.settings import Settings
from chedang.records.current import CurrentLimits
from chedang.records.recheck import Tally, check_records, check_rows, count_rows, snapshot
from chedang.records.store import Connection
from chedang.vehicles.recheck import check_vehicles


def recheck(
    since: Annotated[
        datetime | None,
        typer.Option("--since", formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="只核查这一天起收到过内容的记录。"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="输出 JSON (print JSON)。")] = False,
) -> None:
    """重新核查：用另一套程序重新判定已存的记录，并核对各处账目；有错误时退出码为 1。节点运行时也可以执行。"""
    settings = Settings.from_environment()
    with open_archive() as connection:
        tallies = _check(connection, settings, since.date() if since else None)
    if json:
        sys.stdout.write(json_text.dumps(list(map(msgspec.to_builtins, tallies)), ensure_ascii=False, indent=2) + "\n")
    else:
        _print(tallies)
    if any(tally.wrong and not tally.is_note for tally in tallies):
        raise typer.Exit(1)


def _check(connection: Connection, settings: Settings, since: date | None) -> list[Tally]:
    limits = CurrentLimits(settings.rules_file)
    limits.take(read_documents(connection))
    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with snapshot(connection), Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        rows = progress.add_task("记录各行", total=count_rows(connection, since))
        tallies = check_rows(
            connection, judge=limits.judge, since=since, progress=lambda count: progress.advance(rows, count)
        )
        tallies += check_records(connection, since=since)
        files = progress.add_task("车辆档案", total=None)
        tallies += check_vehicles(connection, since=since, progress=lambda count: progress.advance(files, count))
        return tallies + check_exchange(connection, node_code=settings.node.code)


def _print(tallies: Sequence[Tally]) -> None:
    console = Console(highlight=False)
    table = Table("核查", "核查数", "不符")
    for tally in tallies:
        style = "" if not tally.wrong else "yellow" if tally.is_note else "red"
        table.add_row(tally.label, str(tally.looked_at), Text(str(tally.wrong), style=style))
    console.print(table)
    for tally in tallies:
        if tally.wrong:
            console.print(f"{tally.label}：不符 {tally.wrong}，前 {len(tally.first)} 项：", markup=False)
            for each in tally.first:
                console.print(f"  {each}", markup=False, soft_wrap=True)
